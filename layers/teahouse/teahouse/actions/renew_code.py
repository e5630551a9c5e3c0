"""Give a room a new invitation code."""

from __future__ import annotations

from teahouse.actions.require_member import require_member
from teahouse.actions.settle import settle
from teahouse.app import App
from teahouse.domain.errors import Conflict, Forbidden, RoomClosed


def renew_code(app: App, *, user_id: str, room_id: str) -> str:
    """Replace the code; the old one is dead at once.

    Raises:
        NotAMember: not in the room.
        Forbidden: may not invite.
        RoomClosed: it leads nowhere any more.
        Conflict: the room is not private, so it has no code.
        Busy: too much contention; the outcome is unknown.
    """
    code = app.ids.new_code()
    return settle(app, lambda: _attempt(app, user_id, room_id, code))


def _attempt(app: App, user_id: str, room_id: str, code: str) -> str:
    member = require_member(app, room_id, user_id)
    if not member.may_invite:
        raise Forbidden("Only owner and moderators may invite.")
    room = app.rooms.get(room_id)
    if room.closed_at is not None:
        raise RoomClosed
    if room.kind != "private":
        raise Conflict("Only private rooms have a code.")
    if room.code != code:  # an earlier attempt of ours may have got through
        app.rooms.replace_code(room, code, by=member)
    return code
