"""Whatever people do and whatever fails, after every single step the promises hold.

The real handlers of the socket, and the actions behind REST, on the reference store, step by step
as Hypothesis tells: people speak, change what they said, come, go, are removed or banned, connect,
lose pushes, heal, while a call fails as DynamoDB may or the handler dies there; once in a while the
store is set back to an older copy. What is true is known beforehand: what was acknowledged, and
what each screen has shown.

`STORIES=20000 STEPS=100 make machine` tells more of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from io import StringIO
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from teahouse import bootstrap
from teahouse.actions.ban_member import ban_member
from teahouse.actions.become_member import become_member
from teahouse.actions.change_role import change_role
from teahouse.actions.change_room import change_room
from teahouse.actions.leave_room import leave_room
from teahouse.actions.lift_ban import lift_ban
from teahouse.actions.mute_member import mute_member
from teahouse.actions.read_events import read_events
from teahouse.actions.remove_member import remove_member
from teahouse.actions.send_message import send_without_position
from teahouse.adapters.memory.store import MemoryStore
from teahouse.app import App
from teahouse.domain.entry import (
    Entry,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    MemberMuted,
    MemberRemoved,
    MessageSent,
    Position,
    Role,
    RoleChanged,
)
from teahouse.domain.errors import ChatError, NotAMember
from teahouse.domain.user import User
from teahouse.ports import OutcomeUnknown

from tests.asking import Handler
from tests.cast import ANN, BEN, CLEO
from tests.functions.world_of_samples import Context, sample
from tests.interloper import Died
from tests.properties.faulty import KINDS, NO_FAULT, Fault, Trouble
from tests.world import RecordingBroadcaster, listens, memory_app, open_den

STORIES = int(os.environ.get("STORIES", "300"))
STEPS = int(os.environ.get("STEPS", "50"))
pytestmark = pytest.mark.timeout(max(300, STORIES))

Json = dict[str, Any]
EVENT: Json = sample("websocket", "send_message")["requestContext"]
HANDLERS: dict[str, Handler] = {
    action: import_module(f"functions.websocket.{stem}").lambda_handler
    for action, stem in {
        "sendMessage": "send_message",
        "editMessage": "edit_message",
        "deleteMessage": "delete_message",
        "react": "react",
        "joinRoom": "join_room",
        "markRead": "mark_read",
        "ping": "ping",
    }.items()
}
MUTE_MS = 10_000
PEOPLE = st.sampled_from([ANN, BEN, CLEO])
OTHERS = st.sampled_from([BEN, CLEO])
FAULTS = st.builds(Fault, st.sampled_from(KINDS), st.integers(1, 9)) | st.just(NO_FAULT)


@dataclass
class Screen:
    """One person's screen: everything up to `applied`, each entry by its operation."""

    user: User
    epoch: str = ""
    applied: int = 0
    shown: dict[int, str] = field(default_factory=dict)
    ahead: dict[int, Any] = field(default_factory=dict)
    connection_id: str = ""
    heard: int = 0

    @property
    def position(self) -> Position:
        return Position(epoch=self.epoch, seq=self.applied)

    @property
    def wire_position(self) -> Json:
        return {"epoch": self.epoch, "seq": self.applied}

    def start(self, epoch: str) -> None:
        self.epoch, self.applied = epoch, 0
        self.shown.clear()
        self.ahead.clear()

    def take(self, epoch: str, events: Any) -> None:
        for event in events:
            if epoch == self.epoch and event["seq"] > self.applied:
                self.ahead[event["seq"]] = event
        while self.applied + 1 in self.ahead:
            self.applied += 1
            event = self.ahead.pop(self.applied)
            self.shown[self.applied] = f"{event['by']} {event['kind']} {event.get('number')}"


