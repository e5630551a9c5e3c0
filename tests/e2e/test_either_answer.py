"""Does the chat work under the other answer to every question that AWS leaves open?

The rest of this folder runs under the likelier answers; here is the same conversation again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from local_cloud.open_questions import OTHERWISE
from tests.e2e.person import Person, position_of
from tests.e2e.system import System, running
from tests.e2e.test_two_people_by_socket import (
    test_the_same_id_again_is_the_same_message,
    test_what_one_says_the_other_hears,
    test_who_was_away_catches_up_by_position,
    two_in_a_room,
)

pytestmark = pytest.mark.e2e

__all__ = [  # run once more, by the `base` of this file
    "test_the_same_id_again_is_the_same_message",
    "test_what_one_says_the_other_hears",
    "test_who_was_away_catches_up_by_position",
]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("data"), questions=asdict(OTHERWISE)) as whole:
        yield whole


def test_a_reserved_route_does_nothing_for_who_names_it(base: str) -> None:
    """Question 6: `$disconnect` by name must not forget a connection. Control: it still talks."""
    ann, ben, den = two_in_a_room(base)
    position = position_of(ann.joins(den))
    ben.joins(den)

    for action in ("$connect", "$disconnect", "$default"):
        ann.says({"action": action})
    ben.sends(den, "still there?", position)

    assert ann.hears_type("events")["events"][0]["text"] == "still there?"


def test_signing_out_closes_a_socket_without_a_code(base: str) -> None:
    """Question 4: 1005 instead of 1000. Control: the session works until then."""
    ann = Person.registers(base, "Ann")
    ann.opens_a_socket()
    assert ann.does({"action": "hello"})["type"] == "welcome"
    [session] = ann.asks("GET", "/api/sessions").body["sessions"]

    assert ann.asks("DELETE", f"/api/sessions/{session['id']}").status == 204

    with pytest.raises(ConnectionClosed) as closed:
        ann.hears(lambda frame: False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1005


def test_compressed_frames_are_understood(base: str) -> None:
    """Question 8: browsers offer compression, and AWS is reported to take it up."""
    ann = Person.registers(base, "Ann")
    address = base.replace("http", "ws", 1) + "/ws"
    protocols = ["teahouse.v1", f"ticket.{ann.ticket()}"]
    with connect(address, subprotocols=protocols, compression="deflate") as line:  # type: ignore[arg-type]
        assert line.protocol.extensions
        line.send('{"action":"hello","id":"1"}')
        assert '"welcome"' in str(line.recv(timeout=15))
