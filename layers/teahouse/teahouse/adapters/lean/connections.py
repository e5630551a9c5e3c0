"""Connections, lean: rows beside the room, beside the connection and beside the person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from teahouse.adapters.items.connections import (
    PEOPLE_SHARDS,
    ConnectionItem,
    Heard,
    attendance_of,
    connection_items,
    connection_of,
    connection_partition,
    connections_of,
    departure_items,
    end_item,
    heard_key,
    keys_to_forget,
    listener_items,
    listener_key,
    own_key,
    room_partition,
    shard,
    user_prefix,
    user_shard,
)
from teahouse.adapters.items.values import Key
from teahouse.adapters.lean.calls import ConditionFailed
from teahouse.adapters.lean.tables import Tables, place, places, values
from teahouse.domain.connection import Attendance, Connection, Listener
from teahouse.ports import Clock

_IN_PARTITION = "#pk = :pk"


class LeanConnections:
    """The connections' table."""

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._table = tables.connections
        self._clock = clock

    def put_if_absent(self, connection: Connection) -> bool:
        own, of_user = connection_items(connection)
        try:
            self._tables.transact(
                ("Put", self._table.putting(own, "attribute_not_exists(#pk)")),
                ("Put", self._table.putting(of_user)),
            )
        except ConditionFailed:
            return False
        return True

    def find(self, connection_id: str) -> Connection | None:
        item = self._table.find(place(own_key(connection_id)), ConnectionItem)
        return connection_of(item) if item else None

    def renew(self, connection: Connection, lease_until: int) -> None:
        with suppress(ConditionFailed):
            self._table.update(
                place(own_key(connection.id)),
                "SET #lease = :lease",
                "attribute_exists(#u)",
                values(lease=lease_until),
            )

    def forget(self, connection_id: str, *, tombstone_until: int | None = None) -> None:
        partition = values(pk=connection_partition(connection_id))
        rows = list(self._table.query(_IN_PARTITION, partition, ConnectionItem))
        departures = departure_items(rows, connection_id, self._clock.now_ms())
        self._table.write_many(departures, places(keys_to_forget(rows, connection_id)))
        if tombstone_until is None:
            self._table.delete(place(own_key(connection_id)))
        else:
            self._table.put(end_item(connection_id, tombstone_until))

    def of_user(self, user_id: str) -> list[Connection]:
        now = self._clock.now_ms()
        mine = values(pk=user_shard(user_id), sk=user_prefix(user_id))
        found = self._table.query("#pk = :pk AND begins_with(#sk, :sk)", mine, ConnectionItem)
        return connections_of(found, now)

    def everyone(self) -> Iterator[list[str]]:
        now = self._clock.now_ms()
        for number in range(PEOPLE_SHARDS):
            found = self._table.query(
                _IN_PARTITION, values(pk=shard(number)), ConnectionItem, is_consistent=False
            )
            yield [connection.id for connection in connections_of(found, now)]

    def register(self, room_id: str, listener: Listener, expires_at: int) -> None:
        # The row to take back comes first: killed between the two, nothing is left behind.
        for item in listener_items(room_id, listener, expires_at):
            self._table.put(item)

    def unregister(self, room_id: str, connection_id: str) -> bool:
        heard = self._delete_if(listener_key(room_id, connection_id), "attribute_exists(#u)")
        self._table.delete(place(heard_key(connection_id, room_id)))
        return heard

    def of_room(self, room_id: str, now_ms: int) -> list[Listener]:
        return self.attendance(room_id, now_ms).listeners

    def attendance(self, room_id: str, now_ms: int) -> Attendance:
        partition = values(pk=room_partition(room_id))
        rows = self._table.query(_IN_PARTITION, partition, Heard, is_projected=True)
        return attendance_of(rows, now_ms)

    def glance(self, room_id: str, now_ms: int, max_rows: int) -> Attendance | None:
        found = self._table.query(
            _IN_PARTITION,
            values(pk=room_partition(room_id)),
            Heard,
            limit=max_rows + 1,
            is_consistent=False,
            is_projected=True,
        )
        rows = list(found)
        return attendance_of(rows, now_ms) if len(rows) <= max_rows else None

    def take_departure(self, room_id: str, connection_id: str) -> bool:
        return self._delete_if(listener_key(room_id, connection_id), "attribute_exists(#left)")

    def _delete_if(self, key: Key, condition: str) -> bool:
        try:
            self._table.delete(place(key), condition)
        except ConditionFailed:
            return False
        return True
