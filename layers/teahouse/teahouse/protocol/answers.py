"""What do the answers of accounts and sessions look like?"""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from teahouse.domain.session import Session
from teahouse.protocol.shapes import Wire, WireUser


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
