"""Does `/_local` show what happens, to people at this machine and to nobody else?"""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from websockets.asyncio.client import connect

from local_cloud.cloud import LocalCloud, running
from local_cloud.faults import FaultPlan, Faults
from local_cloud.prices import READ_UNIT, WRITE_UNIT
from local_cloud.window_page import is_loopback
from tests.local_cloud.conftest import SAMPLES

TEMPLATE = SAMPLES / "template.yaml"


@dataclass
class Reply:
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def ask(port: int, method: str, path: str, body: Any = None, **headers: str) -> Reply:
    """Ask with the headers given, Host included, as a browser would be made to."""

    def send() -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Host", f"localhost:{port}")
        named.setdefault("Content-Type", "application/json")
        data = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, data, named)
            answer = connection.getresponse()
            lower = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, lower, answer.read())
        finally:
            connection.close()

    return await asyncio.to_thread(send)


@pytest.fixture
async def cloud() -> AsyncIterator[LocalCloud]:
    async with running(TEMPLATE, data=None) as cloud:
        yield cloud


async def state(cloud: LocalCloud) -> Any:
    return (await ask(cloud.port, "GET", "/_local/state")).json


async def test_the_page_and_its_data_are_there(cloud: LocalCloud) -> None:
    for path, kind in (
        ("/_local", "text/html"),
        ("/_local/", "text/html"),
        ("/_local/window.css", "text/css"),
        ("/_local/window.js", "text/javascript"),
        ("/_local/state", "application/json"),
    ):
        reply = await ask(cloud.port, "GET", path)
        assert (reply.status, reply.headers["content-type"].partition(";")[0]) == (200, kind)
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store"
    assert cloud.window_url == f"{cloud.url}/_local"
    assert (await ask(cloud.port, "GET", "/_local/prices.py")).status == 404
    assert (await ask(cloud.port, "GET", "/_local/../prices.py")).status == 404
    assert (await ask(cloud.port, "POST", "/_local/state")).status == 405


async def test_it_shows_what_a_frame_sets_in_motion(cloud: LocalCloud) -> None:
    address = f"ws://localhost:{cloud.port}/ws"
    async with connect(address, additional_headers={"Cookie": "who=ann"}) as line:
        await line.send('{"action": "greet", "text": "a secret"}')
        assert await asyncio.wait_for(line.recv(), 10) == "welcome"
        shown = await state(cloud)
        while len(shown["invocations"]) < 3:  # the post comes before the end of its handler
            shown = await state(cloud)

    [connection] = shown["connections"]
    assert (connection["frames_in"], connection["bytes_in"]) == (1, 39)
    assert (connection["frames_out"], connection["bytes_out"]) == (1, 7)
    assert connection["closed_at_ms"] is None
    out, into = shown["frames"]
    assert (into["direction"], into["type"], into["bytes"]) == ("in", "greet", 39)
    assert (out["direction"], out["type"], out["bytes"]) == ("out", None, 7)
    assert "a secret" not in json.dumps(shown)
    ran = {one["function_id"]: one for one in shown["invocations"]}
    assert set(ran) == {"Admit", "Accept", "Greet"}
    assert ran["Greet"]["duration_ms"] > 0
    assert ran["Greet"]["init_ms"] > 0
    assert shown["cost"]["web_socket_messages"]["quantity"] == 2
    assert shown["cost"]["connection_minutes"]["quantity"] > 0
    assert shown["cost"]["lambda_requests"]["quantity"] == 3
    assert shown["cost"]["lambda_gb_seconds_x86"]["dollars"] > 0


async def test_a_closed_connection_stays_to_be_seen(cloud: LocalCloud) -> None:
    address = f"ws://localhost:{cloud.port}/ws"
    async with connect(address, additional_headers={"Cookie": "who=ann"}):
        pass
    shown = await state(cloud)
    while not shown["connections"][0]["closed_at_ms"]:
        shown = await state(cloud)

    assert shown["connections"][0]["code"] == 1000


