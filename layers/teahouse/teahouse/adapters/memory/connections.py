"""Connections in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.connection import (
    DEPARTURE_ROW_MS,
    Attendance,
    Connection,
    Departure,
    Listener,
)
from teahouse.ports import Clock


class MemoryConnections:
    """Connections and who hears which room."""

    def __init__(self, store: MemoryStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def put_if_absent(self, connection: Connection) -> bool:
        with self._store.lock:
            if connection.id in self._store.connections:
                return False
            if connection.id in self._store.ended_connections:
                return False
            self._store.connections[connection.id] = connection
            return True

    def find(self, connection_id: str) -> Connection | None:
        with self._store.lock:
            return self._store.connections.get(connection_id)

    def renew(self, connection: Connection, lease_until: int) -> None:
        with self._store.lock:
            known = self._store.connections.get(connection.id)
            if known is not None:
                self._store.connections[connection.id] = replace(known, lease_until=lease_until)

    def forget(self, connection_id: str, *, tombstone_until: int | None = None) -> None:
        with self._store.lock:
            self._store.connections.pop(connection_id, None)
            for room_id, listeners in self._store.listeners.items():
                row = listeners.pop(connection_id, None)
                if row is not None:
                    departure = Departure(
                        connection_id=connection_id, user_id=row[0].user_id, at=self._clock.now_ms()
                    )
                    self._store.departures.setdefault(room_id, {})[connection_id] = departure
            if tombstone_until is not None:
                self._store.ended_connections[connection_id] = tombstone_until

    def of_user(self, user_id: str) -> list[Connection]:
        now = self._clock.now_ms()
        with self._store.lock:
            found = [
                c
                for c in self._store.connections.values()
                if c.user_id == user_id and c.is_alive(now)
            ]
        return sorted(found, key=lambda c: (c.connected_at, c.id))

    def everyone(self) -> Iterator[list[str]]:
        now = self._clock.now_ms()
        with self._store.lock:
            found = [c.id for c in self._store.connections.values() if c.is_alive(now)]
        yield found

    def register(self, room_id: str, listener: Listener, expires_at: int) -> None:
        with self._store.lock:
            heard = self._store.listeners.setdefault(room_id, {})
            heard[listener.connection_id] = (listener, expires_at)

    def unregister(self, room_id: str, connection_id: str) -> bool:
        with self._store.lock:
            return self._store.listeners.get(room_id, {}).pop(connection_id, None) is not None

    def of_room(self, room_id: str, now_ms: int) -> list[Listener]:
        return self.attendance(room_id, now_ms).listeners

    def attendance(self, room_id: str, now_ms: int) -> Attendance:
        with self._store.lock:
            listeners = [
                listener
                for listener, expires_at in self._rows(room_id)
                if expires_at > now_ms and not self._is_hidden(room_id, listener.user_id, now_ms)
            ]
            departures = [
                departure
                for departure in self._store.departures.get(room_id, {}).values()
                if departure.at + DEPARTURE_ROW_MS > now_ms
                and not self._is_hidden(room_id, departure.user_id, now_ms)
            ]
        return Attendance(listeners=listeners, departures=departures)

    def glance(self, room_id: str, now_ms: int, max_rows: int) -> Attendance | None:
        with self._store.lock:
            rows = len(self._rows(room_id)) + len(self._store.departures.get(room_id, {}))
            return self.attendance(room_id, now_ms) if rows <= max_rows else None

    def take_departure(self, room_id: str, connection_id: str) -> bool:
        with self._store.lock:
            departures = self._store.departures.get(room_id, {})
            return departures.pop(connection_id, None) is not None

    def _rows(self, room_id: str) -> list[tuple[Listener, int]]:
        return list(self._store.listeners.get(room_id, {}).values())

    def _is_hidden(self, room_id: str, user_id: str, now_ms: int) -> bool:
        return self._store.tombstones.get((room_id, user_id), 0) > now_ms
