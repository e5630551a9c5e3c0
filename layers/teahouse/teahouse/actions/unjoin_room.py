"""Stop hearing a room on one connection; membership stays."""

from __future__ import annotations

from teahouse.app import App


def unjoin_room(app: App, *, room_id: str, connection_id: str) -> None:
    """Take the connection's registration back; there may be none."""
    app.connections.unregister(room_id, connection_id)
