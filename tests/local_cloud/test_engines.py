"""Which engine keeps the tables here, and what becomes of them where dynoxide is not?"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_cloud.cloud import running
from local_cloud.engine_client import call
from local_cloud.engines import Dynoxide, Ministack, StoreError, find_engine, npm_platform
from local_cloud.store import Store
from tests.local_cloud.test_cloud import TEMPLATE, ask
from tests.local_cloud.test_store import CUPS

CAVEAT = (
    "dynoxide is not here, so ministack keeps the tables: they are saved when this ends cleanly, "
    "and lost when it is killed; the units it counts are not always DynamoDB's"
)


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be a machine that dynoxide is not made for."""
    monkeypatch.delenv("DYNOXIDE", raising=False)
    monkeypatch.delenv("STORE_ENGINE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("local_cloud.engines.npm_platform", lambda: "sundial-brass")


def test_dynoxide_is_found_where_npm_puts_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "node_modules" / "@dynoxide" / npm_platform() / "dynoxide"
    program.parent.mkdir(parents=True)
    program.touch()
    monkeypatch.delenv("DYNOXIDE", raising=False)
    monkeypatch.delenv("STORE_ENGINE", raising=False)
    monkeypatch.chdir(tmp_path)

    assert find_engine() == Dynoxide(program)


def test_a_named_program_is_taken_if_it_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("STORE_ENGINE", raising=False)
    monkeypatch.setenv("DYNOXIDE", str(tmp_path / "nothing"))
    with pytest.raises(StoreError, match=r"\$DYNOXIDE names .*, which is no program"):
        find_engine()

    monkeypatch.setenv("DYNOXIDE", sys.executable)
    assert find_engine() == Dynoxide(Path(sys.executable)), "the control: a program"


def test_an_engine_may_be_chosen_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_ENGINE", "ministack")
    assert find_engine() == Ministack()

    monkeypatch.setenv("STORE_ENGINE", "samovar")
    with pytest.raises(StoreError, match="is dynoxide or ministack, not samovar"):
        find_engine()


def test_ministack_takes_over_where_dynoxide_is_not(
    hidden: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_engine() == Ministack()

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StoreError, match="`npm ci` at the project's root installs @dynoxide/sun"):
        find_engine()


async def test_a_cloud_without_dynoxide_runs_and_says_what_that_means(
    hidden: None, tmp_path: Path
) -> None:
    told: list[object] = []

    async with running(TEMPLATE, data=tmp_path, on_event=lambda e: told.append(e["text"])) as cloud:
        _, poured = await ask("POST", f"{cloud.url}/api/cups", {"name": "ann"})
    async with running(TEMPLATE, data=tmp_path) as cloud:
        kept, _ = await ask("GET", f"{cloud.url}/api/cups/ann")
        lost, _ = await ask("GET", f"{cloud.url}/api/cups/ben")

    assert told[0] == CAVEAT
    assert '"pid"' in poured
    assert (kept, lost) == (200, 404), "a clean end saves the tables"


async def test_a_killed_ministack_is_started_again_with_empty_tables(hidden: None) -> None:
    has_restarted = asyncio.Event()

    async def create() -> None:
        await call(store.address, "CreateTable", CUPS)
        has_restarted.set()

    store = Store(None, on_restart=create)
    await store.start()
    await call(store.address, "CreateTable", CUPS)
    await call(store.address, "PutItem", {"TableName": "Cups", "Item": {"cup": {"S": "ann"}}})
    before = await call(store.address, "Scan", {"TableName": "Cups"})
    store.kill()
    await asyncio.wait_for(has_restarted.wait(), 20)
    after = await call(store.address, "Scan", {"TableName": "Cups"})
    await store.stop()

    assert (before["Count"], after["Count"]) == (1, 0)


async def test_no_call_meets_an_engine_without_its_tables(hidden: None) -> None:
    """Whoever calls meanwhile is asked to try again. Control: a table that is nowhere."""
    codes: list[str] = []
    async with running(TEMPLATE, data=None) as cloud:
        keys = cloud.signatures.credentials_for("Pour")
        client = boto3.client(
            "dynamodb",
            endpoint_url=cloud.store_url,
            region_name="us-east-1",
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=Config(retries={"total_max_attempts": 1}),
        )

        def look(table: str) -> str:
            try:
                client.get_item(TableName=table, Key={"cup": {"S": "ann"}})
            except ClientError as error:
                return str(error.response["Error"]["Code"])
            return ""

        cloud._store.kill()
        while cloud._store.restarts == 0 or codes[-1]:
            codes.append(await asyncio.to_thread(look, "CupsTable"))
        refused = await asyncio.to_thread(look, "Nowhere")
        client.close()

    assert set(codes) == {"InternalServerError", ""}
    assert refused == "AccessDeniedException"


async def test_ministack_listens_on_the_loopback_and_nowhere_else(hidden: None) -> None:
    store = Store(None)
    await store.start()

    listening = await asyncio.to_thread(addresses_of, store.pid)
    await store.stop()

    assert listening == [store.address]


def addresses_of(pid: int) -> list[tuple[str, int]]:
    """Return where a process listens, as the kernel tells it: proc(5), net/tcp."""
    sockets = {link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if exists(link)}
    found = []
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
            host, port = fields[1].split(":")
            found.append((".".join(str(byte) for byte in bytes.fromhex(host)[::-1]), int(port, 16)))
    return found


def exists(link: Path) -> bool:
    try:
        link.readlink()
    except FileNotFoundError:
        return False
    return True


async def test_no_engine_begins_anew_beside_anothers_tables(tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    first = Store(database, engine=find_engine())
    await first.start()
    await first.stop()

    with pytest.raises(StoreError, match=r"store\.db was written by another engine, and ministack"):
        await Store(database, engine=Ministack()).start()

    database.rename(tmp_path / "elsewhere.db")
    saved = Store(database, engine=Ministack())
    await saved.start()
    await saved.stop()
    with pytest.raises(StoreError, match="ministack was written by another engine, and dynoxide"):
        await first.start()
