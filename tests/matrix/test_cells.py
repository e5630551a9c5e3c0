"""Is every cell of the table so? Real handlers, the reference store, one world a cell.

Every refusal has its control in the table itself: the same call that somebody else may make.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest
from teahouse import bootstrap
from teahouse.actions.ban_member import ban_member
from teahouse.actions.change_room import change_room
from teahouse.actions.close_room import close_room
from teahouse.actions.open_direct_room import open_direct_room
from teahouse.actions.remove_member import remove_member
from teahouse.actions.send_message import send_message
from teahouse.app import App
from teahouse.domain.entry import Role
from teahouse.domain.key import ApiKey
from teahouse.domain.session import Session, hash_secret
from teahouse.domain.user import User

from functions.rest import messages as messages_module
from functions.rest import rooms as rooms_module
from tests.asking import Answer, ask
from tests.cast import NOON_MS, member, user
from tests.functions.world_of_samples import Context
from tests.matrix.table import EXPECTED, PEOPLE, STATES, cells
from tests.world import RecordingBroadcaster, listens, memory_app, open_den, start_of

ROLES: dict[str, Role] = {"moderator": "moderator", "member": "member", "muted": "member"}
CAST: dict[str, User] = {
    name: user(name, kind="guest" if name == "guest" else "account")
    for name in (*PEOPLE, "another", "second")
}
CALLS: dict[str, tuple[str, Any]] = {
    "read the room": ("GET /api/rooms/{den}", None),
    "read its events": ("GET /api/rooms/{den}/events", None),
    "read its messages": ("GET /api/rooms/{den}/messages", None),
    "list its members": ("GET /api/rooms/{den}/members", None),
    "say something": ("POST /api/rooms/{den}/messages", {"text": "Tea?"}),
    "rename it": ("PATCH /api/rooms/{den}", {"name": "Tea room"}),
    "make it public": ("PATCH /api/rooms/{den}", {"kind": "public"}),
    "renew its code": ("POST /api/rooms/{den}/code", None),
    "list its bans": ("GET /api/rooms/{den}/bans", None),
    "name a moderator": ("PATCH /api/rooms/{den}/members/another", {"role": "moderator"}),
    "mute a member": ("PATCH /api/rooms/{den}/members/another", {"mutedUntil": NOON_MS * 2}),
    "mute a moderator": ("PATCH /api/rooms/{den}/members/second", {"mutedUntil": NOON_MS * 2}),
    "remove a member": ("DELETE /api/rooms/{den}/members/another", None),
    "remove a moderator": ("DELETE /api/rooms/{den}/members/second", None),
    "remove the owner": ("DELETE /api/rooms/{den}/members/owner", None),
    "ban a member": ("PUT /api/rooms/{den}/bans/another", None),
    "ban a moderator": ("PUT /api/rooms/{den}/bans/second", None),
    "ban the owner": ("PUT /api/rooms/{den}/bans/owner", None),
    "lift a ban": ("DELETE /api/rooms/{den}/bans/banned", None),
    "leave": ("DELETE /api/rooms/{den}/members/me", None),
    "close it": ("DELETE /api/rooms/{den}", None),
}
# On the socket: the handler, and its frame. Ann's friend `another` said what is in slot `seq`.
FRAMES: dict[str, tuple[str, Any]] = {
    "hear it": ("join_room", {}),
    "speak": ("send_message", {"clientMessageId": "m" * 22, "position": None, "text": "Tea?"}),
    "edit": ("edit_message", {"seq": None, "version": 1, "text": "No tea."}),
    "take back": ("delete_message", {"seq": None}),
    "like": ("react", {"seq": None, "emoji": "🍵", "on": True}),
    "mark read": ("mark_read", {"seq": None}),
    "be seen to write": ("signal_typing", {}),
}
SECRET = "s3cret-of-the-reader-0000000000000000000000"  # as long as a drawn one
KEY = ApiKey(
    id="key-of-the-reader",
    user_id="owner",
    name="The weather",
    scopes=frozenset({"read"}),
    secret_hash=hash_secret(SECRET),
    created_at=NOON_MS,
)


@dataclass(frozen=True)
class World:
    """One room with everybody in their place, and the room the calls name."""

    app: App
    den: str
    named: str
    said: int


@pytest.fixture(autouse=True)
def nobody_is_limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("SITE_ORIGIN", "COOKIE_SECURE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RATE_SCALE", "100000")
    yield
    bootstrap.use(None)


def world(state: str) -> World:
    """Let the cast live until the state is reached."""
    app = memory_app()
    den = open_den(app, owner=CAST["owner"])
    for name, person in CAST.items():
        app.accounts.create(person, None)
        if name != "revoked":
            app.accounts.put_session(_session(person))
    app.proofs.put_key(KEY)
    for name in ("banned", "removed", "revoked", "another", "second", *ROLES):
        role: Role = "moderator" if name == "second" else ROLES.get(name, "member")
        until = NOON_MS * 2 if name == "muted" else None
        row = member(den, CAST[name], role=role, muted_until=until)
        app.members.admit(row, None, read=(1, 0))
    if state == "a direct room":
        den = open_direct_room(app, by_id="owner", user_id="another")[0].id
    said = _says(app, den)
    if state == "a public room":
        change_room(app, by_id="owner", room_id=den, kind="public")
    for person in CAST.values():
        if app.members.find(den, person.id) is not None:
            listens(app, den, person, line_of(person.id))
    listens(app, den, CAST["owner"], line_of("reader"))
    if state != "a direct room":
        ban_member(app, by_id="owner", room_id=den, user_id="banned")
        remove_member(app, by_id="owner", room_id=den, user_id="removed")
    named = den
    if state == "a closed room":
        close_room(app, by_id="owner", room_id=den)
    elif state == "a room that is not there":
        named = "no-such-room"
    elif state == "somebody else's room":
        named = open_den(app, owner=replace(CAST["stranger"], id="elsewhere"))
        app.members.admit(member(named, CAST["another"]), None, read=(1, 0))
    bootstrap.use(app)
    return World(app, den, named, said)


def gets(where: World, action: str, who: str) -> str | None:
    """Let somebody do something; gives the code of the refusal, None where it is done."""
    if action in FRAMES:
        return does(where, action, who)
    answer = asks(where, action, who)
    return None if answer.status < 300 else answer.code


def does(where: World, action: str, who: str) -> str | None:
    """Send a frame, as who API Gateway says it is."""
    stem, fields = FRAMES[action]
    position = start_of(where.app, where.den)
    known = {"seq": where.said, "position": {"epoch": position.epoch, "seq": 1}}
    frame = {name: known[name] if value is None else value for name, value in fields.items()}
    handler = import_module(f"functions.websocket.{stem}")
    tag = str(stem.split("_")[0] + "".join(word.capitalize() for word in stem.split("_")[1:]))
    said_by = {"userId": who, "sessionId": "session"}
    if who == "reader":
        said_by = {"userId": "owner", "sessionId": KEY.id, "scopes": "read"}
    line = line_of(who)
    event = {
        "requestContext": {
            **{"routeKey": tag, "connectionId": line, "connectedAt": NOON_MS},
            "authorizer": said_by,
        },
        "body": json.dumps({"action": tag, "roomId": where.named, **frame}),
    }
    handler.lambda_handler(event, Context())
    broadcaster = where.app.broadcaster
    assert isinstance(broadcaster, RecordingBroadcaster)
    refused = broadcaster.to(line, "refused")
    return str(refused[-1]["code"]) if refused else None


def line_of(who: str) -> str:
    """Name somebody's connection."""
    return f"line-of-{who}="


