"""End sessions: cookie, tokens and sockets stop at once."""

from __future__ import annotations

from collections.abc import Sequence

from teahouse.app import App
from teahouse.domain.connection import Connection
from teahouse.domain.errors import NotFound
from teahouse.domain.session import Caller
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import Goodbye

# A handshake may still be on its way: it has put its connection, has looked at the session for the
# last time, and is not open yet, so posts answer 410 and closing does nothing.
HANDSHAKE_MS = 30 * 1000
TRIES = 5
PAUSE_S = 0.2


def sign_out(app: App, *, caller: Caller, session_id: str) -> None:
    """End one of the caller's sessions.

    Raises:
        NotFound: the caller has no such session.
    """
    if app.accounts.find_session(caller.user_id, session_id) is None:
        raise NotFound
    end_sessions(app, caller.user_id, [session_id])


def sign_out_everywhere(app: App, *, caller: Caller) -> None:
    """End all of the caller's sessions, this one too."""
    sign_out_all(app, caller.user_id)


def sign_out_all(app: App, user_id: str) -> None:
    """End all sessions of a person, whoever asks: the account was recovered or erased."""
    sessions = app.accounts.sessions_of(user_id)
    end_sessions(app, user_id, [session.id for session in sessions])


def sign_out_elsewhere(app: App, *, caller: Caller) -> None:
    """End all of the caller's sessions but this one."""
    sessions = app.accounts.sessions_of(caller.user_id)
    others = [session.id for session in sessions if session.id != caller.session_id]
    end_sessions(app, caller.user_id, others)


def end_sessions(app: App, user_id: str, session_ids: Sequence[str]) -> None:
    """Remove the sessions, then close their sockets.

    In this order a socket that is being opened meanwhile is found by one of the two: `$connect`
    puts its connection and then looks at the session.
    """
    for session_id in session_ids:
        app.accounts.remove_session(user_id, session_id)
    close_sockets(app, user_id, session_ids)


def close_sockets(app: App, user_id: str, session_ids: Sequence[str]) -> None:
    """Say goodbye to the sockets of sessions or keys that are gone, and close them."""
    open_sockets = [c for c in app.connections.of_user(user_id) if c.session_id in session_ids]
    _close(app, open_sockets)


def _close(app: App, connections: Sequence[Connection]) -> None:
    frame = encode(
        Goodbye(code="not_signed_in", message="You have been signed out.", reconnect=False)
    )
    left = {connection.id: connection for connection in connections}
    still_open: set[str] = set()
    for attempt in range(TRIES):
        gone = set(app.broadcaster.post(list(left), frame)) if left else set()
        still_open = {c for c in left.keys() - gone if not app.broadcaster.close(c)}
        opening = {c for c in gone if _may_be_opening(app, left[c])}
        for connection_id in gone - opening:
            app.connections.forget(connection_id)
        left = {c: left[c] for c in still_open | opening}
        if not left:
            return
        if attempt + 1 < TRIES:
            app.clock.sleep(PAUSE_S)
    for connection_id in still_open:  # API Gateway closes it in the end; it hears no more
        app.connections.forget(connection_id)


def _may_be_opening(app: App, connection: Connection) -> bool:
    return app.clock.now_ms() - connection.connected_at < HANDSHAKE_MS
