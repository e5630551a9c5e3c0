"""What does one room look like to one of its members?"""

from __future__ import annotations

from collections.abc import Iterable

from teahouse.actions.require_member import require_member
from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.errors import NotAMember
from teahouse.domain.room import Room
from teahouse.domain.user import User
from teahouse.protocol.shapes import WireRoom
from teahouse.protocol.views import wire_room


def show_room(app: App, *, user_id: str, room_id: str) -> WireRoom:
    """Show a room as its log stands; the summary that lists show may lag behind it.

    Raises:
        NotAMember: not in the room.
    """
    require_member(app, room_id, user_id)
    found = app.rooms.get_many([room_id]).get(room_id)
    if found is None:
        raise NotAMember
    room, summary = found
    membership, newest = together(
        lambda: app.members.membership(room_id, user_id), lambda: app.log.newest(room_id)
    )
    peer = peers(app, user_id, [room]).get(room_id)
    epoch = app.epoch(room.room_key)
    return wire_room(room, summary, membership, epoch=epoch, peer=peer, newest=newest)


def peers(app: App, user_id: str, rooms: Iterable[Room]) -> dict[str, User]:
    """Find the other one of each direct room, by the room's id; one read if there is any."""
    others = {room.id: other for room in rooms if (other := room.other_than(user_id))}
    users = app.accounts.get_many(set(others.values())) if others else {}
    return {room_id: users[other] for room_id, other in others.items() if other in users}
