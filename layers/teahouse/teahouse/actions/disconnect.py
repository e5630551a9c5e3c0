"""Forget a socket that has closed."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.connection import ROOM_ROW_MS


def disconnect(app: App, *, connection_id: str, connected_at: int) -> None:
    """Forget the connection everywhere, and remember that it has ended.

    `$disconnect` may come before `$connect` has written, twice, or late; by the tombstone a late
    `$connect` finds that its socket is gone.
    """
    app.connections.forget(connection_id, tombstone_until=connected_at + ROOM_ROW_MS)
