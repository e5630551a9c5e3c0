"""How does a person hear of something that is theirs alone? One frame to each of their devices."""

from __future__ import annotations

from teahouse.app import App
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import Frame


def tell_person(app: App, user_id: str, frame: Frame, *, skip_connection: str | None = None) -> int:
    """Push a frame to a person's connections; give the number of posts. A hint, never the truth."""
    connections = app.connections.of_user(user_id)
    targets = [c.id for c in connections if c.id != skip_connection]
    if targets:
        for gone in app.broadcaster.post(targets, encode(frame)):
            app.connections.forget(gone)
    return len(targets)
