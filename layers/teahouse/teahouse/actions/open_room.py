"""Open a room of one's own."""

from __future__ import annotations

from contextlib import suppress

from teahouse.actions.become_member import require_space
from teahouse.actions.change_profile import take_avatar
from teahouse.actions.settle import settle
from teahouse.actions.tell_person import tell_person
from teahouse.app import App
from teahouse.domain.entry import Entry, RoomOpened, body_hash
from teahouse.domain.errors import NotFound
from teahouse.domain.member import Member, Membership
from teahouse.domain.room import Room, RoomKind, clean_description, clean_room_name
from teahouse.ports import OutcomeUnknown
from teahouse.protocol.frames import RoomAdded
from teahouse.protocol.shapes import WireRoom
from teahouse.protocol.views import wire_room

ROOM_KEY_CHARS = 8  # 48 random bits: they tell rooms apart and guard nothing


def open_room(
    app: App,
    *,
    owner_id: str,
    name: str,
    description: str = "",
    kind: RoomKind = "private",
    avatar: str | None = None,
) -> WireRoom:
    """Open a room, and tell the owner's connections; a private room has an invitation code.

    Raises:
        Invalid: name or description is not acceptable; there is no such picture of theirs.
        Conflict: in too many rooms.
        Busy: too much contention; the outcome is unknown.
    """
    name, description = clean_room_name(name), clean_description(description)
    require_space(app, owner_id)
    if avatar is not None:
        take_avatar(app, owner_id, avatar)
    room = Room(
        id=app.ids.new_id(),
        name=name,
        description=description,
        kind=kind,
        owner_id=owner_id,
        room_key=new_room_key(app),
        created_at=app.clock.now_ms(),
        member_count=1,
        code=app.ids.new_code() if kind == "private" else None,
        avatar=avatar or None,
    )
    owner = Member(
        room_id=room.id,
        user=app.accounts.get(owner_id),
        role="owner",
        joined_at=room.created_at,
        decided_seq=1,
    )
    opened = first_entry(app, room)
    settle(app, lambda: _attempt(app, room, owner, opened))
    shown = wire_room(room, None, _first_membership(owner), epoch=app.epoch(room.room_key))
    with suppress(OutcomeUnknown):  # the room is there, whoever hears of it
        tell_person(app, owner_id, RoomAdded(room=shown))
    return shown


def new_room_key(app: App) -> str:
    """Draw a room's random part of the epoch."""
    return app.ids.new_id()[-ROOM_KEY_CHARS:]


def first_entry(app: App, room: Room) -> Entry:
    """Make slot 1 of a room."""
    fact = RoomOpened(name=room.name)
    return Entry(
        seq=1,
        by=room.owner_id,
        at=room.created_at,
        fact=fact,
        operation_id=app.ids.new_code(),
        body_hash=body_hash(fact),
        number=0,
        room_key=room.room_key,
    )


def _attempt(app: App, room: Room, owner: Member, opened: Entry) -> bool | None:
    if app.rooms.create(room, owner, opened):
        return True
    try:  # the id is random: if the room is there, an earlier attempt of ours made it
        return app.rooms.get(room.id).room_key == room.room_key or None
    except NotFound:
        return None


def _first_membership(owner: Member) -> Membership:
    return Membership(
        user_id=owner.user.id,
        room_id=owner.room_id,
        role=owner.role,
        joined_at=owner.joined_at,
        read_seq=1,
        read_number=0,
    )
