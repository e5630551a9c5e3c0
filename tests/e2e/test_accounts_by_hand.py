"""People keep their accounts through every real part: password, recovery, from guest to account."""

from __future__ import annotations

import base64
import json
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import ConnectionClosed

from tests.e2e.person import Answer, Json, Person, call, position_of
from tests.e2e.system import System

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def system(own_system: System) -> System:
    """Nobody is here yet."""
    return own_system


PASSWORD = "correct horse battery"  # of everybody who `registers`
NEW = "another horse battery"


def signs_in(base: str, username: str, password: str) -> Answer:
    body = {"username": username, "password": password, "tokens": True}
    return call(base, "POST", "/api/sessions", body)


def another_device(base: str, person: Person) -> Person:
    """Sign the same person in once more, with a socket."""
    answer = signs_in(base, person.user["username"], PASSWORD)
    assert answer.status == 201, answer
    device = Person(base, answer.body["user"], answer.body["accessToken"])
    device.opens_a_socket()
    return device


def is_cut(person: Person) -> Json:
    """Wait for the farewell and the close; gives the farewell."""
    goodbye = person.hears_type("goodbye")
    assert person.socket is not None
    with pytest.raises(ConnectionClosed):
        person.socket.recv(timeout=15)
    return goodbye


def test_of_many_that_register_at_once_exactly_one_is_the_administrator(system: System) -> None:
    base = system.url
    with ThreadPoolExecutor(4) as pool:
        people = list(pool.map(lambda n: Person.registers(base, f"Ann{n}"), range(4)))
    late = Person.registers(base, "Late")

    administrators = [p for p in (*people, late) if p.user.get("administrator")]
    assert len(administrators) == 1
    [ann] = administrators
    assert ann is not late
    assert ann.asks("GET", "/api/me").body["user"]["administrator"] is True
    ann.opens_a_socket()
    assert ann.does({"action": "hello"})["user"]["administrator"] is True
    assert "administrator" not in late.asks("GET", "/api/me").body["user"]


def test_nobody_else_is_told_who_the_administrator_is(base: str) -> None:
    ann = Person.registers(base, "Ann")

    answer = ann.asks("GET", "/api/rooms/lobby/members")

    assert len(answer.body["members"]) > 1
    assert all("administrator" not in line["user"] for line in answer.body["members"])


def test_a_new_password_cuts_the_other_device_and_leaves_this_one(base: str) -> None:
    ann = Person.registers(base, "Ann")
    ann.opens_a_socket()
    other = another_device(base, ann)

    wrong = ann.asks("PATCH", "/api/me", {"password": {"old": "wrong horse", "new": NEW}})
    assert (wrong.status, wrong.body["code"]) == (403, "forbidden")
    changed = ann.asks("PATCH", "/api/me", {"password": {"old": PASSWORD, "new": NEW}})

    assert changed.status == 200, changed
    goodbye = is_cut(other)
    assert (goodbye["code"], goodbye["reconnect"]) == ("not_signed_in", False)
    assert other.asks("GET", "/api/me").status == 401
    assert ann.does({"action": "hello"})["type"] == "welcome"
    assert signs_in(base, ann.user["username"], PASSWORD).status == 401
    assert signs_in(base, ann.user["username"], NEW).status == 201


def test_a_guest_becomes_an_account_and_keeps_id_rooms_and_colour(base: str) -> None:
    guest = Person.enters(base, "Moon Otter")
    created = guest.asks("POST", "/api/rooms", {"name": "The den"})
    assert created.status == 201
    taken = Person.registers(base, "Ben").user["username"]
    username = f"otter-{secrets.token_hex(4)}"

    refused = guest.asks("PATCH", "/api/me", {"username": taken.upper(), "password": NEW})
    assert (refused.status, refused.body["code"]) == (409, "conflict")
    assert "username" in refused.body["fields"]
    answer = guest.asks("PATCH", "/api/me", {"username": username, "password": NEW})

    assert answer.status == 200, answer
    same = {"id", "color", "displayName"}
    assert {k: answer.body["user"][k] for k in same} == {k: guest.user[k] for k in same}
    assert (answer.body["user"]["kind"], answer.body["user"]["username"]) == ("account", username)
    back = signs_in(base, username, NEW)
    assert back.body["user"]["id"] == guest.user["id"]
    rooms = Person(base, back.body["user"], back.body["accessToken"]).asks("GET", "/api/rooms")
    assert created.body["room"]["id"] in [room["id"] for room in rooms.body["rooms"]]


