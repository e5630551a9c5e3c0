"""Connections in memory."""

from __future__ import annotations

from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.connection import Connection, Listener
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
            for listeners in self._store.listeners.values():
                listeners.pop(connection_id, None)
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

    def register(self, room_id: str, listener: Listener, expires_at: int) -> None:
        with self._store.lock:
            row = (listener.user_id, expires_at)
            self._store.listeners.setdefault(room_id, {})[listener.connection_id] = row

    def unregister(self, room_id: str, connection_id: str) -> None:
        with self._store.lock:
            self._store.listeners.get(room_id, {}).pop(connection_id, None)

    def of_room(self, room_id: str, now_ms: int) -> list[Listener]:
        with self._store.lock:
            return [
                Listener(connection_id=connection_id, user_id=user_id)
                for connection_id, (user_id, expires_at) in self._store.listeners.get(
                    room_id, {}
                ).items()
                if expires_at > now_ms
                and self._store.tombstones.get((room_id, user_id), 0) <= now_ms
            ]
