"""What do we remember of one socket, and for how long?"""

from __future__ import annotations

from dataclasses import dataclass

MAX_AGE_MS = 2 * 3600 * 1000  # API Gateway quotas page, "connection duration for WebSocket API"
ROOM_ROW_MS = MAX_AGE_MS + 5 * 60 * 1000  # rows of a room outlive the longest connection
LEASE_MS = 11 * 60 * 1000  # the idle limit of 10 min, and a minute for late events
RENEW_AFTER_MS = 4 * 60 * 1000  # the connection's own row is written at most this often
MAX_PER_USER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One socket. `lease_until` moves on with its keep-alives."""

    id: str
    user_id: str
    session_id: str
    connected_at: int
    lease_until: int

    def is_alive(self, now_ms: int) -> bool:
        return now_ms < self.lease_until and now_ms < self.connected_at + ROOM_ROW_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One connection that hears a room."""

    connection_id: str
    user_id: str