def test_a_recovery_code_brings_one_back_once_and_cuts_every_device(base: str) -> None:
    ann = Person.registers(base, "Ann")
    ann.opens_a_socket()
    old = ann.asks("POST", "/api/me/recovery").body["code"]
    made = ann.asks("POST", "/api/me/recovery")
    assert made.status == 201
    code = made.body["code"]

    def recovers(**changes: str) -> Answer:
        body = {"username": ann.user["username"], "code": code, "password": NEW} | changes
        return call(base, "POST", "/api/recoveries", body)

    refusals = [
        recovers(code=old),
        recovers(code="wrong"),
        recovers(username="nobody-at-all"),
    ]
    assert {(r.status, str(r.body)) for r in refusals} == {(401, str(refusals[0].body))}
    answer = recovers()

    assert answer.status == 201, answer
    assert answer.body["user"]["id"] == ann.user["id"]
    assert is_cut(ann)["code"] == "not_signed_in"
    assert recovers().status == 401, "once"
    assert signs_in(base, ann.user["username"], NEW).status == 201
    assert Person.enters(base).asks("POST", "/api/me/recovery").status == 403


def test_an_account_is_exported_and_erased(base: str) -> None:
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    room = ann.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    assert ben.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    for person in (ann, ben):
        person.opens_a_socket()
    position = position_of(ann.joins(room["id"]))
    ben.joins(room["id"])
    seq = ann.sends(room["id"], "a canary of ann", position)["seq"]

    export = ann.asks("GET", "/api/me/export")
    assert export.headers["Content-Type"] == "application/jsonl"
    lines = [json.loads(line) for line in export.body.splitlines()]
    assert lines[0]["user"]["id"] == ann.user["id"]
    assert lines[-1] == {"type": "end"}
    assert "a canary of ann" in [line.get("event", {}).get("text") for line in lines]

    assert ann.asks("DELETE", "/api/me").status == 204

    is_cut(ann)
    assert ann.asks("GET", "/api/me").status == 401
    assert signs_in(base, ann.user["username"], PASSWORD).status == 401
    page = ben.asks("GET", f"/api/rooms/{room['id']}/events").body
    assert "a canary of ann" not in json.dumps(page)
    assert [e["kind"] for e in page["events"] if e["seq"] > seq] == [
        "roleChanged",
        "memberLeft",
        "messageDeleted",
    ]
    shown = page["users"][ann.user["id"]]
    assert (shown["displayName"], shown["deleted"]) == ("deleted", True)
    assert "username" not in shown
    assert ben.asks("GET", f"/api/rooms/{room['id']}").body["room"]["role"] == "owner"


def test_a_raised_number_changes_the_signing_key_and_signs_nobody_out(system: System) -> None:
    base = system.url
    ann = Person.registers(base, "Ann")
    answer = signs_in(base, ann.user["username"], PASSWORD)
    refresh, cookie = answer.body["refreshToken"], answer.headers["set-cookie"].partition(";")[0]

    assert system.stop() == 0
    system.parameters["SigningKeyNumber"] = "2"
    system.start()

    assert ann.asks("GET", "/api/me").status == 200, "a token of the old key"
    assert call(base, "GET", "/api/me", headers={"Cookie": cookie}).status == 200
    renewed = call(base, "POST", "/api/sessions/renew", {"refreshToken": refresh})
    assert renewed.status == 200
    token = renewed.body["accessToken"]
    assert [key_id_of(ann.access_token), key_id_of(token)] == ["1", "2"]
    assert Person(base, ann.user, token).asks("GET", "/api/rooms").status == 200


def key_id_of(token: str) -> str:
    header = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])
