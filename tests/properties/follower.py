"""What does a small client that follows the contract, and nothing else, have on its screen?"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from teahouse.actions.join_room import join_room
from teahouse.actions.read_events import read_events
from teahouse.app import App
from teahouse.domain.entry import Position
from teahouse.domain.user import User
from teahouse.protocol.codec import encode

from tests.world import RecordingBroadcaster, listens, start_of

Event = dict[str, Any]
People = dict[str, tuple[str, int | None]]  # role, muted until
Settings = tuple[str, str, str | None, str, bool]  # name, description, picture, kind, closed
Screen = tuple[dict[int, tuple[Any, ...]], People, Settings]


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
