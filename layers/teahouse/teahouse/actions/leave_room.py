"""Leave a room by choice."""

from __future__ import annotations

from teahouse.actions.end_membership import Ending, end_membership
from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.entry import MemberLeft
from teahouse.domain.errors import Forbidden
from teahouse.domain.member import Member


def leave_room(app: App, *, user_id: str, room_id: str) -> None:
    """Leave; the person's connections hear `roomRemoved` and stay open for other rooms.

    Raises:
        NotAMember: not in the room.
        Forbidden: the room would be nobody's.
        Busy: too much contention; the outcome is unknown.
    """

    def look() -> tuple[Member, None]:
        member = require_member(app, room_id, user_id)
        if member.role == "owner" and app.rooms.get(room_id).owners < 2:
            raise Forbidden("You own this room: name another owner first.")
        return member, None

    ending = Ending(
        room_id=room_id,
        user_id=user_id,
        by_id=user_id,
        fact=MemberLeft(user_id=user_id),
        reason="left",
    )
    end_membership(app, ending, look)