class Rooms(RuleBasedStateMachine):
    """Ann's den, ben and cleo."""

    @initialize()
    def open(self) -> None:
        self.store = MemoryStore()
        self.app = memory_app(self.store)
        self.den = open_den(self.app)
        for person in (BEN, CLEO):
            self.app.accounts.create(person, None)
            become_member(self.app, user=person, room=self.app.rooms.get(self.den))
        self.screens = {person.id: Screen(person) for person in (ANN, BEN, CLEO)}
        self.acknowledged: dict[tuple[str, str], tuple[str, int]] = {}
        self.open_operations: list[tuple[User, str, str, Position]] = []
        self.copy: MemoryStore | None = None
        self.removed_in: dict[str, int] = {}
        self.said = 0
        self.asked = 0

    def teardown(self) -> None:
        bootstrap.use(None)

    # What people do ------------------------------------------------------------------------------

    @rule(who=PEOPLE, fault=FAULTS)
    def says(self, who: User, fault: Fault) -> None:
        self.said += 1
        screen = self.screens[who.id]
        if screen.applied:
            operation = f"operation-{self.said:020}"
            self.open_operations.append((who, operation, f"text {self.said}", screen.position))
            self._send(*self.open_operations[-1], fault)

    @rule(place=st.integers(0, 9), fault=FAULTS)
    def says_again(self, place: int, fault: Fault) -> None:
        if self.open_operations:
            operation = self.open_operations[-1 - place % len(self.open_operations)]
            self._send(*operation, fault)

    @rule(who=PEOPLE, ahead=st.integers(-3, 3), fault=FAULTS)
    def lies(self, who: User, ahead: int, fault: Fault) -> None:
        """A new message with a position that was not seen harms nobody."""
        self.said += 1
        head = self._log()[-1].seq
        position = Position(epoch=self._epoch(), seq=max(1, head + ahead))
        self._send(who, f"operation-{self.said:020}", f"text {self.said}", position, fault)

    @rule(who=PEOPLE, fault=FAULTS)
    def says_by_rest(self, who: User, fault: Fault) -> None:
        self.said += 1
        operation, text = f"operation-{self.said:020}", f"text {self.said}"
        for trouble in (fault, NO_FAULT):
            accepted = self._does(
                trouble,
                lambda app: send_without_position(
                    app, sender_id=who.id, room_id=self.den, operation_id=operation, text=text
                ),
            )
            if accepted is not None:
                self._acknowledge(who, operation, accepted.epoch, accepted.entry.seq)

    @rule(who=PEOPLE, what=st.sampled_from(["edit", "delete", "like", "unlike"]), fault=FAULTS)
    def changes(self, who: User, what: str, fault: Fault) -> None:
        messages = [e for e in self._log() if isinstance(e.fact, MessageSent)]
        if not messages:
            return
        seq = messages[self.said % len(messages)].seq
        frames: dict[str, Json] = {
            "edit": {"action": "editMessage", "version": self._version(seq), "text": "otherwise"},
            "delete": {"action": "deleteMessage"},
            "like": {"action": "react", "emoji": "🍵", "on": True},
            "unlike": {"action": "react", "emoji": "🍵", "on": False},
        }
        self._asks(who, {**frames[what], "roomId": self.den, "seq": seq}, fault)

    @rule(who=OTHERS, fault=FAULTS)
    def comes(self, who: User, fault: Fault) -> None:
        room = self.app.rooms.get(self.den)
        self._does(fault, lambda app: become_member(app, user=who, room=room))

    @rule(who=OTHERS, how=st.sampled_from(["leave", "remove", "ban", "lift"]), fault=FAULTS)
    def goes(self, who: User, how: str, fault: Fault) -> None:
        about: dict[str, Any] = {"by_id": ANN.id, "room_id": self.den, "user_id": who.id}
        acts: dict[str, Callable[[App], object]] = {
            "leave": lambda app: leave_room(app, user_id=who.id, room_id=self.den),
            "remove": lambda app: remove_member(app, **about),
            "ban": lambda app: ban_member(app, **about),
            "lift": lambda app: lift_ban(app, **about),
        }
        self._does(fault, acts[how])

    @rule(who=PEOPLE, name=st.sampled_from(["茶室", "Den"]), fault=FAULTS)
    def renames(self, who: User, name: str, fault: Fault) -> None:
        self._does(fault, lambda app: change_room(app, by_id=who.id, room_id=self.den, name=name))

    @rule(who=PEOPLE, fault=FAULTS)
    def reads(self, who: User, fault: Fault) -> None:
        seq = self.screens[who.id].applied
        if seq:
            before = self.app.members.membership(self.den, who.id)
            self._asks(who, {"action": "markRead", "roomId": self.den, "seq": seq}, fault)
            after = self.app.members.membership(self.den, who.id)
            if before is not None and after is not None:
                assert after.read_seq >= before.read_seq

    @rule(
        who=PEOPLE,
        whom=PEOPLE,
        what=st.sampled_from(["owner", "moderator", "member", "mute", "mute", "unmute"]),
        fault=FAULTS,
    )
    def decides(self, who: User, whom: User, what: str, fault: Fault) -> None:
        """Roles and mutes, some of which nobody may give."""
        about: dict[str, Any] = {"by_id": who.id, "room_id": self.den, "user_id": whom.id}
        until = self.app.clock.now_ms() + MUTE_MS if what == "mute" else None

        def decide(app: App) -> None:
            if what in ("mute", "unmute"):
                mute_member(app, until=until, **about)
            else:
                change_role(app, role=cast("Role", what), **about)

        self._does(fault, decide)

    @rule()
    def time_passes(self) -> None:
        self.app.clock.sleep(MUTE_MS / 2_000)

    # What lines do -------------------------------------------------------------------------------

    @rule(who=PEOPLE, fault=FAULTS)
    def connects(self, who: User, fault: Fault) -> None:
        screen = self.screens[who.id]
        self.drops(who)
        screen.connection_id = listens(self.app, "elsewhere", who)
        screen.heard = 0
        frame: Json = {"action": "joinRoom", "roomId": self.den}
        if screen.applied:
            frame["position"] = screen.wire_position
        joined = self._asks(who, frame, fault)
        if joined is not None and joined["type"] == "joined":
            if joined["epoch"] != screen.epoch:
                screen.start(joined["epoch"])
            screen.take(joined["epoch"], joined["events"])

    @rule(who=PEOPLE)
    def drops(self, who: User) -> None:
        screen = self.screens[who.id]
        if screen.connection_id:
            self.app.connections.forget(screen.connection_id)
            screen.connection_id = ""

    @rule(who=PEOPLE, kept=st.lists(st.booleans(), min_size=1, max_size=5), is_late=st.booleans())
    def hears(self, who: User, kept: list[bool], is_late: bool) -> None:
        """Some of what was pushed arrives, some is lost, some comes in another order."""
        screen = self.screens[who.id]
        frames = self._posts().to(screen.connection_id, "events")[screen.heard :]
        screen.heard += len(frames)
        arrived = [f for n, f in enumerate(frames) if kept[n % len(kept)]]
        for frame in reversed(arrived) if is_late else arrived:
            screen.take(frame["epoch"], frame["events"])

    @rule(who=PEOPLE)
    def pings(self, who: User) -> None:
        """The keep-alive finds every screen that has fallen behind, and the log heals it."""
        screen = self.screens[who.id]
        has_begun = screen.applied > 0
        if not has_begun:
            screen.start(self._epoch())
        positions = {self.den: screen.wire_position} if has_begun else {}
        pong = self._asks(who, {"action": "ping", "positions": positions})
        assert pong is not None
        is_asked = has_begun and self.app.members.find(self.den, who.id) is not None
        is_of_another_epoch = self.den in pong["reset"]
        assert is_of_another_epoch == (is_asked and screen.epoch != self._epoch())
        is_behind = is_asked and not is_of_another_epoch and screen.applied < self._log()[-1].seq
        assert (self.den in pong["behind"]) == is_behind
        if is_of_another_epoch:
            screen.start(self._epoch())
        with suppress(NotAMember):
            page = read_events(self.app, user_id=who.id, room_id=self.den, after=screen.applied)
            screen.take(page.epoch, page.events)
            assert screen.applied == self._log()[-1].seq

    # What befalls the store ----------------------------------------------------------------------

    @rule()
    def is_copied(self) -> None:
        self.copy = _copied(self.store)

    @precondition(lambda self: self.copy is not None)
    @rule()
    def is_restored(self) -> None:
        assert self.copy is not None
        self.store = _copied(self.copy)
        generation = str(int(self.app.store_generation) + 1)
        posts, clock = self.app.broadcaster, self.app.clock
        self.app = memory_app(
            self.store, broadcaster=posts, clock=clock, store_generation=generation
        )
        for screen in self.screens.values():
            screen.connection_id = ""

    # What must hold ------------------------------------------------------------------------------

    @invariant()
    def the_log_is_dense_and_counts_its_messages(self) -> None:
        log = self._log()
        assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
        said = 0
        for entry in log:
            said += isinstance(entry.fact, MessageSent)
            assert entry.number == said

    @invariant()
    def what_was_acknowledged_stands_where_it_was_said_to(self) -> None:
        places: dict[tuple[str, str], int] = {}
        for entry in self._log():
            operation = entry.by, entry.operation_id
            assert operation not in places, "an operation stands twice"
            places[operation] = entry.seq
        for operation, (epoch, seq) in self.acknowledged.items():
            if epoch == self._epoch():
                assert places.get(operation) == seq

    @invariant()
    def every_screen_shows_the_log(self) -> None:
        held = {e.seq: f"{e.by} {e.kind} {_number(e)}" for e in self._log()}
        for screen in self.screens.values():
            assert sorted(screen.shown) == list(range(1, screen.applied + 1))
            if screen.epoch == self._epoch():
                assert all(held[seq] == shown for seq, shown in screen.shown.items())

    @invariant()
    def only_members_who_may_speak_and_the_rows_are_what_the_log_says(self) -> None:
        members: dict[str, tuple[str, int]] = {ANN.id: ("owner", 0)}  # role, muted until
        for entry in self._log():
            match entry.fact:
                case MemberJoined(user_id=user_id):
                    members[user_id] = ("member", 0)
                case (
                    MemberLeft(user_id=user_id)
                    | MemberRemoved(user_id=user_id)
                    | MemberBanned(user_id=user_id)
                ):
                    members.pop(user_id, None)
                    self.removed_in[f"{self._epoch()} {user_id}"] = entry.seq
                case RoleChanged(user_id=user_id, role=role):
                    until = members[user_id][1] if role == "member" else 0
                    members[user_id] = (role, until)
                case MemberMuted(user_id=user_id, until=muted_until):
                    members[user_id] = (members[user_id][0], muted_until or 0)
                case MessageSent():
                    assert members[entry.by][1] <= entry.at, "somebody muted has spoken"
                case _:
                    assert entry.by in members
        rows = {user_id: self.app.members.find(self.den, user_id) for user_id in self.screens}
        held = {i: (row.role, row.muted_until or 0) for i, row in rows.items() if row is not None}
        assert held == members
        assert any(role == "owner" for role, _ in members.values())

    @invariant()
    def who_is_gone_has_heard_nothing_of_what_followed(self) -> None:
        for user_id, screen in self.screens.items():
            if self.app.members.find(self.den, user_id) is not None or not screen.connection_id:
                continue
            gone = self.removed_in.get(f"{self._epoch()} {user_id}", 0)
            for frame in self._posts().to(screen.connection_id, "events"):
                if frame["epoch"] == self._epoch():
                    assert all(event["seq"] < gone for event in frame["events"])

    # How ----------------------------------------------------------------------------------------

    def _send(self, who: User, operation: str, text: str, position: Position, fault: Fault) -> None:
        sent = self._asks(
            who,
            {
                "action": "sendMessage",
                "roomId": self.den,
                "clientMessageId": operation,
                "position": {"epoch": position.epoch, "seq": position.seq},
                "text": text,
            },
            fault,
        )
        if sent is not None and sent["type"] == "sent":
            assert position.epoch == self._epoch() or sent.get("duplicate")
            self._acknowledge(who, operation, sent["epoch"], sent["seq"])

    def _acknowledge(self, who: User, operation: str, *place: Any) -> None:
        known = self.acknowledged.get((who.id, operation))
        assert known is None or known[0] != place[0] or known == place
        self.acknowledged[who.id, operation] = place

    def _asks(self, who: User, frame: Json, fault: Fault = NO_FAULT) -> Json | None:
        """Pass a frame to the handler of its route; gives what it answered, if that arrived."""
        self.asked += 1
        asked, screen = f"q{self.asked}", self.screens[who.id]
        line = screen.connection_id or f"line-of-{who.id}"
        context = {"connectionId": line, "connectedAt": self.app.clock.now_ms()}
        context |= {"authorizer": {"userId": who.id, "sessionId": "session"}}
        event = {"requestContext": EVENT | context, "body": json.dumps({**frame, "id": asked})}
        bootstrap.use(Trouble(fault, self._meanwhile).beside(self.app))
        before = len(self._posts().posts)
        with suppress(Died), redirect_stdout(StringIO()):  # the log lines, of which there are many
            assert HANDLERS[frame["action"]](event, Context()) == {"statusCode": 200}
        answers = [f for to, f in self._posts().posts[before:] if to == line]
        for answer in answers:
            assert answer.get("code") != "internal_error"
        return next((answer for answer in answers if answer.get("re") == asked), None)

    def _does(self, fault: Fault, act: Callable[[App], Any]) -> Any:
        """Do it with a fault in its way; None if it was refused or nobody knows."""
        with suppress(ChatError, OutcomeUnknown, Died):
            return act(Trouble(fault, self._meanwhile).beside(self.app))
        return None

    def _meanwhile(self, kind: str) -> None:
        """Let ann speak, and perhaps remove somebody first."""
        with suppress(ChatError):
            if kind == "meanwhile_removed":
                victim = (BEN, CLEO)[self.said % 2]
                remove_member(self.app, by_id=ANN.id, room_id=self.den, user_id=victim.id)
            self.said += 1
            text = f"meanwhile {self.said}"
            send_without_position(
                self.app,
                sender_id=ANN.id,
                room_id=self.den,
                operation_id=f"operation-{self.said:020}",
                text=text,
            )

    def _log(self) -> tuple[Entry, ...]:
        return self.app.log.read_run(self.den, 1, max_entries=10_000).entries

    def _epoch(self) -> str:
        return self.app.epoch(self._log()[0].room_key)

    def _version(self, seq: int) -> int:
        standing = self.app.messages.find(self.den, seq)
        return standing.version if standing else 1

    def _posts(self) -> RecordingBroadcaster:
        assert isinstance(self.app.broadcaster, RecordingBroadcaster)
        return self.app.broadcaster


def _number(entry: Entry) -> int | None:
    return entry.number if isinstance(entry.fact, MessageSent) else None


def _copied(store: MemoryStore) -> MemoryStore:
    """Copy a store: all it holds is immutable, but for the dictionaries themselves."""
    kept = {f.name: _shelf(getattr(store, f.name)) for f in fields(store) if f.name != "lock"}
    return replace(MemoryStore(), **kept)


TestRooms = Rooms.TestCase
TestRooms.settings = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def _shelf(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: dict(x) if isinstance(x, dict) else x for key, x in value.items()}
