"""replay(events) == snapshot, whatever joins, leaves, drops, doubles and retries in between.

A small client that follows the contract, and nothing else, is driven through the real actions on
the reference store by random steps. In the end the fold of what it applied is what REST shows.
"""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from teahouse.actions.ban_member import ban_member
from teahouse.actions.become_member import become_member
from teahouse.actions.change_role import change_role
from teahouse.actions.change_room import change_room
from teahouse.actions.close_room import close_room
from teahouse.actions.create_upload import create_upload
from teahouse.actions.delete_message import delete_message
from teahouse.actions.edit_message import edit_message
from teahouse.actions.join_room import join_room
from teahouse.actions.leave_room import leave_room
from teahouse.actions.lift_ban import lift_ban
from teahouse.actions.list_members import list_members
from teahouse.actions.mute_member import mute_member
from teahouse.actions.process_upload import process_upload
from teahouse.actions.react import react
from teahouse.actions.read_events import read_events
from teahouse.actions.read_messages import read_messages
from teahouse.actions.remove_member import remove_member
from teahouse.actions.send_message import send_message
from teahouse.actions.show_room import show_room
from teahouse.app import App
from teahouse.domain.entry import FACTS, Entry, MessageDeleted, MessageSent, Position
from teahouse.domain.errors import (
    Forbidden,
    Muted,
    NotAMember,
    NotFound,
    RoomClosed,
    VersionConflict,
)
from teahouse.domain.upload import Picture, Purpose, Remade, Unacceptable, incoming_key
from teahouse.domain.user import User
from teahouse.protocol.codec import encode, wire_event
from teahouse.protocol.shapes import WireMessage

from tests.cast import ANN, BEN, CLEO
from tests.world import RecordingBroadcaster, listens, memory_app, open_den, start_of

Event = dict[str, Any]
People = dict[str, tuple[str, int | None]]  # role, muted until
Settings = tuple[str, str, str | None, str, bool]  # name, description, picture, kind, closed
Screen = tuple[dict[int, tuple[Any, ...]], People, Settings]

EMOJIS = ("🍵", "❤️")
CHANGES = ("show", "look", "edit", "like", "unlike", "edit", "delete")


@dataclass
class Shown:
    """One message on a screen; `likes` are the people under each emoji."""

    by: str
    text: str
    number: int
    version: int = 1
    edited_at: int | None = None
    is_deleted: bool = False
    likes: dict[str, set[str]] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)

    def to(self, user_id: str) -> tuple[Any, ...]:
        """Give what one person sees, as a page of REST tells it."""
        likes = {e: (len(who), user_id in who) for e, who in self.likes.items() if who}
        edits = (self.version, self.edited_at, self.is_deleted)
        return self.by, self.text, self.number, *edits, likes, self.pictures


@dataclass
class Fold:
    """A room's state, made of nothing but events."""

    messages: dict[int, Shown] = field(default_factory=dict)
    members: People = field(default_factory=dict)
    settings: Settings = ("", "", None, "private", False)

    def apply(self, event: Event) -> None:
        match event["kind"]:
            case "roomOpened":
                self.members[event["by"]] = ("owner", None)
                self.settings = (event["name"], *self.settings[1:])
            case "messageSent":
                shown = Shown(event["by"], event["text"], event["number"])
                shown.pictures = {one["id"]: one["state"] for one in event["attachments"]}
                self.messages[event["seq"]] = shown
            case "attachmentSettled":
                known, one = self.messages[event["target"]].pictures, event["attachment"]
                known.update({one["id"]: one["state"]} if one["id"] in known else {})
            case "messageEdited":
                message = self.messages[event["target"]]
                message.text, message.version = event["text"], event["version"]
                message.edited_at = event["at"]
            case "messageDeleted":
                message = self.messages[event["target"]]
                message.text, message.is_deleted, message.likes = "", True, {}
                message.pictures = {}
            case "reactionAdded":
                self._likers(event).add(event["by"])
            case "reactionRemoved":
                self._likers(event).discard(event["by"])
            case "memberJoined":
                self.members[event["userId"]] = ("member", None)
            case "memberLeft" | "memberRemoved" | "memberBanned":
                self.members.pop(event["userId"], None)  # a stranger can be banned too
            case "roomChanged":
                name, description, avatar, kind, is_closed = self.settings
                self.settings = (
                    event.get("name", name),
                    event.get("description", description),
                    event.get("avatar", avatar or "") or None,
                    event.get("roomKind", kind),
                    is_closed,
                )
            case "roomClosed":
                self.settings = (*self.settings[:4], True)
            case "roleChanged":
                _, until = self.members[event["userId"]]
                is_plain = event["role"] == "member"
                self.members[event["userId"]] = (event["role"], until if is_plain else None)
            case "memberMuted":
                self.members[event["userId"]] = ("member", event.get("until"))
            case kind:
                raise AssertionError(f"{kind} is new: what does it change on a screen?")

    def _likers(self, event: Event) -> set[str]:
        return self.messages[event["target"]].likes.setdefault(event["emoji"], set())

    def to(self, user_id: str) -> Screen:
        """Give what one person sees."""
        shown = {seq: shown.to(user_id) for seq, shown in self.messages.items()}
        return shown, {} if self.settings[-1] else self.members, self.settings


