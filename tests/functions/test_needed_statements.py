"""Is every statement of every role needed? Without any one of them, somebody is refused something.

People do all they can do through the whole local cloud, which notes what each function asks of
its role. Whoever widens a role has to show here what for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial

import pytest

from local_cloud.cloud import running
from local_cloud.faults import FaultPlan, Faults
from local_cloud.resources import Cloud
from local_cloud.roles import Role
from local_cloud.template import load_cloud
from local_cloud.worker_pool import LogLine
from tests.architecture.declared import ROOT
from tests.e2e.person import Json, Person, call, new_message_id, position_of
from tests.e2e.pictures import announces, media, picture, sends_form, uploads

TEMPLATE = ROOT / "template.yaml"
UNGUARDED = "AWSLambdaBasicExecutionRole"  # logs; nothing here stands between a function and them
CONNECTIONS_OF_A_PERSON = 10
PASSWORD = "correct horse battery"  # of everybody who `registers`

Asked = dict[str, set[tuple[str, str]]]  # function -> the actions and resources it asked for


@cache
def cloud() -> Cloud:
    return load_cloud(TEMPLATE)


def statements() -> list[tuple[str, int]]:
    """List function and place of every statement that the template writes."""
    return [
        (function_id, place)
        for function_id, role in cloud().roles.items()
        for place, statement in enumerate(role.statements)
        if not statement.name.startswith(UNGUARDED)
    ]


@dataclass
class Lives:
    """What people's doings took of the roles, what was logged, and what must not have been."""

    asked: Asked = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    failure: Exception | None = None  # what they could not do


@pytest.fixture(scope="module")
def lives() -> Lives:
    """Let people do all they can do, and note what it takes."""
    noted = Lives()
    try:
        asyncio.run(_live(noted))
    except Exception as error:  # a test of its own tells it, and the others what is missing
        noted.failure = error
    return noted


@pytest.fixture
def asked(lives: Lives) -> Asked:
    return lives.asked


async def _live(lives: Lives) -> None:
    parameters = {"CookieSecure": "false", "RateScale": "1000", "PresenceGraceSeconds": "0"}
    noted = lives.asked

    def log(line: LogLine) -> None:
        lives.logged.append(line.text)

    async with running(TEMPLATE, data=None, parameters=parameters, on_log=log) as whole:
        refusal = whole._access.refusal

        def note(function_id: str, action: str, resource: str, values: object = None) -> str | None:
            noted.setdefault(function_id, set()).add((action, resource))
            return refusal(function_id, action, resource)

        whole._access.refusal = note  # type: ignore[method-assign]
        await asyncio.to_thread(_people_live, whole.url, lives, whole._faults)


def _people_live(base: str, lives: Lives, faults: Faults) -> None:
    try:
        _they_do_all_they_can(base)
        _some_go_without_a_word(base, faults)
    finally:
        lives.secrets |= {person.access_token for person in Person.everyone}
        for person in Person.everyone:
            person.closes()
        Person.everyone.clear()


def _they_do_all_they_can(base: str) -> None:
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    for person in (ann, ben):
        person.opens_a_socket()
        person.says("{}")  # what no route knows
        person.hears_type("refused")
        assert person.does({"action": "hello"})["type"] == "welcome"
    [lobby] = [room["id"] for room in ann.asks("GET", "/api/rooms").body["rooms"]]
    for person in (ann, ben):
        person.joins(lobby)
    _they_are_told(ann, ben)
    _they_talk(base, ann, ben)
    _they_open_public_rooms(ann, ben)
    _they_keep_order(ann, ben)
    assert ann.asks("PATCH", "/api/me", {"displayName": "Ann the First"}).status == 200
    Person.enters(base, "Guest")
    _they_keep_their_accounts(base)
    assert ann.asks("GET", "/api/health").status == 200
    _they_sign_out(base, ben)
    _one_opens_too_many(base, Person.registers(base, "Eve"))


