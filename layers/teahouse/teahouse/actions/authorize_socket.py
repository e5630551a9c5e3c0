"""Decide who opens a socket, before it is open."""

from __future__ import annotations

from teahouse.actions.recognize import recognize_session, require_alive
from teahouse.app import App
from teahouse.domain.errors import Forbidden, NotSignedIn
from teahouse.domain.session import Caller, hash_secret


def authorize_socket(
    app: App,
    *,
    ticket: str | None,
    credential: str | None,
    origin: str | None,
    is_own_origin: bool,
) -> Caller:
    """Find who is behind a handshake: a ticket, where there is one, else the session cookie.

    A ticket is from a client that asked for it: a page may use what it asked for itself, or what a
    program gave to it. A browser sends the cookie whatever page opens the socket, so that page must
    be ours.

    Raises:
        NotSignedIn: neither; the ticket is used, expired, wrong or another page's; the session has
            ended.
        Forbidden: a cookie, and a page that is not ours.
    """
    if ticket is not None:
        return _take(app, ticket, origin)
    if credential is None:
        raise NotSignedIn
    if not is_own_origin:
        raise Forbidden("This socket was opened by another site.")
    return recognize_session(app, credential)


def _take(app: App, secret: str, origin: str | None) -> Caller:
    ticket = app.accounts.take_ticket(hash_secret(secret))
    if ticket is None or ticket.expires_at <= app.clock.now_ms():
        raise NotSignedIn
    if ticket.origin not in (None, origin):
        raise NotSignedIn
    caller = Caller(user_id=ticket.user_id, session_id=ticket.session_id, scopes=ticket.scopes)
    require_alive(app, caller)
    return caller
