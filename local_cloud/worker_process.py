"""What is a worker seen from outside? A process that holds one event at a time, else is frozen.

    starting ──ready──> frozen ──run──> running ──answer──> frozen
        └──failed──> dead <──died, or killed by its time limit──┘

A worker leads a process group of its own: a stop, a continuation and a kill reach whatever the
handler has started, and Ctrl-C in a terminal reaches none of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local_cloud.invocation import Failed, Outcome, Succeeded
from local_cloud.loops import stream
from local_cloud.resources import Function

PROGRAM = Path(__file__).with_name("worker.py")
REQUEST_LENGTHS = struct.Struct(">II")  # worker.py's docstring describes both
ANSWER_HEAD = struct.Struct(">cI")
MAX_LINE_BYTES = 256 * 1024  # CloudWatch Logs quotas, "event size"
OUTPUT_READ_BYTES = 64 * 1024  # what a Linux pipe holds


class WorkerProcess(asyncio.Protocol):
    """One worker.

    `on_line` hears the request id (None while loading) and the text of each line it prints,
    `on_death` hears once that it is gone.
    """

    def __init__(
        self,
        function: Function,
        environment: Mapping[str, str],
        on_line: Callable[[str | None, str], None],
        on_death: Callable[[WorkerProcess], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_line = on_line
        self._on_death = on_death
        self._received = bytearray()
        self._printed = b""
        self._request_id: str | None = None
        self._transport: asyncio.Transport | None = None
        self._answered: asyncio.Future[Outcome] = self._loop.create_future()
        self._timer: asyncio.TimerHandle | None = None
        self._reaping: asyncio.Task[None] | None = None
        self.is_alive = True
        self.access_key_id = environment.get("AWS_ACCESS_KEY_ID", "")
        self.unreported_init_ms: float | None = None  # the first event's report tells it
        self._socket, self._output, self._process = spawn(function, environment)
        self._loop.add_reader(self._output, self._read_output)

    @property
    def pid(self) -> int:
        return self._process.pid

    def can_run(self) -> bool:
        """Ask the kernel, too, which knows of an end before `on_death` is told."""
        return self.is_alive and self._process.poll() is None

    async def start(self, limit_s: float) -> Outcome:
        """Wait until the handler is loaded; answer Failed when it could not be."""
        self._timer = self._loop.call_later(limit_s, self._time_out, limit_s)
        await self._loop.create_unix_connection(lambda: self, sock=self._socket)
        return await self._answered

    def run(
        self, header: Mapping[str, Any], event: bytes, limit_s: float
    ) -> asyncio.Future[Outcome]:
        """Thaw the worker and hand it one event."""
        assert self._transport is not None, "a worker is started before it runs"
        self._answered = self._loop.create_future()
        self._request_id = header["request_id"]
        self._timer = self._loop.call_later(limit_s, self._time_out, limit_s)
        head = json.dumps(header).encode()
        self._signal(signal.SIGCONT)
        self._transport.write(REQUEST_LENGTHS.pack(len(head), len(event)) + head + event)
        return self._answered

    def kill(self) -> None:
        """Kill the worker and all it started; `on_death` tells when it is gone."""
        self.is_alive = False
        self._signal(signal.SIGKILL)

    async def wait(self) -> None:
        """Wait until the process is gone."""
        if self._reaping is None:
            self._reaping = self._loop.create_task(self._reap())
        await asyncio.shield(self._reaping)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = stream(transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) < ANSWER_HEAD.size:
            return
        kind, length = ANSWER_HEAD.unpack_from(self._received)
        end = ANSWER_HEAD.size + length
        if len(self._received) < end:
            return
        self._signal(signal.SIGSTOP)
        payload = json.loads(self._received[ANSWER_HEAD.size : end] or b"null")
        del self._received[:end]
        self._drain()
        if kind == b"F":
            self._answer(Failed(payload["errorType"], payload["errorMessage"]))
        else:
            self._answer(Succeeded(payload))

    def connection_lost(self, exc: Exception | None) -> None:
        self.kill()
        if self._reaping is None:
            self._reaping = self._loop.create_task(self._reap())

    def _time_out(self, limit_s: float) -> None:
        self._drain()
        self.kill()
        self._answer(self._ended("Sandbox.Timedout", f"Task timed out after {limit_s:.2f} seconds"))

    def _answer(self, outcome: Outcome) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._answered.done():
            self._answered.set_result(outcome)

    async def _reap(self) -> None:
        status = await asyncio.to_thread(self._process.wait)
        self._drain()
        self._loop.remove_reader(self._output)
        os.close(self._output)
        if self._transport is None:
            self._socket.close()
        else:
            self._transport.close()
        self._answer(self._ended("Runtime.ExitError", exit_text(status)))
        self._on_death(self)

    def _ended(self, error_type: str, text: str) -> Failed:
        prefix = "" if self._request_id is None else f"RequestId: {self._request_id} Error: "
        return Failed(error_type, prefix + text)

    def _drain(self) -> None:
        """Pass on all that was printed, an unfinished line too: what follows is another event's."""
        while self._read_output():
            pass
        if self._printed:
            self._on_line(self._request_id, self._printed.decode(errors="replace"))
            self._printed = b""

    def _read_output(self) -> bool:
        try:
            data = os.read(self._output, OUTPUT_READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self._loop.remove_reader(self._output)
            return False
        *lines, self._printed = (self._printed + data).split(b"\n")
        if len(self._printed) > MAX_LINE_BYTES:
            lines, self._printed = [*lines, self._printed], b""
        for line in lines:
            self._on_line(self._request_id, line.decode(errors="replace"))
        return True

    def _signal(self, number: signal.Signals) -> None:
        # Once the process is reaped, its number may be another's.
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


def spawn(
    function: Function, environment: Mapping[str, str]
) -> tuple[socket.socket, int, subprocess.Popen[bytes]]:
    """Start the program; return its socket, the end of the pipe it prints to, and the process."""
    ours, theirs = socket.socketpair()
    output, printed = os.pipe()
    os.set_blocking(output, False)
    try:
        process = subprocess.Popen(
            command(function, theirs.fileno()),
            env=environment,
            cwd=function.code_path,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            pass_fds=[theirs.fileno()],
            process_group=0,
        )
    except OSError:
        ours.close()
        os.close(output)
        raise
    finally:
        theirs.close()
        os.close(printed)
    return ours, output, process


def command(function: Function, descriptor: int) -> list[str]:
    """Return the command line of a worker; -P and -s keep foreign folders off `sys.path`."""
    roots = [part for path in function.layer_paths for part in (path / "python", path)]
    return [
        sys.executable,
        "-P",
        "-s",
        str(PROGRAM),
        str(descriptor),
        str(os.getpid()),
        str(function.code_path),
        function.handler,
        *(str(root) for root in roots if root.is_dir()),
    ]


def exit_text(status: int) -> str:
    """Say how a process ended, in Lambda's words."""
    if status > 0:
        return f"Runtime exited with error: exit status {status}"
    if status < 0:
        name = (signal.strsignal(-status) or str(-status)).lower()
        return f"Runtime exited with error: signal: {name}"
    return "Runtime exited without providing a reason"
