"""Close a room: its log ends, and stays readable to its members."""

from __future__ import annotations

from dataclasses import replace

from teahouse.actions.decide_room import RoomDecision, decide_room
from teahouse.app import App
from teahouse.domain.entry import RoomClosed
from teahouse.domain.errors import Forbidden
from teahouse.domain.member import Member
from teahouse.domain.room import LOBBY_ID, Room


def close_room(app: App, *, by_id: str, room_id: str, is_alone: bool = False) -> None:
    """End a room's log for good; its code is dead, and no list of public rooms shows it.

    One that is closed stays so. With `is_alone`, only if nobody else is in it.

    Raises:
        NotAMember, Busy: as `decide_room`.
        Forbidden: no owner closes it, or it is the lobby.
    """

    def decide(room: Room, by: Member) -> RoomDecision | None:
        if by.role != "owner" or room.id == LOBBY_ID:
            raise Forbidden("Only owners may close a room, and nobody the lobby.")
        if room.closed_at is not None or (is_alone and room.member_count > 1):
            return None
        after = replace(room, code=None, closed_at=app.clock.now_ms())
        return RoomDecision(after=after, fact=RoomClosed(), is_alone=is_alone)

    decide_room(app, by_id=by_id, room_id=room_id, decide=decide)
