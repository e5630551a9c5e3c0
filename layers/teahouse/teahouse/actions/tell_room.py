"""How do the members of a room hear of something? One frame to each connection that hears it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from teahouse.app import App
from teahouse.domain.connection import Listener
from teahouse.domain.entry import Entry
from teahouse.domain.user import User
from teahouse.protocol.codec import chunks, encode, wire_event
from teahouse.protocol.frames import MAX_FRAME_BYTES, Events
from teahouse.protocol.views import wire_user

ENVELOPE_BYTES = 256  # what an `events` frame weighs without its entries and users


def who_hears(app: App, room_id: str) -> list[Listener]:
    """Read who hears a room now, strongly."""
    return app.connections.of_room(room_id, app.clock.now_ms())


def tell_room(
    app: App,
    room_id: str,
    entries: Sequence[Entry],
    users: Iterable[User],
    skip_connection: str | None = None,
    *,
    listeners: Sequence[Listener] | None = None,
) -> int:
    """Push entries of the log to everyone who hears the room; give the number of posts.

    `entries` ascend without a hole. A push is a hint: what gets lost is healed by the log, so no
    failure of one connection fails the rest. `listeners`, read after the entries were written, save
    the one strong Query; connections that turn out to be gone are forgotten, each by its own id.
    """
    if listeners is None:
        listeners = who_hears(app, room_id)
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
    for connection_id in gone:
        app.connections.forget(connection_id)
    return posts
