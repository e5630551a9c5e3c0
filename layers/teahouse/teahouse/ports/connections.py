"""What does the core need to know who is connected, and to reach them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from teahouse.domain.connection import Attendance, Connection, Listener


class Connections(Protocol):
    """Which sockets are open, and which rooms they hear."""

    def put_if_absent(self, connection: Connection) -> bool:
        """Remember a connection; False if it, or the tombstone of its end, is there already."""
        ...

    def find(self, connection_id: str) -> Connection | None:
        """Find a connection, strongly."""
        ...

    def renew(self, connection: Connection, lease_until: int) -> None:
        """Move the lease on; a connection that is forgotten stays so."""
        ...

    def forget(self, connection_id: str, *, tombstone_until: int | None = None) -> None:
        """Remove a connection everywhere, and remember that it has ended if so told.

        The rooms it heard keep its departure, in the row that said that it hears them.
        """
        ...

    def of_user(self, user_id: str) -> list[Connection]:
        """List a person's connections, oldest first, strongly; expired ones are left out."""
        ...

    def everyone(self) -> Iterator[list[str]]:
        """Page through the ids of all connections, expired ones left out. May lag.

        For announcements: a Query for each of `PEOPLE_SHARDS`, and no Scan.
        """
        ...

    def register(self, room_id: str, listener: Listener, expires_at: int) -> None:
        """Let a connection hear a room from now on, strongly."""
        ...

    def unregister(self, room_id: str, connection_id: str) -> bool:
        """Let a connection hear a room no more; False if it did not."""
        ...

    def of_room(self, room_id: str, now_ms: int) -> list[Listener]:
        """List who hears a room, strongly.

        Expired rows and those of people with a tombstone are left out.
        """
        ...

    def attendance(self, room_id: str, now_ms: int) -> Attendance:
        """Read who hears a room and who has stopped to, strongly, in one Query."""
        ...

    def glance(self, room_id: str, now_ms: int, max_rows: int) -> Attendance | None:
        """Read the same at half the price, perhaps not of this moment; None if there is more."""
        ...

    def take_departure(self, room_id: str, connection_id: str) -> bool:
        """Remove a departure; True for one caller only, who is to tell the room."""
        ...


class Broadcaster(Protocol):
    """Frames to connections: API Gateway's management API."""

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        """Post one frame to each connection, at most once.

        Returns those that are gone (410). Whatever else goes wrong for one connection is left to
        healing and fails nobody else.
        """
        ...

    def close(self, connection_id: str) -> bool:
        """Close a connection; False if it may still be open. One that is gone is closed."""
        ...
