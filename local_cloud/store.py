"""Where do the tables live? In an embedded DynamoDB, run and restarted as a child.

    stopped ──start──> running ──stop──> stopped
                        │   ^
                      died  └─ restarted at the same address, on the same data

It checks neither signatures nor hosts: handlers reach it through `store_proxy.py` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO

from local_cloud.engine_client import Address
from local_cloud.engines import Engine, StoreError, find_engine

TETHER = Path(__file__).with_name("tethered.py")
READY_LIMIT_S = 10.0
POLL_S = 0.005  # it is ready after 3 to 12 ms
STOP_LIMIT_S = 5.0
SHORT_LIFE_S = 1.0  # one that died sooner is restarted after a pause
PAUSE_S = 0.5
MAX_ADDRESSES = 4  # of which each may be taken between the look and the start
TAKEN = "in use"  # so both engines say it, in one phrase or another


class AddressTakenError(StoreError):
    """Somebody else listens at the address."""


class Store:
    """One engine under supervision; in memory when `database` is None."""

    def __init__(
        self,
        database: Path | None,
        *,
        engine: Engine | None = None,
        on_event: Callable[[str], None] = lambda text: None,
        on_restart: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._engine = engine or find_engine()
        self._on_event = on_event
        self._on_restart = on_restart
        self._process: asyncio.subprocess.Process | None = None
        self._supervision: asyncio.Task[None] | None = None
        self._is_restarting = False
        self.address: Address = ("", 0)
        self.restarts = 0

    @property
    def url(self) -> str:
        host, port = self.address
        return f"http://{host}:{port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the store has not been started"
        return self._process.pid

    async def start(self) -> None:
        """Start the engine at a free address and wait until it answers.

        Raises:
            StoreError: it ends at once, or is not ready in time, or cannot read what lies there.
        """
        if self._database is not None:
            self._refuse_foreign_data(self._database)
        if self._engine.caveat:
            self._on_event(self._engine.caveat)
        self._process = await self._run_somewhere()
        self._supervision = asyncio.create_task(self._supervise())

    async def stop(self) -> None:
        """End the engine and wait for it."""
        if self._supervision is not None:
            self._supervision.cancel()
            await asyncio.wait([self._supervision])
        if self._process is not None:
            await end(self._process)

    def whole_address(self) -> Address:
        """Return the address to who needs what `on_restart` has to put back first.

        Raises:
            ConnectionRefusedError: that has not been done yet.
        """
        if self._is_restarting:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "the store is being restarted")
        return self.address

    def kill(self) -> None:
        """Kill the engine, as a fault; it is started again."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # it leads a group of its own

    async def _supervise(self) -> None:
        while True:
            assert self._process is not None
            started_at = time.monotonic()
            status = await self._process.wait()
            self._is_restarting = True
            self._on_event(f"the store ended with status {status} and is restarted")
            if time.monotonic() - started_at < SHORT_LIFE_S:
                await asyncio.sleep(PAUSE_S)
            self._process = await self._run_again()
            if self._on_restart is not None:
                await self._on_restart()
            self._is_restarting = False
            self.restarts += 1

    async def _run_somewhere(self) -> asyncio.subprocess.Process:
        """Run at a free address; somebody may take its port before the engine does."""
        for _ in range(MAX_ADDRESSES - 1):
            self.address = free_address()
            with contextlib.suppress(AddressTakenError):
                return await self._run()
        self.address = free_address()
        return await self._run()

    async def _run_again(self) -> asyncio.subprocess.Process:
        while True:
            try:
                return await self._run()
            except StoreError as error:
                self._on_event(str(error))
                await asyncio.sleep(PAUSE_S)

    async def _run(self) -> asyncio.subprocess.Process:
        host, port = self.address
        start = self._engine.start(host, port, self._database)
        with tempfile.TemporaryFile() as said:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *start.command),
                env={**os.environ, **start.environment},
                stdin=asyncio.subprocess.PIPE,
                stdout=said,
                stderr=said,
                start_new_session=True,  # Ctrl-C in a terminal is for the parent, which ends it
            )
            try:
                await self._until_ready(process)
            except BaseException as error:
                await end(process)
                if isinstance(error, TimeoutError):
                    line = last_line(said)
                    kind = AddressTakenError if TAKEN in line else StoreError
                    raise kind(f"the store does not start: {line}") from error
                raise
        return process

    def _refuse_foreign_data(self, database: Path) -> None:
        """Refuse to begin anew beside tables that only another engine reads."""
        foreign = self._engine.foreign_data(database)
        if foreign is not None:
            raise StoreError(
                f"{foreign} was written by another engine, and {self._engine.name} cannot read it: "
                "choose another data folder, or install that engine"
            )

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        give_up_at = time.monotonic() + READY_LIMIT_S
        while process.returncode is None and time.monotonic() < give_up_at:
            try:
                _, writer = await asyncio.open_connection(*self.address)
            except ConnectionRefusedError:
                await asyncio.sleep(POLL_S)
            else:
                writer.close()
                await writer.wait_closed()
                return
        raise TimeoutError


def free_address() -> Address:
    """Return an address of the loopback that nothing listens on now, and no web page guesses.

    The engine lets every origin's pages read and write (measured on 1.2.1), and a page can try
    all ports of 127.0.0.1. On Linux all of 127.0.0.0/8 is the loopback.
    """
    random = ".".join(str(1 + secrets.randbelow(254)) for _ in range(3))
    host = f"127.{random}" if sys.platform == "linux" else "127.0.0.1"
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return host, port


async def end(process: asyncio.subprocess.Process) -> None:
    """End a process and wait for it; the closed pipe is what `tethered.py` watches."""
    assert process.stdin is not None
    process.stdin.close()
    if process.returncode is None and sys.platform == "linux":
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_LIMIT_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def last_line(said: IO[bytes]) -> str:
    """Return the last thing a program printed."""
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it says nothing"