def _they_keep_their_accounts(base: str) -> None:
    kim = Person.registers(base, "Kim")
    name = {"username": kim.user["username"]}
    signed_in = call(base, "POST", "/api/sessions", {**name, "password": PASSWORD, "tokens": True})
    device = Person(base, kim.user, signed_in.body["accessToken"])
    device.opens_a_socket()
    new = {"old": PASSWORD, "new": "another horse battery"}
    assert kim.asks("PATCH", "/api/me", {"password": new}).status == 200
    device.hears_type("goodbye")
    made = kim.asks("POST", "/api/keys", {"name": "The weather", "scopes": ["read"]}).body
    program = Person(base, kim.user, made["secret"])
    program.opens_a_socket()
    assert kim.asks("GET", "/api/keys").status == 200
    assert kim.asks("DELETE", f"/api/keys/{made['key']['id']}").status == 204
    program.hears_type("goodbye")
    den = kim.asks("POST", "/api/rooms", {"name": "Kim's den"}).body["room"]
    lee = Person.registers(base, "Lee")
    assert lee.asks("POST", "/api/memberships", {"code": den["code"]}).status == 201
    kim.opens_a_socket()
    kim.sends(den["id"], "gone soon", position_of(kim.joins(den["id"])))
    for color in ("teal", "red"):
        avatar = {"avatar": uploads(kim, picture(color), "avatar")}
        assert kim.asks("PATCH", "/api/me", avatar).status == 200
    assert kim.asks("GET", "/api/me/export").status == 200
    assert kim.asks("DELETE", "/api/me").status == 204
    kim.hears_type("goodbye")


def _they_are_told(ann: Person, ben: Person) -> None:
    like = {"kind": "like", "title": "Ann likes your tea"}
    told = ann.asks("POST", f"/api/users/{ben.user['id']}/notifications", like)
    assert told.status == 202, told
    ben.hears_type("notification")
    assert ben.asks("POST", "/api/notifications/read").body["notifications"]
    assert ann.asks("POST", "/api/announcements", {"text": "closing"}).status == 202
    ben.hears_type("announcement")


def _they_talk(base: str, ann: Person, ben: Person) -> None:
    room = ann.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    den = room["id"]
    position = position_of(ann.joins(den))
    assert ben.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    ann.hears_type("events")
    ben.joins(den)
    sent = ann.sends(den, f"tea, @{ben.user['username']}?", position)
    ben.hears_type("events")
    seq = sent["event"]["seq"]
    device = Person(base, ben.user, ben.access_token)
    device.opens_a_socket()
    device.does({"action": "hello"})
    ben.says({"action": "markRead", "roomId": den, "seq": seq})
    device.hears_type("read")
    ben.does({"action": "ping", "positions": {den: {**position, "seq": seq}}})
    _they_show_a_picture(ann, ben, den, position)
    _they_change_what_was_said(ann, ben, den, sent["event"], position)
    body = {"text": "by REST"}
    key = "operation-0000000000000"
    answer = ben.asks("POST", f"/api/rooms/{den}/messages", body, idempotency_key=key)
    assert answer.status == 201, answer
    ann.hears_type("events")
    for path in ("", "/events", "/messages", "/members"):
        assert ann.asks("GET", f"/api/rooms/{den}{path}").status == 200
    assert ann.asks("POST", f"/api/rooms/{den}/code").status in (200, 201)
    ben_in_den = f"/api/rooms/{den}/members/{ben.user['id']}"
    assert ann.asks("PATCH", ben_in_den, {"role": "owner"}).status == 204
    assert ann.asks("PATCH", ben_in_den, {"role": "member"}).status == 204
    _one_goes_while_another_writes(ann, ben, den)
    ann.does({"action": "unjoinRoom", "roomId": den})
    ben.hears_type("presence")
    ann.joins(den)
    ban = f"/api/rooms/{den}/bans/{ben.user['id']}"
    assert ann.asks("PUT", ban).status == 204
    ann.hears_type("events")
    assert ann.asks("DELETE", ban).status == 204
    assert ann.asks("PATCH", f"/api/rooms/{den}", {"kind": "public"}).status == 200
    assert ann.asks("DELETE", f"/api/rooms/{den}").status == 204


