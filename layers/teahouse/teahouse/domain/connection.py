"""What do we remember of one socket, and for how long?"""

from __future__ import annotations

from dataclasses import field

from teahouse.domain.values import dataclass

MAX_AGE_MS = 2 * 3600 * 1000  # API Gateway quotas page, "connection duration for WebSocket API"
ROOM_ROW_MS = MAX_AGE_MS + 5 * 60 * 1000  # rows of a room outlive the longest connection
LEASE_MS = 11 * 60 * 1000  # the idle limit of 10 min, and a minute for late events
RENEW_AFTER_MS = 4 * 60 * 1000  # the connection's own row is written at most this often
DEPARTURE_ROW_MS = 60 * 60 * 1000  # whom nobody has missed for so long nobody needs to be told of
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
    """One connection that hears a room; `since` tells which of a person's two came first."""

    connection_id: str
    user_id: str
    since: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One connection that heard a room and has ended, and nobody was told yet."""

    connection_id: str
    user_id: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who hears a room, and who did a while ago; whom a tombstone hides is in neither."""

    listeners: list[Listener]
    departures: list[Departure]
