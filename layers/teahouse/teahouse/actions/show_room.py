"""What does one room look like to one of its members?"""

from __future__ import annotations

from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.errors import NotAMember
from teahouse.protocol.shapes import WireRoom
from teahouse.protocol.views import wire_room


def show_room(app: App, *, user_id: str, room_id: str) -> WireRoom:
    """Show a room as it stands in the person's list.

    Raises:
        NotAMember: not in the room.
    """
    require_member(app, room_id, user_id)
    found = app.rooms.get_many([room_id]).get(room_id)
    if found is None:
        raise NotAMember
    room, summary = found
    membership = app.members.membership(room_id, user_id)
    return wire_room(room, summary, membership, epoch=app.epoch(room.room_key))
