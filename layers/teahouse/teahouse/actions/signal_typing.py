"""Let a room see that somebody is writing."""

from __future__ import annotations

from teahouse.actions.tell_presence import forget_gone, tell_departures
from teahouse.app import App
from teahouse.domain.errors import NotAMember
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import Typing

TYPING_EVERY_MS = 3_000
TYPING_LISTENERS = 50  # above this nobody hears of it


def signal_typing(app: App, *, user_id: str, room_id: str, connection_id: str) -> None:
    """Tell everybody else who hears the room; nothing is written, nothing is tried again.

    One Query. At most once in `TYPING_EVERY_MS` for a person and a room, as far as this worker
    remembers; another one may tell it once more.

    Raises:
        NotAMember: the connection does not hear the room.
    """
    now = app.clock.now_ms()
    told = (user_id, room_id)
    if now - app.typed_at.get(told, 0) < TYPING_EVERY_MS:
        return
    attendance = app.connections.attendance(room_id, now)
    listeners = attendance.listeners
    if connection_id not in {x.connection_id for x in listeners}:
        raise NotAMember
    app.typed_at[told] = now
    others = [x.connection_id for x in listeners if x.user_id != user_id]
    if others and len(listeners) <= TYPING_LISTENERS:
        frame = encode(Typing(room_id=room_id, user_id=user_id))
        forget_gone(app, app.broadcaster.post(others, frame))
    tell_departures(app, room_id, attendance)
