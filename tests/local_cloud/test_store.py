"""Does the store outlive its engine? Nothing acknowledged is lost, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from local_cloud import store as store_module
from local_cloud.data_folder import DataFolder, DataFolderError
from local_cloud.engine_client import Address, EngineError, call
from local_cloud.engines import StoreError
from local_cloud.store import TETHER, Store, free_address
from tests.local_cloud.processes import ended, is_running

WRITERS = 4
CUPS: dict[str, Any] = {
    "TableName": "Cups",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "cup", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "cup", "KeyType": "HASH"}],
}


async def test_the_engine_starts_answers_and_ends() -> None:
    store = Store(None)

    await store.start()
    answered = await call(store.address, "ListTables", {})
    pid = store.pid
    await store.stop()

    assert answered == {"TableNames": []}
    assert not is_running(pid)


async def test_no_web_page_can_guess_where_the_engine_is() -> None:
    """A page can try every port of 127.0.0.1, and the engine would let it in."""
    stores = [Store(None), Store(None)]
    for store in stores:
        await store.start()

    hosts = [store.address[0] for store in stores]
    with pytest.raises(ConnectionRefusedError):
        await call(("127.0.0.1", stores[0].address[1]), "ListTables", {})
    answered = await call(stores[0].address, "ListTables", {})
    for store in stores:
        await store.stop()

    assert answered == {"TableNames": []}, "the control: who knows the address gets in"
    assert hosts[0] != hosts[1]
    assert all(re.fullmatch(r"127(\.\d+){3}", host) for host in hosts)


async def test_a_killed_engine_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    store = Store(tmp_path / "store.db", on_event=told.put_nowait)
    await store.start()
    await call(store.address, "CreateTable", CUPS)
    acknowledged: list[str] = []
    enough = asyncio.Event()

    async def write(writer: int) -> None:
        for number in count():
            name = f"{writer}-{number}"
            try:
                await call(
                    store.address, "PutItem", {"TableName": "Cups", "Item": {"cup": {"S": name}}}
                )
            except (OSError, EngineError, ValueError):  # it died: who writes does not know
                await asyncio.sleep(0.001)
            else:
                acknowledged.append(name)
                if len(acknowledged) % 100 == 0:
                    enough.set()

    writers = [asyncio.create_task(write(writer)) for writer in range(WRITERS)]
    for _ in range(2):
        enough.clear()
        await enough.wait()
        os.kill(store.pid, signal.SIGKILL)
        assert "status -9" in await told.get()
    enough.clear()
    await enough.wait()
    for writer in writers:
        writer.cancel()
    await asyncio.wait(writers)

    assert store.restarts == 2
    assert len(acknowledged) >= 200
    kept = await names(store.address)
    assert set(acknowledged) - kept == set()
    await store.stop()


async def names(address: Address) -> set[str]:
    """Return the names of all cups."""
    found: set[str] = set()
    scan: dict[str, Any] = {"TableName": "Cups", "ConsistentRead": True}
    while True:
        page = await call(address, "Scan", scan)
        found |= {item["cup"]["S"] for item in page["Items"]}
        if "LastEvaluatedKey" not in page:
            return found
        scan["ExclusiveStartKey"] = page["LastEvaluatedKey"]


async def test_data_survive_a_stop(tmp_path: Path) -> None:
    first = Store(tmp_path / "store.db")
    await first.start()
    await call(first.address, "CreateTable", CUPS)
    await first.stop()

    second = Store(tmp_path / "store.db")
    await second.start()
    tables = await call(second.address, "ListTables", {})
    await second.stop()

    assert tables == {"TableNames": ["Cups"]}


@pytest.mark.parametrize("takes", [1, 4])
async def test_an_address_that_somebody_takes_meanwhile_is_left_to_them(
    monkeypatch: pytest.MonkeyPatch, takes: int
) -> None:
    """The control: where every address is taken, it does not start, and says why."""
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        taken = ("127.0.0.1", other.getsockname()[1])
        looks = iter([taken] * takes + [free_address()])
        monkeypatch.setattr(store_module, "free_address", lambda: next(looks))
        store = Store(None)
        if takes == 4:
            with pytest.raises(StoreError, match=r"does not start: .*in use"):
                await store.start()
            return

        await store.start()
        answered = await call(store.address, "ListTables", {})
        await store.stop()

        assert answered == {"TableNames": []}


async def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"tea leaves" * 1_000)
    store = Store(tmp_path / "store.db")

    with pytest.raises(
        StoreError, match=r"the store does not start: .*not a valid SQLite database"
    ):
        await store.start()


def test_a_folder_is_for_one_local_cloud_at_a_time(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "data") as folder:
        with pytest.raises(DataFolderError, match="is in use by another local cloud"):
            DataFolder(tmp_path / "data")
        assert folder.database == tmp_path / "data" / "store.db"

    DataFolder(tmp_path / "data").close()


def test_a_folder_that_cannot_be_written_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DataFolderError, match=r"cannot write to .*/file/data: Not a directory"):
        DataFolder(tmp_path / "file" / "data")


async def test_a_tethered_program_dies_with_a_killed_parent() -> None:
    script = (
        "import subprocess, sys, os;"
        f"child = subprocess.Popen([sys.executable, '-I', '-S', {str(TETHER)!r}, str(os.getpid()),"
        " sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(600)'],"
        " stdout=subprocess.PIPE);"
        "child.stdout.readline(); print(child.pid, flush=True); input()"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert is_running(child), "the control: as long as its parent lives"

    parent.kill()
    await parent.wait()

    await ended(child)


async def test_elsewhere_a_closed_pipe_ends_a_tethered_program() -> None:
    """`watch` is what systems without PR_SET_PDEATHSIG get."""
    script = (
        f"import runpy; runpy.run_path({str(TETHER)!r})['watch']"
        "([__import__('sys').executable, '-c',"
        " 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'])"
    )
    watcher = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert watcher.stdout is not None
    assert watcher.stdin is not None
    child = int(await watcher.stdout.readline())
    assert is_running(child), "the control: as long as the pipe is open"

    watcher.stdin.close()

    await ended(child)
    assert await watcher.wait() != 0
