"""Whose session is this? The one way from a credential or a token to a `Caller`."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.errors import NotSignedIn
from teahouse.domain.key import is_key_id, parse_key
from teahouse.domain.session import TOUCH_AFTER_MS, Caller, Session, parse_credential


def recognize_session(app: App, credential: str) -> Caller:
    """Find the caller by what the session cookie or the refresh token holds; one strong read.

    Raises:
        NotSignedIn: unreadable, wrong, revoked or ended: all the same.
    """
    return touch(app, session_behind(app, credential))


def session_behind(app: App, credential: str) -> Session:
    """Get the living session that a credential opens.

    Raises:
        NotSignedIn: as `recognize_session`.
    """
    parsed = parse_credential(credential)
    if parsed is None:
        raise NotSignedIn
    user_id, session_id, secret = parsed
    session = _alive(app, user_id, session_id)
    if not session.is_opened_by(secret):
        raise NotSignedIn
    return session


def recognize_token(app: App, token: str) -> Caller:
    """Find the caller by an access token; its session is read again, so revoking is immediate.

    Raises:
        NotSignedIn: the token does not hold, or its session has ended.
    """
    named = app.tokens.read(token, app.clock.now_ms())
    if named is None:
        raise NotSignedIn
    return touch(app, _alive(app, *named))


def recognize_key(app: App, text: str) -> Caller:
    """Find the caller by an API key; one strong read, so revoking is immediate.

    Raises:
        NotSignedIn: unreadable, wrong or revoked: all the same.
    """
    parsed = parse_key(text)
    key = app.accounts.find_key(parsed[0], parsed[1]) if parsed else None
    if parsed is None or key is None or not key.is_opened_by(parsed[2]):
        raise NotSignedIn
    return Caller(user_id=key.user_id, session_id=key.id, scopes=key.scopes)


def require_alive(app: App, caller: Caller) -> None:
    """Look again whether a session, or the key in its place, is still there.

    Raises:
        NotSignedIn: it has ended.
    """
    if not is_key_id(caller.session_id):
        _alive(app, caller.user_id, caller.session_id)
    elif app.accounts.find_key(caller.user_id, caller.session_id) is None:
        raise NotSignedIn


def touch(app: App, session: Session) -> Caller:
    """Move a session's idle clock on, written at most once an hour; returns whose it is."""
    now_ms = app.clock.now_ms()
    if now_ms - session.last_used_at >= TOUCH_AFTER_MS:
        app.accounts.touch_session(session, now_ms)
    return Caller(user_id=session.user_id, session_id=session.id)


def _alive(app: App, user_id: str, session_id: str) -> Session:
    session = app.accounts.find_session(user_id, session_id)
    if session is None or not session.is_alive(app.clock.now_ms()):
        raise NotSignedIn
    return session
