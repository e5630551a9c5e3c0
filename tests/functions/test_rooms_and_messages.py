"""Do rooms, members and messages answer by REST as the contract says? On both stores."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from teahouse import bootstrap
from teahouse.app import App
from teahouse.domain.room import Summary
from teahouse.domain.session import Session, hash_secret
from teahouse.domain.user import User
from teahouse.edge.rates import Rates

from functions.rest import messages as messages_module
from functions.rest import rooms as rooms_module
from tests.asking import Answer, ask
from tests.cast import NOON_MS, member, user
from tests.world import engine_app, memory_app, start_of
from tests.world import open_den as open_den_of

OPERATION = "operation-0000000000000"
# The engine outlives a test: these three are in no rooms but those of this file.
ANN, BEN, CLEO = (
    user(f"{name}-{secrets.token_hex(4)}", display_name=name.capitalize(), username=None)
    for name in ("ann", "ben", "cleo")
)


@pytest.fixture(params=["memory", "engine"])
def app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    for name in ("SITE_ORIGIN", "COOKIE_SECURE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RATE_SCALE", "1000")
    for module in (rooms_module, messages_module):
        monkeypatch.setattr(module.api, "_rates", Rates())
    if request.param == "engine":
        request.getfixturevalue("engine_url")
    app = memory_app() if request.param == "memory" else engine_app()
    for person in (ANN, BEN, CLEO):
        app.accounts.create(person, None)
        app.accounts.put_session(
            Session(
                id="session",
                user_id=person.id,
                secret_hash=hash_secret("secret"),
                created_at=NOON_MS,
                last_used_at=NOON_MS,
            )
        )
    bootstrap.use(app)
    yield app
    bootstrap.use(None)


def rooms(person: User | None, route: str, body: Any = None, **asking: Any) -> Answer:
    token = f"{person.id}/session" if person else None
    return ask(rooms_module.lambda_handler, route, body, token=token, **asking)


def messages(person: User | None, route: str, body: Any = None, **asking: Any) -> Answer:
    token = f"{person.id}/session" if person else None
    return ask(messages_module.lambda_handler, route, body, token=token, **asking)


def open_den(app: App, *others: User) -> str:
    return open_den_of(app, *others, owner=ANN)


def opened(person: User = ANN, **body: Any) -> Any:
    answer = rooms(person, "POST /api/rooms", {"name": "The den"} | body)
    assert answer.status == 201
    return answer.body["room"]


def say(person: User, room_id: str, text: str = "Tea?", **more: Any) -> Answer:
    headers = {"idempotency-key": more.pop("key", OPERATION)}
    return messages(
        person, f"POST /api/rooms/{room_id}/messages", {"text": text} | more, headers=headers
    )


def test_a_room_is_opened_shown_and_listed(app: App) -> None:
    room = opened(name=" 茶室 ", description="For the two of us.")

    assert room["name"] == "茶室"
    assert {k: room[k] for k in ("kind", "role", "memberCount", "firstSeq", "head")} == {
        "kind": "private",
        "role": "owner",
        "memberCount": 1,
        "firstSeq": 1,
        "head": 1,
    }
    assert room["avatarUrl"] is None
    assert "lastMessage" not in room
    assert rooms(ANN, f"GET /api/rooms/{room['id']}").body == {"room": room}
    listed = rooms(ANN, "GET /api/rooms").body["rooms"]
    assert room in listed


def test_two_people_meet_by_a_code(app: App) -> None:
    room = opened()

    preview = rooms(None, f"GET /api/invitations/{room['code']}")
    entered = rooms(BEN, "POST /api/memberships", {"code": room["code"]})
    again = rooms(BEN, "POST /api/memberships", {"code": room["code"]})

    assert (preview.status, preview.body) == (
        200,
        {"room": {"id": room["id"], "name": "The den", "avatarUrl": None, "memberCount": 1}},
    )
    assert (entered.status, again.status) == (201, 200)
    assert entered.body["room"]["memberCount"] == 2
    assert "code" not in entered.body["room"]
    members = rooms(ANN, f"GET /api/rooms/{room['id']}/members").body
    assert [(m["user"]["id"], m["role"], m["online"]) for m in members["members"]] == [
        (ANN.id, "owner", False),
        (BEN.id, "member", False),
    ]
    assert "next" not in members


def test_a_renewed_code_is_the_only_one(app: App) -> None:
    room = opened()

    renewed = rooms(ANN, f"POST /api/rooms/{room['id']}/code")

    assert renewed.status == 201
    assert set(renewed.body) == {"code"}
    assert rooms(None, f"GET /api/invitations/{room['code']}").code == "not_found"
    assert rooms(BEN, "POST /api/memberships", {"code": room["code"]}).status == 404
    assert rooms(BEN, "POST /api/memberships", {"code": renewed.body["code"]}).status == 201
    assert rooms(BEN, f"POST /api/rooms/{room['id']}/code").code == "forbidden"


def test_leaving_and_removing(app: App) -> None:
    room = opened()
    for person in (BEN, CLEO):
        rooms(person, "POST /api/memberships", {"code": room["code"]})
    members = f"/api/rooms/{room['id']}/members"

    assert rooms(BEN, f"DELETE {members}/{CLEO.id}").code == "forbidden"
    left = rooms(BEN, f"DELETE {members}/me")
    assert rooms(ANN, f"DELETE {members}/me").code == "forbidden"
    removed = rooms(ANN, f"DELETE {members}/{CLEO.id}")

    assert (left.status, left.text, removed.status) == (204, "", 204)
    assert rooms(ANN, f"GET {members}").body["members"][1:] == []
    assert rooms(CLEO, f"GET {members}").code == "not_found"
    assert rooms(ANN, f"DELETE {members}/{CLEO.id}").code == "not_found"
    assert rooms(BEN, f"DELETE {members}/{BEN.id}").code == "not_found"


def test_who_leaves_a_room_alone_closes_it(app: App) -> None:
    room = opened()

    assert rooms(ANN, f"DELETE /api/rooms/{room['id']}/members/me").status == 204

    assert rooms(None, f"GET /api/invitations/{room['code']}").code == "not_found"
    assert rooms(BEN, "POST /api/memberships", {"code": room["code"]}).code == "not_found"


def test_public_rooms_are_found_by_everybody(app: App) -> None:
    room = opened(kind="public")

    found: list[Any] = []
    route = "GET /api/rooms/public"
    for _ in range(50):
        page = rooms(BEN, route).body
        found += page["rooms"]
        if "next" not in page:
            break
        route = f"GET /api/rooms/public?cursor={page['next']}"

    (shown,) = [r for r in found if r["id"] == room["id"]]
    assert shown["role"] is None
    assert "code" not in shown


FOREIGN: list[tuple[str, str, Any]] = [
    ("rooms", "GET /api/rooms/{}", None),
    ("rooms", "POST /api/rooms/{}/code", None),
    ("rooms", "GET /api/rooms/{}/members", None),
    ("rooms", "DELETE /api/rooms/{}/members/me", None),
    ("rooms", "DELETE /api/rooms/{}/members/SOMEBODY", None),  # ids differ from run to run
    ("messages", "GET /api/rooms/{}/events", None),
    ("messages", "GET /api/rooms/{}/messages", None),
    ("messages", "POST /api/rooms/{}/messages", {"text": "hello"}),
    (
        "messages",
        "POST /api/rooms/{}/messages",
        {"text": "hello", "position": {"epoch": "x.1", "seq": 1}},
    ),
]


# The ids name no person: those are drawn, and every test process must collect the same tests.
@pytest.mark.parametrize(
    ("resource", "route", "body"),
    FOREIGN,
    ids=[route.replace(ANN.id, "ann") for _, route, _ in FOREIGN],
)
def test_no_such_room_and_not_your_room_look_the_same(
    app: App, resource: str, route: str, body: Any
) -> None:
    den = open_den(app)
    route = route.replace("SOMEBODY", ANN.id)
    handler = rooms if resource == "rooms" else messages
    headers = {"idempotency-key": OPERATION}

    foreign = handler(BEN, route.format(den), body, headers=headers)
    absent = handler(BEN, route.format("no-such-room"), body, headers=headers)
    impossible = handler(BEN, route.format("no%20such"), body, headers=headers)

    assert foreign.status == absent.status == impossible.status == 404
    assert foreign.text == absent.text == impossible.text
    assert foreign.code == "not_found"
    assert handler(None, route.format(den), body, headers=headers).status == 401
    assert app.log.newest(den).seq == 1


def test_the_members_own_requests_to_the_same_routes_are_answered(app: App) -> None:
    """The control of the test above."""
    den = open_den(app, BEN)
    app.members.admit(member(den, CLEO), None, read=(1, 0))
    headers = {"idempotency-key": OPERATION}

    for resource, route, body in FOREIGN:
        handler = rooms if resource == "rooms" else messages
        if body and "position" in body:
            position = {"epoch": start_of(app, den).epoch, "seq": 1}
            body = body | {"position": position}
        route = route.replace("SOMEBODY", CLEO.id)
        person = BEN if route.endswith("/me") else ANN
        answer = handler(person, route.format(den), body, headers=headers)
        assert answer.status < 300, (route, answer.text)


BAD_ROOMS = [
    ({}, "name"),
    ({"name": 7}, "name"),
    ({"name": None}, "name"),
    ({"name": " "}, "name"),
    ({"name": "x" * 65}, "name"),
    ({"name": "den", "description": "x" * 501}, "description"),
    ({"name": "den", "kind": "direct"}, "kind"),
    ({"name": "den", "ownerId": "ben"}, "ownerId"),
    ({"name": "den", "id": "lobby"}, "id"),
]


@pytest.mark.parametrize(("body", "field"), BAD_ROOMS)
def test_a_room_that_is_not_acceptable_says_where(app: App, body: Any, field: str) -> None:
    answer = rooms(ANN, "POST /api/rooms", body)

    assert (answer.status, answer.code) == (422, "invalid")
    assert list(answer.body["fields"]) == [field]


@pytest.mark.parametrize(
    ("raw", "code"),
    [("nonsense", "bad_request"), ("[]", "bad_request"), ("[" * 60_000, "bad_request")],
)
def test_junk_is_refused_as_such(app: App, raw: str, code: str) -> None:
    assert rooms(ANN, "POST /api/rooms", raw=raw).code == code
    assert rooms(ANN, "POST /api/memberships", raw=raw).code == code
    assert messages(ANN, f"POST /api/rooms/{open_den(app)}/messages", raw=raw).code == code


@pytest.mark.parametrize("code", ["", "x", "%00", "a" * 65, "no-such-code-0000000000"])
def test_a_code_that_leads_nowhere_is_not_found(app: App, code: str) -> None:
    assert rooms(ANN, "POST /api/memberships", {"code": code}).code == "not_found"
    assert rooms(ANN, f"GET /api/invitations/{code}").code == "not_found"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=",
        "limit=1e3",
        "after=-1",
        "after=x",
        "before=1.5",
        "before=9007199254740992",
        "after=1&before=3",
    ],
)
def test_a_page_that_cannot_be_is_refused(app: App, query: str) -> None:
    den = open_den(app)

    for what in ("events", "messages"):
        answer = messages(ANN, f"GET /api/rooms/{den}/{what}?{query}")
        assert (answer.status, answer.code) == (422, "invalid"), what
        assert answer.body["fields"]
        fine = messages(ANN, f"GET /api/rooms/{den}/{what}?limit=200&after=0")
        assert fine.status == 200  # the control


@pytest.mark.parametrize("cursor", ["x", "%00", "UiNkZW4", "x" * 300, "=", "a,b"])
def test_a_cursor_that_is_none_of_ours_is_refused(app: App, cursor: str) -> None:
    den = open_den(app)

    for path in ("/api/rooms", "/api/rooms/public", f"/api/rooms/{den}/members"):
        answer = rooms(ANN, f"GET {path}?cursor={cursor}")
        assert (answer.status, answer.code) == (422, "invalid"), path
        assert list(answer.body["fields"]) == ["cursor"]


def test_what_is_said_without_a_position_is_said_once(app: App) -> None:
    den = open_den(app)

    first = say(ANN, den)
    second = say(ANN, den)

    assert (first.status, second.status) == (201, 200)
    assert first.body == second.body
    assert first.body["event"]["clientMessageId"] == OPERATION
    assert first.body["event"]["seq"] == 2
    assert app.log.newest(den).seq == 2
    assert say(ANN, den, "Coffee?").code == "conflict"


def test_what_is_said_with_a_position_goes_the_way_of_the_socket(app: App) -> None:
    den = open_den(app)
    position = {"epoch": start_of(app, den).epoch, "seq": 1}
    body = {"text": "Tea?", "clientMessageId": OPERATION, "position": position}
    route = f"POST /api/rooms/{den}/messages"

    first, second = messages(ANN, route, body), messages(ANN, route, body)

    assert (first.status, second.status) == (201, 200)
    assert first.body == second.body
    for forged in ({"seq": 99}, {"epoch": "another.1"}):
        moved = body | {"position": position | forged, "clientMessageId": "x" * 22}
        answer = messages(ANN, route, moved)
        assert (answer.status, answer.code) == (409, "stale_position")
        assert answer.body["retryable"] is True
    assert app.log.newest(den).seq == 2


@pytest.mark.parametrize(
    ("key", "body", "status", "code"),
    [
        (None, {}, 400, "bad_request"),
        (None, {"clientMessageId": OPERATION}, 400, "bad_request"),
        (OPERATION, {"clientMessageId": "x" * 22}, 422, "invalid"),
        ("short", {}, 422, "invalid"),
        ("x" * 65, {}, 422, "invalid"),
        ("not url-safe at all!", {}, 422, "invalid"),
        (None, {"position": {"epoch": "e", "seq": 1}}, 400, "bad_request"),
        (OPERATION, {"position": {"epoch": "e", "seq": 0}}, 422, "invalid"),
        (OPERATION, {"position": {"epoch": "e"}}, 422, "invalid"),
        (OPERATION, {"replyTo": 0}, 422, "invalid"),
        (OPERATION, {"replyTo": 1}, 422, "invalid"),  # the slot that opened the room
        (OPERATION, {"text": " "}, 422, "invalid"),
        (OPERATION, {"text": "x" * 8_001}, 413, "too_large"),
        (OPERATION, {"by": "ben"}, 422, "invalid"),
        (OPERATION, {"attachments": ["picture"]}, 422, "invalid"),
    ],
)
def test_a_message_that_is_not_acceptable_is_not_said(
    app: App, key: str | None, body: Any, status: int, code: str
) -> None:
    den = open_den(app)
    headers = {"idempotency-key": key} if key else None

    answer = messages(
        ANN, f"POST /api/rooms/{den}/messages", {"text": "Tea?"} | body, headers=headers
    )

    assert (answer.status, answer.code) == (status, code)
    assert app.log.newest(den).seq == 1
    both = say(ANN, den, clientMessageId=OPERATION)  # the control
    assert both.status == 201
    reply = say(ANN, den, key=f"{OPERATION}-2", replyTo=2)
    assert reply.status == 201


def test_history_is_read_as_pages(app: App) -> None:
    den = open_den(app, BEN)
    for n in range(3):
        say(BEN, den, f"message {n}", key=f"operation-000000000000{n}")

    events = messages(ANN, f"GET /api/rooms/{den}/events?after=1&limit=2").body
    found = messages(ANN, f"GET /api/rooms/{den}/messages?before=4").body

    assert [e["seq"] for e in events["events"]] == [2, 3]
    assert (events["firstSeq"], events["head"]) == (1, 4)
    assert events["epoch"] == found["epoch"] == start_of(app, den).epoch
    assert [(m["seq"], m["text"], m["by"]) for m in found["messages"]] == [
        (2, "message 0", BEN.id),
        (3, "message 1", BEN.id),
    ]
    assert found["head"] == 4
    assert set(found["users"]) == set(events["users"]) == {BEN.id}
    assert found["users"][BEN.id]["displayName"] == "Ben"


def test_the_list_shows_what_was_said_last_and_how_much_is_unread(app: App) -> None:
    room, late = opened(), NOON_MS + 10**12  # before all others of hers
    app.rooms.summarize(Summary(room_id=room["id"], seq=5, number=4, at=late, by=BEN.id, text="Hi"))

    shown = rooms(ANN, "GET /api/rooms").body["rooms"][0]

    assert shown["id"] == room["id"]
    assert (shown["head"], shown["unread"]) == (5, 4)
    assert shown["lastMessage"] == {
        "seq": 5,
        "by": BEN.id,
        "byName": "Ben",
        "text": "Hi",
        "sentAt": late,
    }


def test_who_guesses_codes_or_opens_rooms_without_end_is_slowed_down(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATE_SCALE", "1")
    guesses = [rooms(ANN, "POST /api/memberships", {"code": "x"}) for _ in range(11)]
    openings = [rooms(ANN, "POST /api/rooms", {"name": "den"}) for _ in range(11)]

    for answers, usual in ((guesses, 404), (openings, 201)):
        assert [a.status for a in answers] == [usual] * 10 + [429]
        assert answers[-1].code == "too_many_requests"
        assert int(answers[-1].headers["retry-after"]) >= 1
    assert rooms(BEN, "POST /api/rooms", {"name": "den"}).status == 201  # the control
