"""Is a page refused that let its own name lead to this machine? By the name it asks under."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.host_names import MAX_TOLD, is_of_loopback, name_in
from tests.gateway.target import running, upgrade_request

FOREIGN = "tea.example"


@pytest.mark.parametrize("path", ["/", "/api/rooms", "/ws", "/nowhere"])
async def test_a_name_that_may_lead_here_from_anywhere_is_refused(
    tmp_path: Path, path: str
) -> None:
    """Control: the same request under the loopback's own name."""
    (tmp_path / "index.html").write_text("the page")
    async with running(site=tmp_path) as target:
        refused = await target.http("GET", path, headers={"Host": f"{FOREIGN}:{target.port}"})
        served = await target.http("GET", path, headers={"Host": f"localhost:{target.port}"})

        assert refused.status == 403
        assert "--allow-host" in refused.json["message"]
        assert served.status != 403


async def test_no_socket_opens_under_a_foreign_name() -> None:
    """Control: under localhost it opens. No handler has run for the other."""
    async with running() as target:
        foreign = await target.raw(upgrade_request(Host=FOREIGN))
        async with target.connected():
            pass

        assert foreign.startswith(b"HTTP/1.1 403 ")
        assert target.invoker.events_of("Connect").empty()


async def test_a_name_may_be_allowed() -> None:
    """Control: another one stays refused."""
    async with running(host_names=["Tea.example"]) as target:
        for host, status in ((FOREIGN, 200), (f"x.{FOREIGN}", 403)):
            assert (await target.http("GET", "/api/x", headers={"Host": host})).status == status


async def test_who_lets_others_in_is_asked_under_any_name() -> None:
    """Nobody knows the names of this machine in other networks. Control: the tests before."""
    async with running(host="0.0.0.0") as target:
        assert (await target.http("GET", "/api/x", headers={"Host": FOREIGN})).status == 200


async def test_each_refused_name_is_told_once_and_not_without_end() -> None:
    async with running() as target:
        for name in (FOREIGN, FOREIGN, *(f"{number}.example" for number in range(30))):
            await target.http("GET", "/api/x", headers={"Host": name})
        told = [one["text"] for one in target.told if one["event"] == "host_refused"]

    assert len(told) == MAX_TOLD
    assert (
        told[0] == "'tea.example' was refused, as no name of this machine; --allow-host lets it in"
    )
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("", True),
        ("localhost", True),
        ("LOCALHOST.:8787", True),
        ("tea.localhost:8787", True),
        ("127.0.0.1:8787", True),
        ("[::1]:8787", True),
        ("[::1]", True),
        ("192.0.2.1", True),  # nobody can let an address lead elsewhere
        ("tea.example", False),
        ("localhost.tea.example", False),
        ("127.0.0.1.tea.example:8787", False),
        ("[tea.example]", False),
        ("tealocalhost", False),
        ("localhost:9321@tea.example", False),
        ("localhost:80:80", False),
        ("tea@localhost", False),
        ("tea.example/.localhost", False),
        ("tea.example:1.localhost", False),
        ("[::1", False),
    ],
)
def test_only_names_of_the_loopback_are_its_own(host: str, *, is_own: bool) -> None:
    assert is_of_loopback(name_in(host)) is is_own
