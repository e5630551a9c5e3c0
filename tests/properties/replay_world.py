"""One room, three people with their clients, and what they do in it step by step."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import assume
from teahouse.actions.ban_member import ban_member
from teahouse.actions.become_member import become_member
from teahouse.actions.change_role import change_role
from teahouse.actions.change_room import change_room
from teahouse.actions.close_room import close_room
from teahouse.actions.create_upload import create_upload
from teahouse.actions.delete_message import delete_message
from teahouse.actions.edit_message import edit_message
from teahouse.actions.leave_room import leave_room
from teahouse.actions.lift_ban import lift_ban
from teahouse.actions.list_members import list_members
from teahouse.actions.mute_member import mute_member
from teahouse.actions.process_upload import process_upload
from teahouse.actions.react import react
from teahouse.actions.read_messages import read_messages
from teahouse.actions.remove_member import remove_member
from teahouse.actions.send_message import send_message
from teahouse.actions.show_room import show_room
from teahouse.domain.entry import Entry, MessageSent
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
from teahouse.protocol.shapes import WireMessage

from tests.cast import ANN, BEN, CLEO
from tests.properties.follower import Client, Screen
from tests.world import memory_app, open_den, start_of

EMOJIS = ("🍵", "❤️")


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


def run(steps: list[tuple[str, User]], seed: int) -> World:
    world = World(seed)
    for kind, who in steps:
        world.step(kind, who)
    return world
