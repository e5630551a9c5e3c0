"""How is the whole system started, killed, set back to an older copy, and read out?"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import engine
from tests.soak.recorder import digest, message_id, what_of

START_S = 60.0
READ_LIMIT = 1 << 22
STORE = "store.db*"


@dataclass
class House:
    """One port and one folder for life; `generation` is raised by every restore."""

    folder: Path
    limits: dict[str, int]
    parameters: dict[str, str]
    faults: dict[str, Any] = field(default_factory=dict)
    generation: int = 1
    injected: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    port: int = field(default_factory=lambda: _free_port())
    _process: asyncio.subprocess.Process | None = None
    _reader: asyncio.Task[None] | None = None
    _counted: Counter[str] = field(default_factory=Counter)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    async def start(self) -> None:
        """Start, and wait until it is ready."""
        options = {
            "data": str(self.data),
            "port": self.port,
            "limits": self.limits,
            "faults": self.faults,
            "parameters": {**self.parameters, "StoreGeneration": str(self.generation)},
        }
        self._ready.clear()
        self._counted = Counter()
        with (self.folder / "cloud.err").open("ab") as said:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.soak.cloud", json.dumps(options)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=said,
                cwd=engine.ROOT,
                env={**os.environ, "STORE_ENGINE": "dynoxide"},  # the one that survives a kill
                limit=READ_LIMIT,
                start_new_session=True,  # Ctrl-C ends the storm, and not the house in its midst
            )
        self._reader = asyncio.create_task(self._read(self._process))
        async with asyncio.timeout(START_S):
            await self._ready.wait()

    async def plan(self, faults: dict[str, Any]) -> None:
        """Exchange the plan of faults, now and for later starts."""
        self.faults = faults
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(json.dumps(faults).encode() + b"\n")
            await self._process.stdin.drain()

    async def stop(self) -> None:
        """Stop as Ctrl-C does, if it runs."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._ended()

    async def kill(self) -> None:
        """`SIGKILL` gateway, workers and store, all at once and without a word."""
        assert self._process is not None
        for pid in (self._process.pid, *self._children()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self._ended()

    def copy(self) -> None:
        """Copy the store; nothing may be running."""
        backup = self.folder / "copy"
        shutil.rmtree(backup, ignore_errors=True)
        backup.mkdir()
        for file in self.data.glob(STORE):
            shutil.copy2(file, backup / file.name)

    def restore(self) -> None:
        """Set the store back to its copy, and raise the generation; nothing may be running."""
        for file in self.data.glob(STORE):
            file.unlink()
        for file in (self.folder / "copy").glob(STORE):
            shutil.copy2(file, self.data / file.name)
        self.generation += 1

    def dump(self) -> None:
        """Write the log of this generation, read from a copy of the store's files."""
        aside = self.folder / "aside"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for file in self.data.glob(STORE):
            shutil.copy2(file, aside / file.name)
        with (
            engine.running_engine(aside / "store.db") as url,
            (self.folder / f"{self.generation}.dump.jsonl").open("w", encoding="utf-8") as dump,
        ):
            dynamodb = engine.client(url)
            (table,) = [t for t in dynamodb.list_tables()["TableNames"] if "LogTable" in t]
            pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
            for page in pages:
                for item in page["Items"]:
                    dump.write(json.dumps(_slot(item, self.generation)) + "\n")
            dynamodb.close()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for data in process.stdout:
            line = json.loads(data)
            if "injected" in line:
                told = Counter(line["injected"])
                self.injected += told - self._counted
                self._counted = told
            elif "ready" in line:
                self._ready.set()
            elif "error" in line:
                self.complaints.append(line["error"])

    async def _ended(self) -> None:
        assert self._process is not None
        assert self._reader is not None
        await self._reader
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None

    def _children(self) -> list[int]:
        assert self._process is not None
        tasks = Path(f"/proc/{self._process.pid}/task")
        with suppress(FileNotFoundError):
            return [
                int(child)
                for task in tasks.iterdir()
                for child in (task / "children").read_text().split()
            ]
        return []


def _slot(item: dict[str, Any], generation: int) -> dict[str, Any]:
    """Write one item of the log as the checker reads it."""
    fact = json.loads(item["f"]["S"])
    event, by = item["k"]["S"], item["b"]["S"]
    is_message = event == "messageSent"
    return {
        "room": item["room"]["S"],
        "epoch": f"{item['e']['S']}.{generation}",
        "seq": int(item["seq"]["N"]),
        "event": event,
        "by": by,
        "id": message_id(by, item["o"]["S"]) if is_message or "target" in fact else "",
        "what": "" if is_message else what_of(event, by, fact),
        "text": digest(fact["text"]) if "text" in fact else "",
        "subject": by if event == "roomOpened" else fact.get("user_id", ""),
        "number": int(item["n"]["N"]),
        "target": fact.get("target", 0),
        "detail": str(fact.get("version") or fact.get("emoji") or ""),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
