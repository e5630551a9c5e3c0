"""Rows B1 to D4 of what Teahouse takes the place of: push to one person, pairs, the open room.

A test a row, named after it, through real sockets and real HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.person import Json, Person
from tests.e2e.system import System

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Run a system in which nobody waits long for somebody to have left."""
    whole = System(tmp_path_factory.mktemp("data"), parameters={"PresenceGraceSeconds": "0.5"})
    whole.start()
    yield whole
    if whole.is_running:
        whole.stop()


def lobby_of(person: Person) -> str:
    """Name the lobby, as a person finds it."""
    rooms = person.does({"action": "hello"})["rooms"]
    return str(next(room["id"] for room in rooms if room["kind"] == "public"))


def den_of(owner: Person, *others: Person) -> str:
    """Open a private room; the others come in by its code."""
    room = owner.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    for person in others:
        assert person.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    return str(room["id"])


def sees(person: Person, room_id: str, kind: str, other: Person) -> Json:
    """Keep the connection, as a page does, until a `presence` names the other."""
    position = {"epoch": "any", "seq": 1}
    wanted = other.user["id"]

    def is_told(frame: Json) -> bool:
        return frame.get("type") == "presence" and wanted in frame.get(kind, ())

    while not any(is_told(frame) for frame in person.seen):
        person.does({"action": "ping", "positions": {room_id: position}})
    return next(frame for frame in reversed(person.seen) if is_told(frame))


def test_c2_a_live_list_of_who_is_online_right_with_several_tabs(base: str) -> None:
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    den = den_of(ann, ben)
    tab = Person(base, ben.user, ben.access_token)
    for person in (ann, ben, tab):
        person.opens_a_socket()
    assert ann.joins(den)["online"] == [ann.user["id"]]

    ben.joins(den)
    both = sorted([ann.user["id"], ben.user["id"]])
    assert ann.hears_type("presence")["online"] == both
    assert tab.joins(den)["online"] == both
    ben.closes()
    tab.closes()

    assert sees(ann, den, "left", ben)["online"] == [ann.user["id"]]
    told = [frame for frame in ann.seen if frame.get("type") == "presence"]
    assert [(frame.get("entered"), frame.get("left")) for frame in told] == [
        ([ben.user["id"]], None),
        (None, [ben.user["id"]]),
    ]
    members = ann.asks("GET", f"/api/rooms/{den}/members").body["members"]
    assert {m["user"]["displayName"]: m["online"] for m in members} == {"Ann": True, "Ben": False}


def test_d2_entered_and_left_with_the_number_of_people_and_no_word_of_a_reload(base: str) -> None:
    ann, guest = Person.registers(base, "Ann"), Person.enters(base)
    for person in (ann, guest):
        person.opens_a_socket()
    lobby = lobby_of(ann)
    ann.joins(lobby)

    guest.joins(lobby)
    entered = ann.hears_type("presence")
    guest.opens_a_socket()
    assert len(guest.joins(lobby)["online"]) == 2
    guest.closes()
    left = sees(ann, lobby, "left", guest)

    assert entered["entered"] == [guest.user["id"]]
    assert entered["users"][guest.user["id"]]["displayName"] == guest.user["displayName"]
    assert (len(entered["online"]), len(left["online"])) == (2, 1)
    assert len([frame for frame in ann.seen if frame.get("type") == "presence"]) == 2


def test_d4_your_nickname_and_how_many_people_are_here(base: str) -> None:
    guest = Person.enters(base)
    guest.opens_a_socket()

    welcome = guest.does({"action": "hello"})

    assert welcome["user"]["displayName"] == guest.user["displayName"]
    joined = guest.joins(lobby_of(guest))
    assert guest.user["id"] in joined["online"]
    assert joined["users"][guest.user["id"]] == guest.user


def test_typing_is_seen_by_the_others_only(base: str) -> None:
    ann, ben, eve = (Person.registers(base, name) for name in ("Ann", "Ben", "Eve"))
    den = den_of(ann, ben)
    for person in (ann, ben, eve):
        person.opens_a_socket()
    ann.joins(den)
    ben.joins(den)

    ben.says({"action": "signalTyping", "roomId": den})
    refused = eve.does({"action": "signalTyping", "roomId": den})

    typing = ann.hears_type("typing")
    assert (typing["roomId"], typing["userId"]) == (den, ben.user["id"])
    assert (refused["type"], refused["code"]) == ("refused", "not_a_member")
    ben.does({"action": "ping"})
    assert [frame for frame in ben.seen if frame["type"] == "typing"] == []
