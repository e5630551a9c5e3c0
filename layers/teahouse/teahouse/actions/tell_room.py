"""How do the members of a room hear of something? One frame to each connection that hears it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from teahouse.actions.tell_presence import forget_gone, tell_departures
from teahouse.app import App
from teahouse.domain.connection import Attendance, Listener
from teahouse.domain.entry import Entry
from teahouse.domain.user import User
from teahouse.protocol.codec import chunks, encode, wire_event
from teahouse.protocol.frames import MAX_FRAME_BYTES, Events
from teahouse.protocol.views import wire_user

ENVELOPE_BYTES = 256  # what an `events` frame weighs without its entries and users


def who_hears(app: App, room_id: str) -> Attendance:
    """Read who hears a room now, and who has stopped to, strongly."""
    return app.connections.attendance(room_id, app.clock.now_ms())


def tell_room(
    app: App,
    room_id: str,
    entries: Sequence[Entry],
    users: Iterable[User],
    skip_connection: str | None = None,
    *,
    attendance: Attendance | None = None,
) -> int:
    """Push entries of the log to everyone who hears the room; give the number of posts.

    `entries` ascend without a hole. A push is a hint: what gets lost is healed by the log, so no
    failure of one connection fails the rest. `attendance`, read after the entries were written,
    saves the one strong Query. Last, the room hears whose grace time is over.
    """
    if attendance is None:
        attendance = who_hears(app, room_id)
    posts = _post(app, room_id, entries, users, skip_connection, attendance.listeners)
    tell_departures(app, room_id, attendance)
    return posts


def _post(
    app: App,
    room_id: str,
    entries: Sequence[Entry],
    users: Iterable[User],
    skip_connection: str | None,
    listeners: Sequence[Listener],
) -> int:
    targets = [x.connection_id for x in listeners if x.connection_id != skip_connection]
    if not targets or not entries:
        return 0
    known = {user.id: wire_user(user) for user in users}
    epoch = app.epoch(entries[0].room_key)
    gone: set[str] = set()
    posts = 0
    space = MAX_FRAME_BYTES - ENVELOPE_BYTES - len(encode(known))
    for chunk in chunks([wire_event(entry) for entry in entries], space):
        frame = encode(Events(room_id=room_id, epoch=epoch, events=chunk, users=known))
        alive = [target for target in targets if target not in gone]
        gone.update(app.broadcaster.post(alive, frame))
        posts += len(alive)
    forget_gone(app, gone)
    return posts
