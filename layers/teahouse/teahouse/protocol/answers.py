"""What do the answers of accounts and sessions look like?"""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from teahouse.domain.key import SCOPES, ApiKey
from teahouse.domain.session import Scope, Session
from teahouse.protocol.shapes import Wire, WireUser


class HealthAnswer(Wire, kw_only=True, frozen=True):
    """This works, and which version it is."""

    ok: bool
    version: str


class MyselfAnswer(Wire, kw_only=True, frozen=True):
    """My profile."""

    user: WireUser


class SignedInAnswer(Wire, kw_only=True, frozen=True):
    """Somebody is signed in; `refresh_token` only for callers that asked for tokens."""

    user: WireUser
    access_token: str
    expires_at: int
    refresh_token: str | UnsetType = UNSET


class RecoveryAnswer(Wire, kw_only=True, frozen=True):
    """A recovery code; it is shown this once."""

    code: str


class WireSession(Wire, kw_only=True, frozen=True):
    """One of my sessions."""

    id: str
    created_at: int
    last_used_at: int
    ends_at: int
    current: bool


class SessionsAnswer(Wire, kw_only=True, frozen=True):
    """My sessions, the one used last first."""

    sessions: list[WireSession]


class WireKey(Wire, kw_only=True, frozen=True):
    """One of my API keys; the key itself was shown when it was made."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: int


class KeysAnswer(Wire, kw_only=True, frozen=True):
    """My API keys, the newest first."""

    keys: list[WireKey]


class KeyAnswer(Wire, kw_only=True, frozen=True):
    """A new API key; `secret` is shown this once, and goes into `Authorization: Bearer`."""

    key: WireKey
    secret: str


class TicketAnswer(Wire, kw_only=True, frozen=True):
    """Leave to open one socket."""

    ticket: str
    expires_at: int


def wire_session(session: Session, current_id: str) -> WireSession:
    """Show a session to whom it belongs."""
    return WireSession(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        ends_at=session.ends_at,
        current=session.id == current_id,
    )


def wire_key(key: ApiKey) -> WireKey:
    """Show an API key to whom it belongs."""
    return WireKey(
        id=key.id,
        name=key.name,
        scopes=[scope for scope in SCOPES if scope in key.scopes],
        created_at=key.created_at,
    )
