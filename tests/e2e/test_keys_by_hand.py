"""A program acts for somebody with an API key, through every real part."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.person import Person, position_of
from tests.e2e.test_accounts_by_hand import is_cut

pytestmark = pytest.mark.e2e


def key_of(ann: Person, *scopes: str) -> tuple[str, Person]:
    """Make a key; gives its id, and the program that has it."""
    made = ann.asks("POST", "/api/keys", {"name": "The weather", "scopes": list(scopes)})
    assert made.status == 201, made
    assert made.body["key"]["scopes"] == list(scopes)
    return made.body["key"]["id"], Person(ann.base, ann.user, made.body["secret"])


def test_a_key_reads_and_writes_and_hears_live(base: str) -> None:
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    room = ann.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    assert ben.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    ben.opens_a_socket()
    ben.joins(room["id"])
    _, program = key_of(ann, "read", "write")

    assert program.asks("GET", "/api/me").body["user"]["id"] == ann.user["id"]
    program.opens_a_socket()
    position = position_of(program.joins(room["id"]))
    sent = program.sends(room["id"], "rain", position)

    assert sent["event"]["by"] == ann.user["id"]
    assert ben.hears_type("events")["events"][0]["text"] == "rain"


def test_a_key_that_may_only_read_changes_nothing(base: str) -> None:
    ann = Person.registers(base, "Ann")
    den = ann.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]["id"]
    garden = ann.asks("POST", "/api/rooms", {"name": "Garden", "kind": "public"}).body["room"]
    ben = Person.registers(base, "Ben")
    _, reader = key_of(ann, "read")
    _, bens_reader = key_of(ben, "read")
    _, bens_writer = key_of(ben, "read", "write")

    assert reader.asks("GET", f"/api/rooms/{den}").status == 200
    refused = reader.asks("POST", "/api/rooms", {"name": "Another"})
    assert (refused.status, refused.body["code"]) == (403, "forbidden")
    reader.opens_a_socket()
    position = position_of(reader.joins(den))
    answer = reader.sends(den, "rain", position)
    assert (answer["type"], answer["code"]) == ("refused", "forbidden")
    asks: dict[str, Any] = {"action": "joinRoom", "roomId": garden["id"]}
    bens_reader.opens_a_socket()
    assert bens_reader.does(asks)["code"] == "forbidden", "entering is writing"
    bens_writer.opens_a_socket()
    assert bens_writer.does(asks)["type"] == "joined"


def test_a_key_that_may_only_read_lets_nobody_in(base: str) -> None:
    ann = Person.registers(base, "Ann")
    den = ann.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    _, reader = key_of(ann, "read")
    _, writer = key_of(ann, "read", "write")

    for who, code in ((reader, None), (writer, den["code"]), (ann, den["code"])):
        who.opens_a_socket()
        shown = who.asks("GET", f"/api/rooms/{den['id']}").body["room"]
        listed = who.asks("GET", "/api/rooms").body["rooms"][0]
        welcomed = who.does({"action": "hello"})["rooms"][0]
        for room in (shown, listed, welcomed):
            assert (room["id"], room["role"], room.get("code")) == (den["id"], "owner", code)
    attic = writer.asks("POST", "/api/rooms", {"name": "Attic"}).body["room"]

    assert ann.hears_type("roomAdded")["room"]["code"] == attic["code"]
    assert "code" not in reader.hears_type("roomAdded")["room"]
    assert "code" not in writer.hears_type("roomAdded")["room"], "a push cannot tell keys apart"


def test_no_key_touches_the_account_itself(base: str) -> None:
    ann = Person.registers(base, "Ann")
    _, program = key_of(ann, "read", "write", "notify")

    for method, path, body in (
        ("PATCH", "/api/me", {"displayName": "Robot"}),
        ("POST", "/api/me/recovery", None),
        ("GET", "/api/keys", None),
        ("POST", "/api/keys", {"name": "Another", "scopes": ["read"]}),
        ("GET", "/api/sessions", None),
        ("DELETE", "/api/sessions/all", None),
    ):
        answer = program.asks(method, path, body)
        assert (answer.status, answer.body["code"]) == (403, "forbidden"), path

    assert ann.asks("GET", "/api/sessions").status == 200, "the control: a session may"
    assert ann.asks("GET", "/api/me").body["user"]["displayName"] == "Ann"


def test_revoking_a_key_cuts_its_socket_and_no_other(base: str) -> None:
    ann = Person.registers(base, "Ann")
    key_id, program = key_of(ann, "read")
    ann.opens_a_socket()
    program.opens_a_socket()
    assert program.does({"action": "hello"})["user"]["id"] == ann.user["id"]

    assert ann.asks("DELETE", f"/api/keys/{key_id}").status == 204

    assert is_cut(program)["code"] == "not_signed_in"
    assert program.asks("GET", "/api/me").status == 401
    assert ann.does({"action": "hello"})["type"] == "welcome"
    assert ann.asks("GET", "/api/keys").body == {"keys": []}
    assert ann.asks("DELETE", f"/api/keys/{key_id}").status == 404
