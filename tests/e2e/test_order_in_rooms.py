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


def test_who_is_banned_is_out_at_once_and_stays_out_until_it_is_lifted(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    code = ann.asks("GET", f"/api/rooms/{den}").body["room"]["code"]
    ban = f"/api/rooms/{den}/bans/{ben.user['id']}"
    start = position_of(ann.joins(den))
    ben.joins(den)
    assert ben.asks("PUT", f"/api/rooms/{den}/bans/{ann.user['id']}").status == 403

    assert ann.asks("PUT", ban).status == 204
    removed = ben.hears_type("roomRemoved")
    assert (removed["roomId"], removed["reason"]) == (den, "banned")
    assert last_event(ann)["kind"] == "memberBanned"
    assert ben.sends(den, "hello?", start)["code"] == "not_a_member"
    assert ben.asks("POST", "/api/memberships", {"code": code}).status == 403
    assert ben.asks("GET", f"/api/rooms/{den}/messages").status == 404
    bans = ann.asks("GET", f"/api/rooms/{den}/bans").body["bans"]
    assert [(b["user"]["id"], b["by"]) for b in bans] == [(ben.user["id"], ann.user["id"])]

    assert ann.asks("DELETE", ban).status == 204
    assert ben.asks("POST", "/api/memberships", {"code": code}).status == 201


def test_who_is_banned_does_not_come_through_an_open_door(base: str) -> None:
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    garden = ann.asks("POST", "/api/rooms", {"name": "The garden", "kind": "public"}).body["room"]
    for person in (ann, ben):
        person.opens_a_socket()
    ann.asks("PUT", f"/api/rooms/{garden['id']}/bans/{ben.user['id']}")

    refused = ben.does({"action": "joinRoom", "roomId": garden["id"]})

    assert (refused["type"], refused["code"]) == ("refused", "forbidden")
    ann.joins(garden["id"])  # the control


def test_a_room_is_renamed_and_closed_and_stays_readable(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    start = position_of(ann.joins(den))
    ben.joins(den)
    ann.sends(den, "last orders", start)
    ben.hears_type("events")

    renamed = ann.asks("PATCH", f"/api/rooms/{den}", {"name": "茶室", "description": "Tea."})
    assert (renamed.status, renamed.body["room"]["name"]) == (200, "茶室")
    assert last_event(ben)["name"] == "茶室"
    assert ben.asks("PATCH", f"/api/rooms/{den}", {"name": "Mine"}).status == 403
    assert ben.asks("DELETE", f"/api/rooms/{den}").status == 403

    assert ann.asks("DELETE", f"/api/rooms/{den}").status == 204
    assert last_event(ben)["kind"] == "roomClosed"
    refused = ben.sends(den, "one more?", start)
    assert (refused["code"], refused["retryable"]) == ("room_closed", False)
    answer = ann.asks("PATCH", f"/api/rooms/{den}", {"name": "Open"})
    assert (answer.status, answer.body["code"]) == (409, "room_closed")
    page = ben.asks("GET", f"/api/rooms/{den}/messages").body
    assert [m["text"] for m in page["messages"]] == ["last orders"]
    listed = {r["id"]: r for r in ben.asks("GET", "/api/rooms").body["rooms"]}
    assert listed[den]["closedAt"] > 0


def test_who_is_blocked_is_out_of_the_room_of_two_and_cannot_come_back(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    block = f"/api/blocks/{ben.user['id']}"
    direct = ann.asks("POST", "/api/direct-rooms", {"userId": ben.user["id"]}).body["room"]["id"]
    start = position_of(ben.joins(direct))
    ann.joins(direct)

    assert ann.asks("PUT", block).status == 204
    removed = ann.hears_type("roomRemoved")
    later = ben.sends(direct, "are you there?", start)
    back = ben.asks("POST", "/api/direct-rooms", {"userId": ann.user["id"]})
    ben.sends(den, f"@{ann.user['username']}, tea?", position_of(ben.joins(den)))

    assert (removed["roomId"], removed["reason"]) == (direct, "left")
    assert later["type"] == "sent"
    assert (back.status, back.body["code"]) == (404, "not_found")
    assert ann.asks("GET", "/api/blocks").body["users"] == {ben.user["id"]: ben.user}
    assert ben.asks("GET", "/api/blocks").body["users"] == {}
    ann.does({"action": "ping"})
    kinds = {"events", "notification"}
    assert [f for f in ann.seen if f["type"] in kinds and f.get("roomId") != den] == []
    assert ann.asks("DELETE", block).status == 204
    back = ben.asks("POST", "/api/direct-rooms", {"userId": ann.user["id"]})
    assert (back.status, back.body["room"]["id"]) == (201, direct)


def test_a_message_is_reported_to_who_keeps_order(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    seq = ann.sends(den, "buy tea", position_of(ann.joins(den)))["seq"]
    said = {"roomId": den, "seq": seq, "reason": "an advertisement"}
    cleo = Person.registers(base, "Cleo")
    code = ann.asks("GET", f"/api/rooms/{den}").body["room"]["code"]
    assert cleo.asks("POST", "/api/memberships", {"code": code}).status == 201
    assert ann.asks("PATCH", member_path(den, cleo), {"role": "moderator"}).status == 204
    cleo.opens_a_socket()

    told = ben.asks("POST", "/api/reports", said)
    heard = cleo.hears_type("notification")

    assert told.status == 202
    assert ben.asks("POST", "/api/reports", said).body == told.body
    assert (heard["kind"], heard["body"]) == ("report", "an advertisement")
    assert heard["link"] == f"/rooms/{den}/{seq}"
    assert ann.asks("GET", "/api/notifications").body["notifications"] == []
    eve = Person.registers(base, "Eve")
    refused = eve.asks("POST", "/api/reports", said)
    assert (refused.status, refused.body["code"]) == (404, "not_found")
    assert eve.asks("GET", "/api/reports").status == 403
