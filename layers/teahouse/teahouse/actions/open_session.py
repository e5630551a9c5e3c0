"""Open a session for somebody who has just proven who they are; the end of every sign-in."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.session import Session, hash_secret
from teahouse.domain.user import User
from teahouse.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody with a session. `credential` is for the cookie, or for callers without cookies."""

    user: User
    session: Session
    credential: str
    access_token: str
    expires_at: int


def open_session(app: App, user: User) -> SignedIn:
    """Make a session and its first access token; one write."""
    secret = app.ids.new_secret()
    now_ms = app.clock.now_ms()
    session = Session(
        id=app.ids.new_id(),
        user_id=user.id,
        secret_hash=hash_secret(secret),
        created_at=now_ms,
        last_used_at=now_ms,
    )
    app.accounts.put_session(session)
    return with_token(app, user, session, session.credential(secret))


def with_token(app: App, user: User, session: Session, credential: str) -> SignedIn:
    """Issue an access token for a session that is alive."""
    token, expires_at = app.tokens.issue(session, app.clock.now_ms())
    return SignedIn(
        user=user,
        session=session,
        credential=credential,
        access_token=token,
        expires_at=expires_at,
    )