class EveryOther:
    """Finds a picture in every other file."""

    def __init__(self) -> None:
        self.looked = 0

    def remake(self, data: bytes, purpose: Purpose) -> Remade:
        self.looked += 1
        if self.looked % 2:
            raise Unacceptable("not_a_picture")
        image = Picture(data=data, content_type="image/webp", width=4, height=3)
        return Remade(image=image, thumb=image)


@dataclass
class Client:
    """Somebody's screen: applies what is next, keeps what is ahead, fetches what is missing."""

    app: App
    user: User
    room_id: str
    connection_id: str = ""
    applied: int = 0
    ahead: dict[int, Event] = field(default_factory=dict)
    fold: Fold = field(default_factory=Fold)
    seen: list[int] = field(default_factory=list)
    heard: int = 0

    def connect(self) -> None:
        self.connection_id = listens(self.app, "no-room", self.user)
        position = None
        if self.applied:
            epoch = start_of(self.app, self.room_id).epoch
            position = Position(epoch=epoch, seq=self.applied)
        joined = join_room(
            self.app,
            user_id=self.user.id,
            room_id=self.room_id,
            connection_id=self.connection_id,
            connected_at=self.app.clock.now_ms(),
            position=position,
        )
        for event in joined.events:
            self.receive(json.loads(encode(event)))
        self.catch_up()

    def disconnect(self) -> None:
        if self.connection_id:
            self.app.connections.forget(self.connection_id)
        self.connection_id = ""

    def receive(self, event: Event) -> None:
        if event["seq"] <= self.applied:
            return
        self.ahead[event["seq"]] = event
        while self.applied + 1 in self.ahead:
            following = self.ahead.pop(self.applied + 1)
            self.fold.apply(following)
            self.applied += 1
            self.seen.append(self.applied)

    def catch_up(self) -> None:
        while True:
            page = read_events(
                self.app, user_id=self.user.id, room_id=self.room_id, after=self.applied, limit=7
            )
            for event in page.events:
                self.receive(json.loads(encode(event)))
            if self.applied >= page.head:
                return

    def listen(self, draw: random.Random) -> None:
        """Take what was pushed, some of it lost, doubled or late, as pushes may be."""
        broadcaster = self.app.broadcaster
        assert isinstance(broadcaster, RecordingBroadcaster)
        frames = broadcaster.to(self.connection_id, "events")[self.heard :]
        self.heard += len(frames)
        events = [event for frame in frames for event in frame["events"]]
        draw.shuffle(events)
        for event in events:
            for _ in range(draw.choice((0, 1, 1, 2))):
                self.receive(event)


