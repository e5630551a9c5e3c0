"""Two people edit, delete, react and reply through every real part; a third comes late."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from local_cloud.data_folder import DataFolder
from local_cloud.engine_client import call as ask_engine
from local_cloud.store import Store
from tests.e2e.person import Json, Person, position_of
from tests.e2e.system import System

pytestmark = pytest.mark.e2e

SECRET = "the canary sings at midnight"


def two_in_a_room(base: str) -> tuple[Person, Person, Json]:
    """Ann opens a room, ben joins by its code, both listen. Gives them, and the room."""
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    room = ann.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    assert ben.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    for person in (ann, ben):
        person.opens_a_socket()
    return ann, ben, room


def heard_of(person: Person, seq: int) -> Json:
    """Wait until a person hears of an entry."""

    def has_it(frame: Json) -> bool:
        return frame.get("type") == "events" and seq in [e["seq"] for e in frame["events"]]

    return person.hears(has_it)


def test_two_people_edit_react_reply_and_delete(base: str) -> None:
    ann, ben, room = two_in_a_room(base)
    den = room["id"]
    position = position_of(ann.joins(den))
    ben.joins(den)
    seq = ann.sends(den, "Tee?", position)["seq"]

    edited = ann.does(
        {"action": "editMessage", "roomId": den, "seq": seq, "version": 1, "text": "Tea?"}
    )
    assert heard_of(ben, edited["seq"])["events"] == [edited["event"]]
    liked = ben.does({"action": "react", "roomId": den, "seq": seq, "emoji": "🍵", "on": True})
    heard_of(ann, liked["seq"])
    again = ben.does({"action": "react", "roomId": den, "seq": seq, "emoji": "🍵", "on": True})
    reply = ben.does(
        {
            "action": "sendMessage",
            "roomId": den,
            "clientMessageId": "reply-0000-0000-0000-0000",
            "position": position,
            "text": "Yes!",
            "replyTo": seq,
        }
    )
    late = ann.does(
        {"action": "editMessage", "roomId": den, "seq": seq, "version": 1, "text": "Late"}
    )
    not_his = ben.does({"action": "deleteMessage", "roomId": den, "seq": seq})

    assert (edited["type"], edited["event"]["kind"]) == ("done", "messageEdited")
    assert (again["seq"], again["event"]) == (liked["seq"], liked["event"])
    assert (late["type"], late["code"]) == ("refused", "version_conflict")
    assert (not_his["type"], not_his["code"]) == ("refused", "forbidden")
    first, second = page(ben, den)
    assert (first["text"], first["version"], first["changedSeq"]) == ("Tea?", 2, liked["seq"])
    assert first["reactions"] == [{"emoji": "🍵", "count": 1, "mine": True}]
    assert page(ann, den)[0]["reactions"] == [{"emoji": "🍵", "count": 1, "mine": False}]
    assert (second["seq"], second["replyTo"]) == (reply["seq"], seq)

    gone = ann.does({"action": "deleteMessage", "roomId": den, "seq": reply["seq"]})
    heard_of(ben, gone["seq"])
    assert page(ben, den)[1]["deleted"] is True
    [mine] = [r for r in ben.asks("GET", "/api/rooms").body["rooms"] if r["id"] == den]
    assert (mine["lastMessage"]["text"], mine["lastMessage"]["deleted"]) == ("", True)


def test_who_comes_late_finds_no_deleted_text_on_any_page_nor_in_the_store(
    base: str, system: System
) -> None:
    ann, ben, room = two_in_a_room(base)
    den = room["id"]
    position = position_of(ann.joins(den))
    ben.joins(den)
    seq = ann.sends(den, f"{SECRET} 0", position)["seq"]
    kept = ann.sends(den, f"kept, {SECRET[::-1]}", position)["seq"]
    for version in (1, 2):
        edited = ann.does(
            {
                "action": "editMessage",
                "roomId": den,
                "seq": seq,
                "version": version,
                "text": f"{SECRET} {version}",
            }
        )
        assert edited["type"] == "done"
    assert SECRET in json.dumps(page(ben, den))  # the control: it was there to be seen

    gone = ann.does({"action": "deleteMessage", "roomId": den, "seq": seq})
    assert gone["type"] == "done"

    cleo = Person.registers(base, "Cleo")
    assert cleo.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    cleo.opens_a_socket()
    joined = cleo.joins(den, position)
    events = cleo.asks("GET", f"/api/rooms/{den}/events").body
    seen = json.dumps([joined, events, page(cleo, den), cleo.asks("GET", "/api/rooms").body])
    assert SECRET not in seen
    assert SECRET[::-1] in seen
    assert [m["seq"] for m in page(cleo, den)] == [seq, kept]
    assert system.stop() == 0
    stored = asyncio.run(everything_in(system))
    system.start()
    assert SECRET[::-1] in stored
    assert SECRET not in stored


def page(person: Person, room_id: str) -> list[Json]:
    """Read what REST shows of a room."""
    messages: list[Json] = person.asks("GET", f"/api/rooms/{room_id}/messages").body["messages"]
    return messages


async def everything_in(system: System) -> str:
    """Dump every item of every table."""
    with DataFolder(system.data) as folder:
        store = Store(folder.database)
        await store.start()
        try:
            dumped: list[Any] = []
            for table in (await ask_engine(store.address, "ListTables", {}))["TableNames"]:
                dumped.append(await ask_engine(store.address, "Scan", {"TableName": table}))
        finally:
            await store.stop()
    return json.dumps(dumped, ensure_ascii=False)
