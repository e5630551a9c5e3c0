"""Take somebody else out of a room."""

from __future__ import annotations

from teahouse.actions.end_membership import Ending, Going, end_membership
from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.entry import MemberRemoved
from teahouse.domain.errors import Forbidden, NotFound


def remove_member(app: App, *, by_id: str, room_id: str, user_id: str) -> None:
    """Remove a member, who hears nothing more of the room from this very step on.

    That the one who removes may do it is decided in the same step as the removal.

    Raises:
        NotAMember: the one who removes is not in the room.
        Forbidden: may not remove this member, or not oneself.
        NotFound: the other one is not in the room.
        Busy: too much contention; the outcome is unknown.
    """

    def look() -> Going:
        remover = require_member(app, room_id, by_id)
        if not remover.may_invite:  # a plain member learns nothing of who is there
            raise Forbidden("Only owner and moderators may remove members.")
        member = app.members.find(room_id, user_id)
        if member is None:
            raise NotFound
        if not remover.may_remove(member):
            raise Forbidden("You may not remove this member.")
        return Going(member=member, by=remover)

    ending = Ending(
        room_id=room_id,
        user_id=user_id,
        by_id=by_id,
        fact=MemberRemoved(user_id=user_id),
        reason="removed",
    )
    end_membership(app, ending, look)
