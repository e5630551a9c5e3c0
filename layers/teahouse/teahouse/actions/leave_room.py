"""Leave a room by choice."""

from __future__ import annotations

from teahouse.actions.close_room import close_room
from teahouse.actions.end_membership import Ending, Going, end_membership
from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.entry import MemberLeft
from teahouse.domain.errors import Forbidden


def leave_room(app: App, *, user_id: str, room_id: str) -> None:
    """Leave; the person's connections hear `roomRemoved` and stay open for other rooms.

    The last owner leaves only when nobody else is there, and so closes the room.

    Raises:
        NotAMember: not in the room.
        Forbidden: the room would be nobody's.
        Busy: too much contention; the outcome is unknown.
    """

    def look() -> Going:
        member = require_member(app, room_id, user_id)
        if member.role == "owner" and app.rooms.get(room_id).needs_owner:
            raise Forbidden("You own this room: name another owner first.")
        return Going(member=member)

    ending = Ending(
        room_id=room_id,
        user_id=user_id,
        by_id=user_id,
        fact=MemberLeft(user_id=user_id),
        reason="left",
    )
    _close_if_alone(app, user_id, room_id)
    end_membership(app, ending, look)


def _close_if_alone(app: App, user_id: str, room_id: str) -> None:
    """Close a room that is left by the only one in it, so that no code leads into it any more."""
    if require_member(app, room_id, user_id).role != "owner":
        return
    room = app.rooms.get(room_id)
    if room.needs_owner and room.member_count == 1:
        close_room(app, by_id=user_id, room_id=room_id, is_alone=True)
