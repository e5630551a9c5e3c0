"""Who knows whom? People who share a room; a lobby full of strangers is none."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.room import LOBBY_ID, SMALL_ROOM_MEMBERS


def rooms_that_count(app: App, user_id: str) -> list[str]:
    """List a person's rooms in which being a member makes acquainted.

    The lobby is one as long as it is small: above that everybody would know everybody.
    """
    rooms = {membership.room_id for membership in app.members.rooms_of(user_id)}
    if LOBBY_ID in rooms and app.rooms.get(LOBBY_ID).member_count > SMALL_ROOM_MEMBERS:
        rooms.remove(LOBBY_ID)
    return sorted(rooms)


def share_a_room(app: App, user_id: str, other_id: str) -> bool:
    """Tell whether two people know one another; two queries and one read at most."""
    mine = set(rooms_that_count(app, user_id))
    return any(membership.room_id in mine for membership in app.members.rooms_of(other_id))
