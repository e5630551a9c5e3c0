"""Two people talk through every real part: socket, event, handler, store, fan-out."""

from __future__ import annotations

import pytest

from tests.e2e.person import Person, new_message_id, position_of
from tests.e2e.system import System

pytestmark = pytest.mark.e2e


def two_in_a_room(base: str) -> tuple[Person, Person, str]:
    """Ann opens a room, ben joins by its code, both listen."""
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    room = ann.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    assert ben.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    for person in (ann, ben):
        person.opens_a_socket()
    return ann, ben, room["id"]


def test_what_one_says_the_other_hears(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    assert ann.does({"action": "hello"})["user"]["displayName"] == "Ann"
    position = position_of(ann.joins(den))
    ben.joins(den)

    sent = ann.sends(den, "你好，ben 🍵", position)
    heard = ben.hears_type("events")

    assert sent["type"] == "sent"
    assert sent["event"]["text"] == "你好，ben 🍵"
    assert heard["events"] == [sent["event"]]
    assert heard["users"][ann.user["id"]]["displayName"] == "Ann"
    assert sent["event"]["by"] == ann.user["id"]


def test_who_was_away_catches_up_by_position(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    position = position_of(ben.joins(den))
    ben.closes()
    start = position_of(ann.joins(den))
    said = [ann.sends(den, f"message {n}", start)["event"] for n in range(5)]

    ben.opens_a_socket()
    joined = ben.joins(den, position)

    assert joined["events"] == said
    assert not joined["more"]


def test_the_same_id_again_is_the_same_message(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    position = position_of(ann.joins(den))
    ben.joins(den)
    message_id = new_message_id()

    first = ann.sends(den, "once", position, message_id)
    again = ann.sends(den, "once", position, message_id)
    other = ann.sends(den, "twice", position, message_id)

    assert again["seq"] == first["seq"]
    assert again["duplicate"] is True
    assert (other["type"], other["code"]) == ("refused", "conflict")
    page = ben.asks("GET", f"/api/rooms/{den}/messages").body
    assert [m["text"] for m in page["messages"]] == ["once"]


def test_ping_tells_which_rooms_moved_on(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    position = position_of(ann.joins(den))
    assert ben.does({"action": "ping", "positions": {den: position}})["behind"] == []

    ann.sends(den, "news", position)

    pong = ben.does({"action": "ping", "positions": {den: position}})
    assert pong["behind"] == [den]
    reset = {**position, "epoch": position["epoch"].split(".")[0] + ".other"}
    assert ben.does({"action": "ping", "positions": {den: reset}})["reset"] == [den]


def test_a_guest_talks_in_the_lobby(base: str) -> None:
    guest, ann = Person.enters(base), Person.registers(base, "Ann")
    guest.opens_a_socket()
    ann.opens_a_socket()
    rooms = guest.does({"action": "hello"})["rooms"]
    [lobby] = [room for room in rooms if room["kind"] == "public"]
    position = position_of(guest.joins(lobby["id"]))
    ann.joins(lobby["id"])

    guest.sends(lobby["id"], "hello everybody", position)

    heard = ann.hears_type("events")
    assert heard["users"][guest.user["id"]]["kind"] == "guest"


def test_nothing_is_lost_or_doubled_when_everything_is_killed_while_a_send_is_pending(
    base: str, system: System
) -> None:
    ann, ben, den = two_in_a_room(base)
    position = position_of(ann.joins(den))
    acknowledged = [ann.sends(den, f"before {n}", position)["event"]["text"] for n in range(3)]
    pending = new_message_id()
    ann.says(
        {
            "action": "sendMessage",
            "roomId": den,
            "clientMessageId": pending,
            "position": position,
            "text": "pending",
        }
    )

    system.kill_everything()
    system.start()

    ann.opens_a_socket()
    sent = ann.sends(den, "pending", position, pending)
    assert sent["type"] == "sent"
    page = ben.asks("GET", f"/api/rooms/{den}/messages").body
    assert [m["text"] for m in page["messages"]] == [*acknowledged, "pending"]
    assert [m["number"] for m in page["messages"]] == [1, 2, 3, 4]