class World:
    """Ann's den, with ben and cleo coming and going."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.app = memory_app(pictures=EveryOther())
        self.uploads: list[str] = []
        self.room_id = open_den(self.app)
        for person in (BEN, CLEO):
            self.app.accounts.create(person, None)
        become_member(self.app, user=BEN, room=self.app.rooms.get(self.room_id))
        self.clients = {u.id: Client(self.app, u, self.room_id) for u in (ANN, BEN, CLEO)}
        self.acknowledged: dict[str, int] = {}
        self.said = 0

    def step(self, kind: str, who: User) -> None:
        client = self.clients[who.id]
        try:
            self._step(kind, who, client)
        except NotAMember:
            assert self.app.members.find(self.room_id, who.id) is None
        except RoomClosed:
            assert self.log()[-1].kind == "roomClosed"
        except Muted:
            row = self.app.members.find(self.room_id, who.id)
            assert row is not None
            assert (row.muted_until or 0) > self.app.clock.now_ms()
        except Forbidden:  # by no open door either
            assert kind == "connect"
            assert self.app.moderation.find_ban(self.room_id, who.id) is not None

    def _step(self, kind: str, who: User, client: Client) -> None:
        room = self.app.rooms.get(self.room_id)
        if kind == "say":
            self.said += 1
            self._say(who, client, f"message-{self.said}")
        elif kind == "show":
            self.said += 1
            self._say(who, client, f"message-{self.said}", self._upload(who))
        elif kind == "look" and self.uploads:
            process_upload(self.app, self.draw.choice(self.uploads))
        elif kind == "repeat" and self.acknowledged:
            self._say(who, client, self.draw.choice(sorted(self.acknowledged)))
        elif kind in ("edit", "delete", "like", "unlike"):
            self._change(kind, who, client)
        elif kind == "join":
            with suppress(Forbidden):  # who is banned
                become_member(self.app, user=who, room=room)
        elif kind == "leave":
            with suppress(Forbidden):
                leave_room(self.app, user_id=who.id, room_id=self.room_id)
                client.disconnect()
        elif kind in ("role", "mute", "remove", "ban", "lift", "room", "close"):
            self._decide(kind, who)
        elif kind == "connect":
            client.disconnect()
            client.heard = 0
            client.connect()
        elif kind == "drop":
            client.disconnect()
        elif kind == "listen" and client.connection_id:
            client.listen(self.draw)

    def _decide(self, kind: str, who: User) -> None:
        """Let somebody decide of somebody, as far as it is theirs to decide."""
        about = {
            "room_id": self.room_id,
            "by_id": who.id,
            "user_id": self.draw.choice(sorted(self.clients)),
        }
        with suppress(Forbidden, NotFound):
            if kind == "role":
                role = self.draw.choice(("owner", "moderator", "member"))
                change_role(self.app, role=role, **about)
            elif kind == "mute":
                until = self.app.clock.now_ms() + self.draw.choice((-5, 2_000, 20_000))
                mute_member(self.app, until=until, **about)
            elif kind == "remove":
                remove_member(self.app, **about)
            elif kind == "ban":
                ban_member(self.app, **about)
            elif kind == "lift":
                lift_ban(self.app, **about)
            elif kind == "room":
                self._change_room(who)
            elif self.draw.random() < 0.2:
                close_room(self.app, by_id=who.id, room_id=self.room_id)

    def _change_room(self, who: User) -> None:
        upload, _ = create_upload(
            self.app, owner_id=who.id, content_type="image/png", size_bytes=1, purpose="avatar"
        )
        self.app.uploads.settle(upload.id, "ready", size=(4, 3))
        change: dict[str, Any] = self.draw.choice(
            (
                *({"name": "茶室"}, {"name": "Den"}, {"description": "Tea."}),
                *({"kind": "public"}, {"avatar": upload.id}, {"avatar": ""}),
            )
        )
        change_room(self.app, by_id=who.id, room_id=self.room_id, **change)

    def _upload(self, who: User) -> str:
        upload, _ = create_upload(
            self.app, owner_id=who.id, content_type="image/png", size_bytes=1, purpose="attachment"
        )
        self.app.objects.put(incoming_key(upload.id), b"a picture", "image/png")
        self.uploads.append(upload.id)
        if self.draw.random() < 0.3:
            self.app.uploads.settle(upload.id, "ready", size=(4, 3))
        return upload.id

    def _say(self, who: User, client: Client, text: str, *attachments: str) -> None:
        accepted = send_message(
            self.app,
            sender_id=who.id,
            room_id=self.room_id,
            client_message_id=f"{who.id}-{text}-000000000000000000",
            position=start_of(self.app, self.room_id),
            text=text,
            attachments=attachments,
            connection_id=client.connection_id or None,
        )
        key = f"{who.id}: {text}"
        assert self.acknowledged.setdefault(key, accepted.entry.seq) == accepted.entry.seq

    def _change(self, kind: str, who: User, client: Client) -> None:
        """Change some message, sometimes twice, as who has not heard of the answer does."""
        messages = [e for e in self.log() if isinstance(e.fact, MessageSent)]
        if not messages:
            return
        seq = self.draw.choice(messages).seq
        emoji = self.draw.choice(EMOJIS)
        version = self.draw.choice((1, 2, 3))
        where: dict[str, Any] = {"room_id": self.room_id, "seq": seq}
        if self.draw.random() < 0.7:
            where["operation_id"] = self.app.ids.new_code()
        if self.draw.random() < 0.5:
            where["position"] = start_of(self.app, self.room_id)
        where["connection_id"] = client.connection_id or None
        for _ in range(self.draw.choice((1, 1, 2))):
            self.app.clock.sleep(1)
            with suppress(Forbidden, VersionConflict, NotFound):
                if kind == "edit":
                    text = f"edited {self.draw.random()}"
                    edit_message(self.app, editor_id=who.id, version=version, text=text, **where)
                    return
                if kind == "delete":
                    delete_message(self.app, deleter_id=who.id, **where)
                else:
                    on = kind == "like"
                    react(self.app, member_id=who.id, emoji=emoji, is_on=on, **where)

    def log(self) -> tuple[Entry, ...]:
        return self.app.log.read_run(self.room_id, 1, max_entries=10_000).entries

    def somebody_at_home(self) -> Client:
        """Find a member; a room that everybody has left shows nothing to anybody."""
        inside = [
            client
            for client in self.clients.values()
            if self.app.members.find(self.room_id, client.user.id) is not None
        ]
        assume(inside)
        return inside[0]

    def all_home(self) -> Iterator[Client]:
        """Let every member connect and catch up."""
        for client in self.clients.values():
            if self.app.members.find(self.room_id, client.user.id) is not None:
                client.disconnect()
                client.connect()
                yield client


def snapshot(world: World, user_id: str) -> Screen:
    """Read the room by REST, page by page backwards."""
    messages: dict[int, tuple[Any, ...]] = {}
    before = None
    while True:
        page = read_messages(
            world.app, user_id=user_id, room_id=world.room_id, before=before, limit=5
        )
        for m in page.messages:
            messages[m.seq] = as_shown(m)
        if not page.messages:
            break
        before = page.messages[0].seq
    members = list_members(world.app, user_id=user_id, room_id=world.room_id)
    people = {m.user.id: (m.role, m.muted_until or None) for m in members.items}
    room = show_room(world.app, user_id=user_id, room_id=world.room_id)
    avatar = room.avatar_url.removeprefix("/media/") if room.avatar_url else None
    settings = (room.name, room.description, avatar, room.kind, bool(room.closed_at))
    # Who leaves a closed room takes no slot, so its log tells no longer who is in it.
    return messages, {} if room.closed_at else people, settings


def as_shown(m: WireMessage) -> tuple[Any, ...]:
    """Give what a page says of a message, as `Shown.to` does."""
    likes = {r.emoji: (r.count, r.mine) for r in m.reactions}
    edited_at = m.edited_at if isinstance(m.edited_at, int) else None
    pictures = {one.id: one.state for one in m.attachments}
    edits = (m.version, edited_at, m.deleted is True)
    return m.by, m.text, m.number, *edits, likes, pictures


COMMON = (
    *("say", "say", "say", "repeat", "join", "leave", "connect", "drop"),
    *("listen", "listen", "edit", "edit", "delete", "like", "like", "unlike"),
    *("show", "show", "look", "look"),
)
KINDS_OF_STEP = (*COMMON, "role", "mute", "remove", "ban", "lift", "room", "close")
PEOPLE = (ANN, BEN, CLEO)
MAX_STEPS = 60
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS_OF_STEP), st.sampled_from(PEOPLE)), max_size=MAX_STEPS
)


def run(steps: list[tuple[str, User]], seed: int) -> World:
    world = World(seed)
    for kind, who in steps:
        world.step(kind, who)
    return world


@given(steps=STEPS, seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_what_was_replayed_is_what_the_snapshot_shows(
    steps: list[tuple[str, User]], seed: int
) -> None:
    world = run(steps, seed)

    for client in world.all_home():
        assert client.fold.to(client.user.id) == snapshot(world, client.user.id)
        assert client.seen == list(range(1, client.applied + 1))
    said = [entry.seq for entry in world.log() if isinstance(entry.fact, MessageSent)]
    assert sorted(said) == sorted(world.acknowledged.values())


@given(steps=STEPS, seed=st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_who_comes_late_replays_the_same_and_finds_no_deleted_text(
    steps: list[tuple[str, User]], seed: int
) -> None:
    """Redacted entries fold to the state that the whole ones made."""
    world = run(steps, seed)
    early = world.somebody_at_home()
    late = Client(world.app, early.user, world.room_id)
    early.catch_up()

    late.catch_up()

    assert late.fold == early.fold
    deleted = {e.fact.target for e in world.log() if isinstance(e.fact, MessageDeleted)}
    for entry in world.log():
        about = entry.seq if isinstance(entry.fact, MessageSent) else entry.fact
        target = about if isinstance(about, int) else getattr(about, "target", None)
        if target in deleted:
            assert getattr(entry.fact, "text", "") == ""


@given(steps=STEPS, later=STEPS, seed=st.integers(0, 2**32))
@example(
    steps=[], later=[("room", ANN), ("role", ANN), ("ban", ANN), ("connect", CLEO)], seed=0
)  # who is banned knocks at an open door
@settings(max_examples=100, deadline=None)
def test_a_page_says_which_entries_it_already_holds(
    steps: list[tuple[str, User]], later: list[tuple[str, User]], seed: int
) -> None:
    """`changedSeq` says which entries a message already holds, however old the page's `head`."""
    world = run(steps, seed)
    head = world.app.log.newest(world.room_id).seq
    for kind, who in later:
        world.step(kind, who)
    reader = world.somebody_at_home().user
    page = read_messages(world.app, user_id=reader.id, room_id=world.room_id, limit=200)

    events = [wire_event(entry) for entry in world.log() if entry.seq > head]
    held = {message.seq: message.changed_seq for message in page.messages}
    about = [event for event in events if event.get("target") in held]

    assert all(held[event["target"]] >= event["seq"] for event in about)
    changed = {event["target"]: event["seq"] for event in about}
    assert all(held[target] == seq for target, seq in changed.items())