async def test_texts_are_shown_where_a_flag_asks_for_them() -> None:
    """Control: the test before the last one."""
    async with running(TEMPLATE, data=None, shows_texts=True) as cloud:
        address = f"ws://localhost:{cloud.port}/ws"
        async with connect(address, additional_headers={"Cookie": "who=ann"}) as line:
            await line.send('{"text": "a secret"}')
            await asyncio.wait_for(line.recv(), 10)
            shown = await state(cloud)

    assert [frame["text"] for frame in shown["frames"]] == ["welcome", '{"text": "a secret"}']


async def test_it_shows_what_the_store_was_asked_and_what_that_costs(cloud: LocalCloud) -> None:
    """The caller did not ask for its units, and is not told them."""
    assert (await ask(cloud.port, "POST", "/api/cups", {"name": "ann"})).status == 201
    for _ in range(2):
        assert (await ask(cloud.port, "GET", "/api/cups/ann")).status == 200
    shown = await state(cloud)
    put, get = sorted(shown["store"], key=lambda entry: entry["calls"])

    assert (put["function_id"], put["operation"], put["table"]) == ("Pour", "PutItem", "CupsTable")
    assert (put["calls"], put["read_units"], put["write_units"]) == (1, 0, 1)
    assert (get["calls"], get["read_units"], get["write_units"]) == (2, 2, 0)
    assert shown["cost"]["write_units"]["dollars"] == WRITE_UNIT
    assert shown["cost"]["read_units"]["dollars"] == 2 * READ_UNIT
    assert shown["cost"]["http_requests"]["quantity"] == 3
    assert shown["total_dollars"] == pytest.approx(
        sum(one["dollars"] for one in shown["cost"].values())
    )


async def test_faults_and_refusals_are_noted() -> None:
    plan = FaultPlan(store_throttled=1, at_most=1)
    async with running(TEMPLATE, data=None, faults=Faults(plan)) as cloud:
        await ask(cloud.port, "POST", "/api/cups", {"name": "ann"})
        shown = await state(cloud)

    assert [note["kind"] for note in shown["notes"]].count("fault") == 1
    assert "store_throttled: CupsTable Pour PutItem" in [note["text"] for note in shown["notes"]]


# Who may look.


@pytest.mark.parametrize("path", ["/_local", "/_local/state", "/_local/window.js"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "tea.example:{port}"},  # a name that was rebound to the loopback
        {"Host": "localhost"},
        {"Origin": "http://tea.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"},  # a link, or a frame
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"},
        {"Sec_Fetch_Site": "same-site"},  # another port of this machine
    ],
)
async def test_other_sites_are_refused(
    cloud: LocalCloud, path: str, headers: dict[str, str]
) -> None:
    """Control: the same request, as the window's own page sends it."""
    port = cloud.port
    sent = {name: value.format(port=port) for name, value in headers.items()}
    refused = await ask(port, "GET", path, **sent)
    assert refused.status == 403
    assert "access-control-allow-origin" not in refused.headers
    own = {"Origin": f"http://localhost:{port}", "Sec_Fetch_Site": "same-origin"}
    assert (await ask(port, "GET", path, **own)).status == 200


async def test_a_cloud_that_others_reach_has_no_window() -> None:
    """Control: the other tests, on 127.0.0.1."""
    async with running(TEMPLATE, data=None, host="0.0.0.0") as cloud:
        assert cloud.window_url is None
        for path in ("/_local", "/_local/state"):
            assert (await ask(cloud.port, "GET", path)).status == 404


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("tea.example", False),
        ("", False),
    ],
)
def test_only_this_machines_addresses_are_its_own(address: str, *, is_own: bool) -> None:
    assert is_loopback(address) is is_own


async def test_however_long_a_run_is_a_bounded_part_is_kept(cloud: LocalCloud) -> None:
    for number in range(2_000):
        cloud.journal.frame("in", f"connection-{number}", b'{"action":"x"}')
        cloud.journal.event({"event": "connection_opened", "connection_id": f"{number}"})
        cloud.journal.event({"event": "connection_closed", "connection_id": f"{number}"})
    snapshot = cloud.journal.snapshot()

    assert len(snapshot["frames"]) == 300
    assert len(snapshot["connections"]) == 500
