"""How long is somebody signed in, and what is a ticket?"""

from __future__ import annotations

from dataclasses import dataclass

IDLE_MS = 7 * 24 * 3600 * 1000
ABSOLUTE_MS = 30 * 24 * 3600 * 1000
TOUCH_AFTER_MS = 3600 * 1000  # the idle clock is written at most once an hour
TICKET_MS = 30 * 1000
ACCESS_TOKEN_MS = 10 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in of one person. The secret itself is never stored, only its hash."""

    id: str
    user_id: str
    secret_hash: str
    created_at: int
    last_used_at: int

    def is_alive(self, now_ms: int) -> bool:
        return now_ms < self.ends_at

    @property
    def ends_at(self) -> int:
        return min(self.last_used_at + IDLE_MS, self.created_at + ABSOLUTE_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Leave to open one socket, once, within `TICKET_MS`; for clients without a cookie."""

    secret_hash: str
    user_id: str
    session_id: str
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody whose session has just been found alive."""

    user_id: str
    session_id: str
