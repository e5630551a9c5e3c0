"""Do the parts make a cloud? From a browser's request through a handler to the store and back."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect

from local_cloud.cloud import LocalCloud, running
from local_cloud.data_folder import DataFolder, DataFolderError
from local_cloud.engine_client import call
from local_cloud.sam import TemplateError
from local_cloud.worker_pool import Invocation
from tests.local_cloud.conftest import SAMPLES
from tests.local_cloud.processes import is_running

TEMPLATE = SAMPLES / "template.yaml"


async def ask(method: str, url: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    """Send one HTTP request; return status and text."""
    return await asyncio.to_thread(ask_now, method, url, body)


def ask_now(method: str, url: str, body: dict[str, Any] | None) -> tuple[int, str]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    try:
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


async def test_a_request_reaches_a_handler_and_its_table(tmp_path: Path) -> None:
    async with running(TEMPLATE, data=tmp_path, parameters={"House": "red"}) as cloud:
        before = await ask("GET", f"{cloud.url}/api/cups/ann")
        poured = await ask("POST", f"{cloud.url}/api/cups", {"name": "ann"})
        after = await ask("GET", f"{cloud.url}/api/cups/ann")

    assert (before, poured[0], after) == ((404, "red"), 201, (200, "red"))


async def test_a_frame_is_answered_by_a_signed_post_to_the_connection() -> None:
    async with running(TEMPLATE, data=None) as cloud:
        address = f"ws://127.0.0.1:{cloud.port}/ws"
        async with connect(address, additional_headers={"Cookie": "who=ann"}) as socket:
            await socket.send("{}")
            heard = await asyncio.wait_for(socket.recv(), 10)

    assert heard == "welcome"


async def test_data_survive_a_restart(tmp_path: Path) -> None:
    async with running(TEMPLATE, data=tmp_path) as cloud:
        await ask("POST", f"{cloud.url}/api/cups", {"name": "ann"})
    async with running(TEMPLATE, data=tmp_path) as cloud:
        kept = await ask("GET", f"{cloud.url}/api/cups/ann")
        lost = await ask("GET", f"{cloud.url}/api/cups/ben")

    assert (kept[0], lost[0]) == (200, 404)


async def test_a_stop_leaves_no_process(tmp_path: Path) -> None:
    async with running(TEMPLATE, data=tmp_path) as cloud:
        await ask("POST", f"{cloud.url}/api/cups", {"name": "ann"})
        pids = [cloud.engine_pid, *cloud.worker_pids()]
        assert len(pids) == 2
        assert all(is_running(pid) for pid in pids), "the control: before the stop"

    assert [pid for pid in pids if is_running(pid)] == []


async def test_a_prewarmed_function_is_loaded_before_it_is_asked() -> None:
    told: list[Invocation] = []
    async with running(TEMPLATE, data=None, prewarm=True, on_invocation=told.append) as cloud:
        while not cloud.worker_pids("Pour"):
            await asyncio.sleep(0.005)
        warm = cloud.worker_pids("Pour")
        _, poured = await ask("POST", f"{cloud.url}/api/cups", {"name": "ann"})

    assert [json.loads(poured)["pid"]] == warm


async def test_a_failed_start_leaves_nothing(tmp_path: Path) -> None:
    async with running(TEMPLATE, data=None) as other:
        cloud = LocalCloud(TEMPLATE, data=tmp_path / "data", port=other.port)
        with pytest.raises(OSError, match="Address already in use"):
            await cloud.start()

    DataFolder(tmp_path / "data").close()  # it is free again


async def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    async with running(TEMPLATE, data=tmp_path):
        with pytest.raises(DataFolderError):
            await LocalCloud(TEMPLATE, data=tmp_path).start()


async def test_a_broken_template_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError):
        await LocalCloud(tmp_path / "template.yaml", data=None).start()


async def test_handlers_see_only_the_guarded_store() -> None:
    async with running(TEMPLATE, data=None, environment={"HOUSE": "green"}) as cloud:
        assert cloud.store_url != cloud.engine_url
        engine = urlsplit(cloud.engine_url)
        assert engine.hostname is not None
        assert engine.port is not None
        tables = await call((engine.hostname, engine.port), "ListTables", {})
        _, house = await ask("GET", f"{cloud.url}/api/cups/ann")

    assert tables == {"TableNames": ["CupsTable"]}
    assert house == "green", "what a test adds stands above the template's"
