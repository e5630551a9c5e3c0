"""Call or describe a room otherwise, or let it be of another kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from teahouse.actions.acknowledge import best_effort
from teahouse.actions.attachments import remove_uploads
from teahouse.actions.change_profile import take_avatar
from teahouse.actions.decide_member import require_moderator
from teahouse.actions.decide_room import RoomDecision, decide_room
from teahouse.actions.show_room import show_room
from teahouse.app import App
from teahouse.domain.entry import RoomChanged
from teahouse.domain.errors import Forbidden, RoomClosed
from teahouse.domain.member import Member
from teahouse.domain.room import LOBBY_ID, Room, clean_description, clean_room_name
from teahouse.protocol.shapes import WireRoom


def change_room(
    app: App,
    *,
    by_id: str,
    room_id: str,
    name: str | None = None,
    description: str | None = None,
    kind: Literal["private", "public"] | None = None,
    avatar: str | None = None,
) -> WireRoom:
    """Change what is named, and give the room; what is so already takes no slot.

    Owners and moderators name, describe and show (an avatar of "" takes the picture away), owners
    alone open or shut the door: a room that becomes private gets a code, one that becomes public is
    listed and has none.

    Raises:
        NotAMember, RoomClosed, Busy: as `decide_room`.
        Forbidden: may not do this; the lobby stays public.
        Invalid: name or description is not acceptable; there is no such picture of theirs.
    """
    name = None if name is None else clean_room_name(name)
    description = None if description is None else clean_description(description)
    earlier = _take_avatar(app, by_id, room_id, avatar) if avatar is not None else None

    def decide(room: Room, by: Member) -> RoomDecision | None:
        if room.closed_at is not None:
            raise RoomClosed
        fact = RoomChanged(
            name=name if name != room.name else None,
            description=description if description != room.description else None,
            avatar=avatar if avatar != (room.avatar or "") else None,
            room_kind=kind if kind != room.kind else None,
        )
        if fact == RoomChanged():
            return None
        if fact.room_kind and (by.role != "owner" or room_id == LOBBY_ID):
            raise Forbidden("Only owners may make a room private or public.")
        after = replace(
            room,
            name=room.name if fact.name is None else fact.name,
            description=room.description if fact.description is None else fact.description,
            avatar=room.avatar if fact.avatar is None else fact.avatar or None,
        )
        if fact.room_kind:
            code = app.ids.new_code() if kind == "private" else None
            after = replace(after, kind=fact.room_kind, code=code)
        return RoomDecision(after=after, fact=fact)

    decide_room(app, by_id=by_id, room_id=room_id, decide=decide)
    if earlier not in (None, avatar):
        best_effort(lambda: remove_uploads(app, [earlier] if earlier else []))
    return show_room(app, user_id=by_id, room_id=room_id)


def _take_avatar(app: App, by_id: str, room_id: str, avatar: str) -> str | None:
    """Let a picture be the room's, for who may change it; gives the one before."""
    require_moderator(app, room_id, by_id)
    earlier = app.rooms.get(room_id).avatar
    if avatar != earlier:
        take_avatar(app, by_id, avatar)
    return earlier
