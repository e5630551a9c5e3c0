"""People keep order in a room, through every real part: who may do what, and who hears of it."""

from __future__ import annotations

import time

import pytest

from tests.e2e.person import Json, Person, position_of
from tests.e2e.test_two_people_by_socket import two_in_a_room

pytestmark = pytest.mark.e2e

AN_HOUR_MS = 3_600_000


def an_hour_from_now() -> int:
    return int(time.time() * 1000) + AN_HOUR_MS


def member_path(den: str, person: Person) -> str:
    return f"/api/rooms/{den}/members/{person.user['id']}"


def last_event(person: Person) -> Json:
    [event] = person.hears_type("events")["events"]
    return dict(event)


def test_a_member_is_muted_and_may_write_again(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    start = position_of(ann.joins(den))
    ben.joins(den)
    until = an_hour_from_now()

    assert ann.asks("PATCH", member_path(den, ben), {"mutedUntil": until}).status == 204
    heard = last_event(ben)
    refused = ben.sends(den, "may I?", start)

    assert (heard["kind"], heard["userId"], heard["until"]) == (
        "memberMuted",
        ben.user["id"],
        until,
    )
    assert (refused["type"], refused["code"], refused["retryable"]) == ("refused", "muted", False)
    by_rest = ben.asks(
        "POST", f"/api/rooms/{den}/messages", {"text": "?"}, Idempotency_Key="x" * 22
    )
    assert (by_rest.status, by_rest.body["code"]) == (403, "muted")
    members = ann.asks("GET", f"/api/rooms/{den}/members").body["members"]
    assert {m["user"]["id"]: m.get("mutedUntil") for m in members}[ben.user["id"]] == until

    assert ann.asks("PATCH", member_path(den, ben), {"mutedUntil": None}).status == 204
    assert "until" not in last_event(ben)
    assert ben.sends(den, "may I?", start)["type"] == "sent"


def test_a_room_is_handed_over_and_its_first_owner_leaves(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    ben.joins(den)
    assert ann.asks("DELETE", member_path(den, ann)).status == 403
    assert ann.asks("PATCH", f"/api/rooms/{den}/members/me", {"role": "member"}).status == 403
    assert ben.asks("PATCH", member_path(den, ben), {"role": "owner"}).status == 403

    assert ann.asks("PATCH", member_path(den, ben), {"role": "owner"}).status == 204
    heard = last_event(ben)
    assert (heard["kind"], heard["userId"], heard["role"]) == (
        "roleChanged",
        ben.user["id"],
        "owner",
    )
    assert ann.asks("DELETE", f"/api/rooms/{den}/members/me").status == 204

    assert last_event(ben)["kind"] == "memberLeft"
    room = ben.asks("GET", f"/api/rooms/{den}").body["room"]
    assert (room["role"], room["memberCount"]) == ("owner", 1)
    assert room["code"]


@pytest.mark.parametrize(
    "body", [{}, {"role": "king"}, {"role": None}, {"role": "member", "mutedUntil": 1}, {"x": 1}]
)
def test_what_cannot_be_decided_is_refused(base: str, body: Json) -> None:
    ann, ben, den = two_in_a_room(base)

    answer = ann.asks("PATCH", member_path(den, ben), body)

    assert (answer.status, answer.body["code"]) == (422, "invalid")
    assert ann.asks("PATCH", member_path(den, ben), {"role": "moderator"}).status == 204