def _one_goes_while_another_writes(ann: Person, ben: Person, den: str) -> None:
    ben.closes()
    give_up_at = time.monotonic() + 15
    while not any(frame.get("left") == [ben.user["id"]] for frame in ann.seen):
        assert time.monotonic() < give_up_at, "nobody is told that somebody has gone"
        ann.says({"action": "signalTyping", "roomId": den})
        ann.does({"action": "ping"})
    ben.opens_a_socket()
    ben.joins(den)


def _they_show_a_picture(ann: Person, ben: Person, den: str, position: Json) -> None:
    form = announces(ann, picture())
    said = {"clientMessageId": new_message_id(), "position": position, "text": ""}
    frame = {"action": "sendMessage", "roomId": den, "attachments": [form["id"]], **said}
    sent = ann.does(frame)
    assert sent["type"] == "sent", sent
    ben.hears_type("events")
    assert sends_form(form, picture()) == 204
    ben.hears_type("events")
    assert media(ben, form["id"]).status == 200
    ann.does({"action": "deleteMessage", "roomId": den, "seq": sent["seq"]})
    ben.hears_type("events")


def _they_change_what_was_said(
    ann: Person, ben: Person, den: str, sent: Json, position: Json
) -> None:
    about = {"roomId": den, "seq": sent["seq"]}
    for frame in (
        {"action": "editMessage", "version": 1, "text": "green tea?"},
        {"action": "react", "emoji": "🍵", "on": True},
        {"action": "react", "emoji": "🍵", "on": False},
        {"action": "deleteMessage"},
    ):
        operation = {"operationId": new_message_id(), "position": position}
        done = ann.does({**frame, **about, **operation})
        assert done["type"] != "refused", done
        ben.hears_type("events")


def _some_go_without_a_word(base: str, faults: Faults) -> None:
    """No `$disconnect` comes: who posts next finds them gone, and forgets them."""
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    room = ann.asks("POST", "/api/rooms", {"name": "The hall"}).body["room"]
    hall = room["id"]
    assert ben.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    ann.opens_a_socket()
    position = position_of(ann.joins(hall))
    about = {"roomId": hall, "seq": ann.sends(hall, "tea", position)["event"]["seq"]}
    path, by_rest = f"/api/rooms/{hall}/messages", {"text": "by REST"}
    like = {"kind": "like", "title": "Ann likes your tea"}
    doings: list[Callable[[], object]] = [
        lambda: ann.sends(hall, "more tea", position),
        *(
            partial(ann.does, {**frame, **about, "operationId": new_message_id()})
            for frame in (
                {"action": "editMessage", "version": 1, "text": "green tea?"},
                {"action": "react", "emoji": "🍵", "on": True},
                {"action": "deleteMessage"},
            )
        ),
        lambda: ann.asks("POST", path, by_rest, idempotency_key=new_message_id()),
        lambda: ann.asks("POST", f"/api/users/{ben.user['id']}/notifications", like),
        lambda: ann.asks("PATCH", f"/api/rooms/{hall}", {"name": "The great hall"}),
    ]
    faults.plan = FaultPlan(disconnects_dropped=1)
    for does in doings:
        ghost = Person(base, ben.user, ben.access_token)
        ghost.opens_a_socket()
        ghost.joins(hall)
        ghost.closes()
        does()
    faults.plan = FaultPlan()


