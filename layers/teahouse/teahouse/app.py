"""What does an action have at hand? `App`: one value with one field per port."""

from __future__ import annotations

from dataclasses import field

from teahouse.domain.presence import GRACE_MS
from teahouse.domain.values import dataclass
from teahouse.ports import (
    Accounts,
    Broadcaster,
    Clock,
    Connections,
    Ids,
    Members,
    Messages,
    Moderation,
    Notifications,
    ObjectStore,
    Passwords,
    Pictures,
    Proofs,
    RoomLog,
    Rooms,
    Safety,
    Tokens,
    Uploads,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything the core needs. `store_generation` is raised by any restore of the store.

    The dictionaries are this process's own memory, to spare reads, writes and posts: when (ms) it
    last wrote each room's summary and each connection's lease, looked for who has gone from a room,
    told a crowd its number, told a room that somebody is writing, and lost slot after slot of it to
    others; and how long its last push to each room took. Losing them costs one more, nothing else.
    """

    log: RoomLog
    rooms: Rooms
    members: Members
    messages: Messages
    moderation: Moderation
    notifications: Notifications
    safety: Safety
    connections: Connections
    accounts: Accounts
    proofs: Proofs
    broadcaster: Broadcaster
    passwords: Passwords
    tokens: Tokens
    uploads: Uploads
    objects: ObjectStore
    pictures: Pictures
    clock: Clock
    ids: Ids
    store_generation: str
    grace_ms: int = GRACE_MS
    summarized_at: dict[str, int] = field(default_factory=dict)
    renewed_at: dict[str, int] = field(default_factory=dict)
    glanced_at: dict[str, int] = field(default_factory=dict)
    counted_at: dict[str, int] = field(default_factory=dict)
    typed_at: dict[tuple[str, str], int] = field(default_factory=dict)
    crowded_at: dict[str, int] = field(default_factory=dict)
    push_ms: dict[str, int] = field(default_factory=dict)

    def epoch(self, room_key: str) -> str:
        """Name the epoch of a room: its own random part and the store's generation."""
        return f"{room_key}.{self.store_generation}"