def test_the_random_steps_write_every_kind_of_entry_there_is() -> None:
    """A kind that no step writes would hold in every story told above."""
    written: set[str] = set()
    for seed in range(100):
        draw = random.Random(seed)
        steps = [(draw.choice(KINDS_OF_STEP), draw.choice(PEOPLE)) for _ in range(MAX_STEPS)]
        written |= {entry.kind for entry in run(steps, seed).log()}
        if written == FACTS.keys():
            break

    assert written == FACTS.keys(), f"missing after {seed + 1} stories"


def test_the_check_sees_an_event_that_was_never_applied() -> None:
    """The control: a fold that skips one event is not the snapshot."""
    world = run([("say", ANN), ("say", BEN)], seed=0)
    [client] = [c for c in world.all_home() if c.user == BEN]
    del client.fold.messages[max(client.fold.messages)]

    assert client.fold.to(BEN.id) != snapshot(world, BEN.id)


@functools.cache
def stories() -> list[World]:
    """Tell forty stories, and keep those that ann stays in; in every other one nobody closes it."""
    told: list[World] = []
    for seed in range(40):
        draw = random.Random(seed)
        steps = [("say", BEN), ("show", BEN)] + [(k, BEN) for k in CHANGES]
        steps += [(draw.choice(COMMON), draw.choice((ANN, BEN, CLEO))) for _ in range(20)]
        decided = ["role", "mute", "mute", "room", "remove", "ban"] + ["close"] * (seed % 2)
        told.append(run([*steps, *((kind, ANN) for kind in decided)], seed))
    return [world for world in told if world.app.members.find(world.room_id, ANN.id)]