def _they_open_public_rooms(ann: Person, ben: Person) -> None:
    created = ann.asks("POST", "/api/rooms", {"name": "The garden", "kind": "public"})
    assert created.status == 201, created
    garden = created.body["room"]["id"]
    for color in ("teal", "red"):
        shown = {"avatar": uploads(ann, picture(color), "avatar")}
        assert ann.asks("PATCH", f"/api/rooms/{garden}", shown).status == 200
    ann.joins(garden)
    assert ben.asks("GET", "/api/rooms/public").status == 200
    assert ben.asks("GET", "/api/search?q=tea").status == 200
    ben.joins(garden)
    ann.hears_type("events")


def _they_keep_order(ann: Person, ben: Person) -> None:
    room = ben.asks("POST", "/api/rooms", {"name": "Ben's den"}).body["room"]
    assert ann.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    said = ben.asks(
        "POST",
        f"/api/rooms/{room['id']}/messages",
        {"text": "buy tea"},
        idempotency_key=new_message_id(),
    ).body["event"]
    reported = {"roomId": room["id"], "seq": said["seq"]}
    assert ann.asks("POST", "/api/reports", reported).status == 202
    assert ann.asks("GET", "/api/reports").body["reports"]
    direct = ann.asks("POST", "/api/direct-rooms", {"userId": ben.user["id"]}).body["room"]
    for person in (ann, ben):
        person.joins(direct["id"])
    block = f"/api/blocks/{ben.user['id']}"
    assert ann.asks("PUT", block).status == 204
    ann.hears_type("roomRemoved")
    assert ann.asks("GET", "/api/blocks").body["users"]
    assert ann.asks("DELETE", block).status == 204


def _they_sign_out(base: str, ben: Person) -> None:
    sessions = ben.asks("GET", "/api/sessions").body["sessions"]
    assert ben.asks("DELETE", f"/api/sessions/{sessions[0]['id']}").status == 204
    ben.closes()


def _one_opens_too_many(base: str, eve: Person) -> None:
    others = []
    for _ in range(CONNECTIONS_OF_A_PERSON + 1):
        other = Person(base, eve.user, eve.access_token)
        other.opens_a_socket()
        other.does({"action": "hello"})
        others.append(other)


@pytest.mark.parametrize(("function_id", "place"), statements())
def test_without_any_statement_something_is_refused(
    asked: Asked, function_id: str, place: int
) -> None:
    """Control: with it nothing is."""
    role = cloud().roles[function_id]
    calls = asked.get(function_id, set())

    assert refused(role, calls) == set()
    without = role.without(place)
    assert refused(without, calls), f"{role.statements[place].name} of {function_id} is not needed"


def test_people_can_do_all_they_can_do(lives: Lives) -> None:
    """Without a statement that they cannot do without, this is the test that fails."""
    if lives.failure is not None:
        raise lives.failure


def test_nothing_that_people_do_is_refused(asked: Asked) -> None:
    """A statement that is gone from template.yaml is missed here, whoever swallows its refusal.

    Control: without the first statement of a role, the same calls would be refused.
    """
    roles = cloud().roles
    assert {f: gone for f, calls in asked.items() if (gone := refused(roles[f], calls))} == {}
    assert all(refused(roles[f].without(0), asked[f]) for f, place in statements() if place == 0)


def refused(role: Role, calls: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(action, resource) for action, resource in calls if not role.allows(action, resource)}


def test_no_line_of_any_log_holds_what_people_keep_or_say(lives: Lives) -> None:
    """Control: every function has logged what it did, by ids and counts."""
    text = "\n".join(lives.logged)
    said = {PASSWORD, "another horse battery", "green tea?", "by REST", "gone soon", "buy tea"}

    assert text.count('"invocation_ended"') > 100
    assert '"sendMessage"' in text
    assert len(lives.secrets) > 5
    assert [secret for secret in lives.secrets | said if secret in text] == []


def test_every_role_is_understood() -> None:
    """A statement that is not understood would refuse here what AWS allows."""
    assert [problem for role in cloud().roles.values() for problem in role.problems] == []