def _says(app: App, den: str) -> int:
    accepted = send_message(
        app,
        sender_id="another",
        room_id=den,
        client_message_id="said-by-another-00000000",
        position=start_of(app, den),
        text="Tea?",
    )
    return accepted.entry.seq


def asks(where: World, action: str, who: str) -> Answer:
    route, body = CALLS[action]
    module = messages_module if route.endswith(("/messages", "/events")) else rooms_module
    return ask(
        module.lambda_handler,
        route.format(den=where.named),
        body,
        token=KEY.credential(SECRET) if who == "reader" else f"{who}/session",
        headers={"idempotency-key": "operation-0000000000000"},
    )


def traces(app: App) -> Any:
    """Tell all that a refused call must leave as it was."""
    store = app.members._store  # type: ignore[attr-defined]
    return [dict(kept) for kept in (store.rooms, store.members, store.bans, store.codes)] + [
        {room: dict(slots) for room, slots in store.log.items()}
    ]


@pytest.mark.parametrize(("state", "action", "who", "letter"), cells())
def test_the_table_is_so(state: str, action: str, who: str, letter: str) -> None:
    where = world(state)
    before = traces(where.app)

    code = gets(where, action, who)

    assert code == EXPECTED[letter]
    if code is not None:
        assert traces(where.app) == before


def test_there_is_no_telling_a_room_of_others_from_none() -> None:
    """Not even by the words: the answers are the same to the byte."""
    for action in CALLS:
        for who in ("owner", "stranger", "guest"):
            nothing = asks(world("a room that is not there"), action, who)
            others = asks(world("somebody else's room"), action, who)

            assert (nothing.status, nothing.text) == (others.status, others.text), (action, who)


def test_every_refusal_has_its_control_and_there_are_enough_cells() -> None:
    allowed: defaultdict[str, set[str]] = defaultdict(set)
    for state, action, who, letter in cells():
        assert action in CALLS.keys() | FRAMES.keys()
        if EXPECTED[letter] is None and state == "a private room":
            allowed[action].add(who)

    assert len(cells()) >= 1_100
    assert set(STATES) == {state for state, *_ in cells()}
    nobody_may = {action for action in (*CALLS, *FRAMES) if not allowed[action]}
    assert nobody_may == {"mute a moderator", "remove the owner", "ban the owner", "edit"}


def _session(person: User) -> Session:
    return Session(
        id="session",
        user_id=person.id,
        secret_hash=hash_secret("secret"),
        created_at=NOON_MS,
        last_used_at=NOON_MS,
    )