def folded(world: World, *, without: str) -> Screen | None:
    """Fold a log for ann, but for one kind of entry; None if the others do not fit any more."""
    fold = Fold()
    with suppress(KeyError):
        for entry in world.log():
            if entry.kind != without:
                fold.apply(json.loads(encode(wire_event(entry))))
        return fold.to(ANN.id)
    return None


@pytest.mark.parametrize("kind", FACTS)
def test_who_passes_over_any_kind_of_entry_does_not_have_the_snapshot(kind: str) -> None:
    """The control of each kind there is: it happens in stories, and what it does is to be seen."""
    happens = [world for world in stories() if kind in {entry.kind for entry in world.log()}]
    seen = [world for world in happens if folded(world, without=kind) != snapshot(world, ANN.id)]

    assert happens
    assert seen
    assert all(folded(world, without="") == snapshot(world, ANN.id) for world in happens)


def test_who_left_is_refused_and_hears_nothing_more() -> None:
    world = run([("connect", BEN), ("leave", BEN), ("say", ANN)], seed=0)
    ben = world.clients[BEN.id]

    with pytest.raises(NotAMember):
        ben.catch_up()
    assert ben.fold.messages == {}
    messages, *_ = snapshot(world, ANN.id)
    assert [text for _, text, *_ in messages.values()] == ["message-1"]
