"""The whole system in processes of its own, to start, to kill and to start again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parent.parent.parent
START_S = 30.0


class System:
    """`python -m local_cloud` on the project's own template; one port and one folder for life."""

    def __init__(
        self,
        data: Path,
        *,
        faults: Mapping[str, object] | None = None,
        questions: Mapping[str, object] | None = None,
        parameters: Mapping[str, str] | None = None,
        limits: Mapping[str, int] | None = None,
        site: Path = ROOT / "frontend" / "dist",
    ) -> None:
        self.data = data
        self.site = site
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.faults = faults
        self.questions = questions
        self.limits = limits
        self.parameters = {"CookieSecure": "false", "RateScale": "1000", **(parameters or {})}
        self.log: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[threading.Thread] = []

    def start(self) -> None:
        """Start, and wait until it says that it is ready."""
        command = [
            sys.executable,
            *("-m", "local_cloud", "--template", "template.yaml", "--port", str(self.port)),
            *("--data", str(self.data), "--site", str(self.site)),
        ]
        for name, value in self.parameters.items():
            command += ["--parameter", f"{name}={value}"]
        if self.faults:
            command += ["--faults", json.dumps(self.faults)]
        if self.questions:
            command += ["--open-questions", json.dumps(self.questions)]
        if self.limits:
            command += ["--limits", json.dumps(self.limits)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        ready = threading.Event()
        self._readers = [
            threading.Thread(target=self._read, args=(stream, ready), daemon=True)
            for stream in (self._process.stdout, self._process.stderr)
        ]
        for reader in self._readers:
            reader.start()
        if not ready.wait(START_S):
            self.kill_everything()
            raise AssertionError("the system did not start:\n" + "\n".join(self.log[-40:]))

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does; give its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        status = self._process.wait(30)
        self._close()
        return status

    def kill_everything(self) -> None:
        """`SIGKILL` gateway, workers and store, all at once and without a word."""
        assert self._process is not None
        for pid in (self._process.pid, *self.children()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        self._close()

    def children(self) -> list[int]:
        """List the processes the system has started."""
        assert self._process is not None
        listed = subprocess.run(
            ["ps", "--no-headers", "-o", "pid", "--ppid", str(self._process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(pid) for pid in listed.stdout.split()]

    def _read(self, stream: IO[str], ready: threading.Event) -> None:
        for line in stream:
            self.log.append(line.rstrip())
            if line.startswith("ready "):
                ready.set()

    def _close(self) -> None:
        assert self._process is not None
        for reader in self._readers:
            reader.join()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()
        self._process = None

    @property
    def is_running(self) -> bool:
        return self._process is not None


@contextmanager
def running(data: Path, **options: Any) -> Iterator[System]:
    """Run a whole system around a module's tests."""
    whole = System(data, **options)
    whole.start()
    try:
        yield whole
    finally:
        if whole.is_running:
            whole.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
