"""C3 and C5: a room of two opens on both sides at once, and only they ever read it."""

from __future__ import annotations

import pytest

from tests.e2e.person import Person, position_of
from tests.e2e.test_two_people_by_socket import two_in_a_room

pytestmark = pytest.mark.e2e


def test_a_direct_room_opens_on_both_sides_and_stays_theirs(base: str) -> None:
    ann, ben, _ = two_in_a_room(base)
    eve = Person.registers(base, "Eve")
    eve.opens_a_socket()

    created = ann.asks("POST", "/api/direct-rooms", {"userId": ben.user["id"]})
    assert created.status == 201, created
    room = created.body["room"]
    assert (room["kind"], room["name"], room["peer"]["id"]) == ("direct", "Ben", ben.user["id"])
    added = ben.hears_type("roomAdded")["room"]
    assert (added["id"], added["name"]) == (room["id"], "Ann")
    again = ben.asks("POST", "/api/direct-rooms", {"userId": ann.user["id"]})
    assert (again.status, again.body["room"]["id"]) == (200, room["id"])

    start = position_of(ann.joins(room["id"]))
    ben.joins(room["id"])
    ann.sends(room["id"], "between us", start)
    assert ben.hears_type("events")["events"][0]["text"] == "between us"
    listed = ben.does({"action": "hello"})["rooms"]
    assert {r["id"]: r["name"] for r in listed}[room["id"]] == "Ann"
    assert eve.does({"action": "joinRoom", "roomId": room["id"]})["code"] == "not_a_member"
    assert eve.asks("GET", f"/api/rooms/{room['id']}/messages").status == 404
    assert eve.asks("POST", "/api/direct-rooms", {"userId": "nobody-at-all"}).status == 404
