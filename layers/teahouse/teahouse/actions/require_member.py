"""Is this person in this room? The one place where reading and writing people are let in."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.errors import NotAMember
from teahouse.domain.member import Member


def require_member(app: App, room_id: str, user_id: str) -> Member:
    """Get the member's row; one strong read.

    Raises:
        NotAMember: not in the room, or there is no such room: nobody can tell which.
    """
    member = app.members.find(room_id, user_id)
    if member is None:
        raise NotAMember
    return member
