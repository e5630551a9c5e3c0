"""Stop hearing a room on one connection; membership stays."""

from __future__ import annotations

from teahouse.actions.acknowledge import best_effort
from teahouse.actions.tell_presence import tell_stopped
from teahouse.app import App


def unjoin_room(app: App, *, user_id: str, room_id: str, connection_id: str) -> None:
    """Take the connection's registration back, and tell the room if it was the person's last.

    There may be none; then nobody is told, and nothing says whether there is such a room.
    """
    if app.connections.unregister(room_id, connection_id):
        best_effort(lambda: tell_stopped(app, room_id, user_id))
