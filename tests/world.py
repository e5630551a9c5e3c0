"""An App for tests: in memory or on the engine, with a clock we move and posts we can read."""

from __future__ import annotations

import itertools
import json
import random
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from teahouse.actions.send_message import send_message
from teahouse.adapters.memory.accounts import MemoryAccounts
from teahouse.adapters.memory.connections import MemoryConnections
from teahouse.adapters.memory.log import MemoryRoomLog
from teahouse.adapters.memory.members import MemoryMembers
from teahouse.adapters.memory.messages import MemoryMessages
from teahouse.adapters.memory.moderation import MemoryModeration
from teahouse.adapters.memory.notifications import MemoryNotifications
from teahouse.adapters.memory.proofs import MemoryProofs
from teahouse.adapters.memory.rooms import MemoryRooms
from teahouse.adapters.memory.safety import MemorySafety
from teahouse.adapters.memory.store import MemoryStore
from teahouse.adapters.memory.uploads import MemoryObjects, MemoryUploads
from teahouse.adapters.pictures import PillowPictures
from teahouse.app import App
from teahouse.domain.connection import LEASE_MS, ROOM_ROW_MS, Connection, Listener
from teahouse.domain.entry import Position
from teahouse.domain.session import Session
from teahouse.domain.user import User

from tests.cast import ANN, NOON_MS, member, opened, room
from tests.store_seam import WatchedHttp

if TYPE_CHECKING:
    from teahouse.adapters.lean.tables import Tables


@dataclass
class StoppedClock:
    """A clock that tests move; sleeping moves it too."""

    ms: int = NOON_MS
    elapsed_s: float = 0.0

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.elapsed_s

    def sleep(self, seconds: float) -> None:
        self.elapsed_s += seconds
        self.ms += round(seconds * 1000)


@dataclass
class CountedIds:
    """Ids that can be foretold, unlike each other over all tests of a process."""

    drawn: random.Random = field(default_factory=lambda: random.Random(7))
    prefix: str = field(default_factory=lambda: secrets.token_hex(4))
    counter: Any = field(default_factory=lambda: itertools.count(1))

    def new_id(self) -> str:
        return f"{self.prefix}{next(self.counter):08}"

    def new_secret(self) -> str:
        return f"{self.prefix}{next(self.counter):035}"

    def new_code(self) -> str:
        return f"{self.prefix}{next(self.counter):014}"

    def random(self) -> float:
        return self.drawn.random()


@dataclass
class RecordingBroadcaster:
    """Keeps what would have been posted; connections in `gone` answer 410."""

    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    refusals: int = 0  # how many of the next attempts to close fail
    lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        with self.lock:
            for connection_id in connection_ids:
                if connection_id not in self.gone:
                    self.posts.append((connection_id, json.loads(frame)))
        return [c for c in connection_ids if c in self.gone]

    def close(self, connection_id: str) -> bool:
        if self.refusals:
            self.refusals -= 1
            return False
        self.closed.append(connection_id)
        return True

    def to(self, connection_id: str, kind: str | None = None) -> list[dict[str, Any]]:
        """List the frames a connection got."""
        return [
            frame
            for target, frame in self.posts
            if target == connection_id and kind in (None, frame["type"])
        ]


class PlainPasswords:
    """A hash that is none, so that tests do not wait."""

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def matches(self, password: str, password_hash: str | None) -> bool:
        return password_hash == f"hash of {password}"


class PlainTokens:
    """Tokens that are read as they are written."""

    def issue(self, session: Session, now_ms: int) -> tuple[str, int]:
        return f"{session.user_id}/{session.id}", now_ms + 600_000

    def read(self, token: str, now_ms: int) -> tuple[str, str] | None:
        user_id, _, session_id = token.partition("/")
        return (user_id, session_id) if session_id else None


def memory_app(store: MemoryStore | None = None, **changes: Any) -> App:
    """Make an App in memory."""
    store = store or MemoryStore()
    clock = changes.pop("clock", None) or StoppedClock()
    ports: dict[str, Any] = {
        "log": MemoryRoomLog(store),
        "rooms": MemoryRooms(store),
        "members": MemoryMembers(store),
        "messages": MemoryMessages(store),
        "moderation": MemoryModeration(store),
        "notifications": MemoryNotifications(store),
        "safety": MemorySafety(store),
        "connections": MemoryConnections(store, clock),
        "accounts": MemoryAccounts(store),
        "proofs": MemoryProofs(store),
        "broadcaster": RecordingBroadcaster(),
        "passwords": PlainPasswords(),
        "tokens": PlainTokens(),
        "uploads": MemoryUploads(store),
        "objects": MemoryObjects(),
        "pictures": PillowPictures(),
        "clock": clock,
        "ids": CountedIds(),
        "store_generation": "1",
    }
    return App(**{**ports, **changes})


