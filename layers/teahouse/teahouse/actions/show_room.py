"""What does one room look like to one of its members?"""

from __future__ import annotations

from collections.abc import Sequence

from teahouse.actions.require_member import require_member
from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.errors import NotAMember
from teahouse.domain.room import Room, Summary
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
    membership, (newest, people) = together(
        lambda: app.members.membership(room_id, user_id),
        lambda: together(
            lambda: app.log.newest(room_id), lambda: faces(app, user_id, [(room, summary)])
        ),
    )
    epoch = app.epoch(room.room_key)
    return wire_room(room, summary, membership, epoch=epoch, people=people, newest=newest)


def faces(app: App, user_id: str, rooms: Sequence[tuple[Room, Summary | None]]) -> dict[str, User]:
    """Read whom rooms show: the other one of a direct room, and who spoke last.

    One batched read. Names are kept nowhere else, so whoever is called otherwise is shown so, and
    who is erased by no name.
    """
    others = {room.other_than(user_id) for room, _ in rooms}
    authors = {summary.by for _, summary in rooms if summary is not None and summary.text}
    shown = {person for person in others | authors if person is not None}
    return app.accounts.get_many(shown) if shown else {}
