"""Remember a new socket, if the session behind it is still alive."""

from __future__ import annotations

from teahouse.actions.recognize import require_alive
from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.connection import LEASE_MS, MAX_PER_USER, Connection
from teahouse.domain.errors import Conflict, NotSignedIn
from teahouse.domain.session import Caller
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import Goodbye


def connect(app: App, *, caller: Caller, connection_id: str, connected_at: int) -> None:
    """Remember the connection, then look at the session once more.

    The revoker of a session closes the sockets it finds; one that was being opened meanwhile is
    found here. A person's eleventh connection closes the oldest.

    Raises:
        NotSignedIn: the session has ended.
        Conflict: the connection has ended already, or is known.
    """
    connection = Connection(
        id=connection_id,
        user_id=caller.user_id,
        session_id=caller.session_id,
        connected_at=connected_at,
        lease_until=app.clock.now_ms() + LEASE_MS,
    )
    if not app.connections.put_if_absent(connection):
        raise Conflict("This connection has ended already.")
    try:
        _, all_open = together(
            lambda: require_alive(app, caller),
            lambda: app.connections.of_user(caller.user_id),
        )
    except NotSignedIn:
        app.connections.forget(connection_id)
        raise
    others = [c for c in all_open if c.id != connection_id]
    for oldest in others[: max(0, len(others) + 1 - MAX_PER_USER)]:
        _close(app, oldest.id)


def _close(app: App, connection_id: str) -> None:
    frame = Goodbye(
        code="too_many_connections",
        message="This connection gave way to a newer one of yours.",
        reconnect=False,
    )
    app.broadcaster.post([connection_id], encode(frame))
    app.broadcaster.close(connection_id)
    app.connections.forget(connection_id)