def engine_app(**changes: Any) -> App:
    """Make an App on the engine of this process (ask for the fixture `engine_url` too)."""
    from teahouse.adapters.dynamodb.accounts import DynamoDbAccounts
    from teahouse.adapters.dynamodb.connections import DynamoDbConnections
    from teahouse.adapters.dynamodb.log import DynamoDbRoomLog
    from teahouse.adapters.dynamodb.members import DynamoDbMembers
    from teahouse.adapters.dynamodb.messages import DynamoDbMessages
    from teahouse.adapters.dynamodb.moderation import DynamoDbModeration
    from teahouse.adapters.dynamodb.notifications import DynamoDbNotifications
    from teahouse.adapters.dynamodb.proofs import DynamoDbProofs
    from teahouse.adapters.dynamodb.rooms import DynamoDbRooms
    from teahouse.adapters.dynamodb.safety import DynamoDbSafety
    from teahouse.adapters.dynamodb.uploads import DynamoDbUploads

    clock = changes.pop("clock", None) or StoppedClock()
    return memory_app(
        clock=clock,
        **{
            "log": DynamoDbRoomLog(),
            "rooms": DynamoDbRooms(),
            "members": DynamoDbMembers(),
            "messages": DynamoDbMessages(),
            "moderation": DynamoDbModeration(),
            "notifications": DynamoDbNotifications(),
            "safety": DynamoDbSafety(),
            "connections": DynamoDbConnections(clock),
            "accounts": DynamoDbAccounts(),
            "proofs": DynamoDbProofs(),
            "uploads": DynamoDbUploads(),
            **changes,
        },
    )


def lean_tables() -> Tables:
    """Reach the engine's tables without an SDK, through the seam."""
    from teahouse.adapters.lean.calls import Calls
    from teahouse.adapters.lean.tables import Tables

    return Tables(Calls(WatchedHttp()), {})


def lean_app(**changes: Any) -> App:
    """Make an App as the socket functions have it (ask for the fixture `engine_url` too)."""
    from teahouse.adapters.lean.accounts import LeanAccounts
    from teahouse.adapters.lean.connections import LeanConnections
    from teahouse.adapters.lean.log import LeanRoomLog
    from teahouse.adapters.lean.members import LeanMembers
    from teahouse.adapters.lean.messages import LeanMessages
    from teahouse.adapters.lean.notifications import LeanNotifications
    from teahouse.adapters.lean.rooms import LeanRooms
    from teahouse.adapters.lean.uploads import LeanUploads

    clock = changes.pop("clock", None) or StoppedClock()
    tables = lean_tables()
    return memory_app(
        clock=clock,
        **{
            "log": LeanRoomLog(tables),
            "rooms": LeanRooms(tables),
            "members": LeanMembers(tables),
            "messages": LeanMessages(tables),
            "notifications": LeanNotifications(tables),
            "connections": LeanConnections(tables, clock),
            "accounts": LeanAccounts(tables),
            "uploads": LeanUploads(tables),
            **changes,
        },
    )


def app_on(kind: str, request: Any, **changes: Any) -> App:
    """Make the App a parametrized test names: "memory", "dynamodb" or "lean"."""
    if kind == "memory":
        return memory_app(**changes)
    request.getfixturevalue("engine_url")
    return lean_app(**changes) if kind == "lean" else engine_app(**changes)


def open_den(app: App, *others: User, owner: User = ANN) -> str:
    """Open a private room; `others` are in it from slot 1 on. Gives its id."""
    room_id = f"den-{app.ids.new_id()}"
    row = member(room_id, owner, role="owner")
    assert app.rooms.create(room(room_id, owner_id=owner.id), row, opened(owner))
    for person in (owner, *others):
        app.accounts.create(person, None)
    for person in others:
        app.members.admit(member(room_id, person), None, read=(1, 0))
    return room_id


def listens(app: App, room_id: str, person: User, connection_id: str = "") -> str:
    """Let a new connection of a person hear a room. Gives its id."""
    connection_id = connection_id or f"{app.ids.new_id()}="
    now = app.clock.now_ms()
    connection = Connection(
        id=connection_id,
        user_id=person.id,
        session_id="session",
        connected_at=now,
        lease_until=now + LEASE_MS,
    )
    app.connections.put_if_absent(connection)
    listener = Listener(connection_id=connection_id, user_id=person.id)
    app.connections.register(room_id, listener, now + ROOM_ROW_MS)
    return connection_id


def says(app: App, room_id: str, who: User, text: str = "Tea?", **more: Any) -> int:
    """Send a message, one of its own unless `more` names it. Gives its slot."""
    asked = {"client_message_id": app.ids.new_code(), "position": start_of(app, room_id), **more}
    accepted = send_message(app, sender_id=who.id, room_id=room_id, text=text, **asked)
    return accepted.entry.seq


def kinds(app: App, room_id: str) -> list[str]:
    """Name what is in the log of a small room, from slot 1 on."""
    return [entry.kind for entry in app.log.read_run(room_id, 1, max_entries=100).entries]


def start_of(app: App, room_id: str) -> Position:
    """Name slot 1 of a room."""
    return Position(epoch=app.epoch(app.rooms.get(room_id).room_key), seq=1)


def head_of(app: App, room_id: str) -> Position:
    """Name the newest slot of a room."""
    newest = app.log.newest(room_id)
    return Position(epoch=app.epoch(newest.room_key), seq=newest.seq)
