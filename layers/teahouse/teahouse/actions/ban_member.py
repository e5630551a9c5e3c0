"""Ban somebody from a room: out of it, and no way back in."""

from __future__ import annotations

from teahouse.actions.decide_member import require_moderator
from teahouse.actions.end_membership import Ending, Going, end_membership
from teahouse.app import App
from teahouse.domain.entry import MemberBanned
from teahouse.domain.errors import Forbidden, NotFound


def ban_member(app: App, *, by_id: str, room_id: str, user_id: str) -> None:
    """Ban somebody, who need not be a member (any more); once more changes nothing.

    Who may remove a member may ban them; a stranger any owner or moderator.

    Raises:
        NotAMember: the one who bans is not in the room.
        Forbidden: may not ban this person, or not oneself.
        NotFound: there is no such person.
        RoomClosed: there is nothing left to be kept out of.
        Busy: too much contention; the outcome is unknown.
    """

    def look() -> Going | None:
        by = require_moderator(app, room_id, by_id)
        member = app.members.find(room_id, user_id)
        if member is not None and not by.may_remove(member):
            raise Forbidden("You may not ban this member.")
        if member is None and user_id not in app.accounts.get_many([user_id]):
            raise NotFound
        if app.moderation.find_ban(room_id, user_id) is not None:
            return None
        return Going(member=member, by=by)

    ending = Ending(
        room_id=room_id,
        user_id=user_id,
        by_id=by_id,
        fact=MemberBanned(user_id=user_id),
        reason="banned",
    )
    end_membership(app, ending, look)
