"""Connections on DynamoDB: rows beside the room, beside the connection and beside the person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pynamodb.exceptions import DeleteError, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.tables import ConnectionsMeta, row_model
from teahouse.adapters.dynamodb.tables import connection as endpoint
from teahouse.adapters.items.connections import (
    PEOPLE_SHARDS,
    ConnectionItem,
    Heard,
    ListenerItem,
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
from teahouse.domain.connection import Attendance, Connection, Listener
from teahouse.ports import Clock

ListenerRow: Any = row_model(ListenerItem, ConnectionsMeta)
ConnectionRow: Any = row_model(ConnectionItem, ConnectionsMeta)


class DynamoDbConnections:
    """The connections' table."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def put_if_absent(self, connection: Connection) -> bool:
        own, of_user = connection_items(connection)
        try:
            with translated(), TransactWrite(connection=endpoint()) as transaction:
                transaction.save(ConnectionRow.of(own), condition=ConnectionRow.pk.does_not_exist())
                transaction.save(ConnectionRow.of(of_user))
        except TransactWriteError as error:
            if classify(error)[0] is Failure.CONDITION:
                return False
            raise
        return True

    def find(self, connection_id: str) -> Connection | None:
        with translated():
            try:
                row = ConnectionRow.get(*own_key(connection_id), consistent_read=True)
            except ConnectionRow.DoesNotExist:
                return None
        return connection_of(row.item(ConnectionItem))

    def renew(self, connection: Connection, lease_until: int) -> None:
        row = ConnectionRow(*own_key(connection.id))
        try:
            with translated():
                row.update(
                    actions=[ConnectionRow.lease.set(lease_until)],
                    condition=ConnectionRow.u.exists(),
                )
        except UpdateError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise

    def forget(self, connection_id: str, *, tombstone_until: int | None = None) -> None:
        with translated():
            found = ConnectionRow.query(connection_partition(connection_id), consistent_read=True)
            rows = [row.item(ConnectionItem) for row in found]
            with ListenerRow.batch_write() as batch:
                for item in departure_items(rows, connection_id, self._clock.now_ms()):
                    batch.save(ListenerRow.of(item))
                for key in keys_to_forget(rows, connection_id):
                    batch.delete(ListenerRow(*key))
            if tombstone_until is None:
                ConnectionRow(*own_key(connection_id)).delete()
            else:
                ConnectionRow.of(end_item(connection_id, tombstone_until)).save()

    def of_user(self, user_id: str) -> list[Connection]:
        now = self._clock.now_ms()
        with translated():
            found = ConnectionRow.query(
                user_shard(user_id),
                ConnectionRow.sk.startswith(user_prefix(user_id)),
                consistent_read=True,
            )
            return connections_of([row.item(ConnectionItem) for row in found], now)

    def everyone(self) -> Iterator[list[str]]:
        now = self._clock.now_ms()
        for number in range(PEOPLE_SHARDS):
            with translated():
                rows = [row.item(ConnectionItem) for row in ConnectionRow.query(shard(number))]
            yield [connection.id for connection in connections_of(rows, now)]

    def register(self, room_id: str, listener: Listener, expires_at: int) -> None:
        with translated():
            # The row to take back comes first: killed between the two, nothing is left behind.
            for item in listener_items(room_id, listener, expires_at):
                ListenerRow.of(item).save()

    def unregister(self, room_id: str, connection_id: str) -> bool:
        heard = _delete_if(listener_key(room_id, connection_id), ListenerRow.u.exists())
        with translated():
            ListenerRow(*heard_key(connection_id, room_id)).delete()
        return heard

    def of_room(self, room_id: str, now_ms: int) -> list[Listener]:
        return self.attendance(room_id, now_ms).listeners

    def attendance(self, room_id: str, now_ms: int) -> Attendance:
        with translated():
            heard = list(ListenerRow.items(Heard, room_partition(room_id)))
        return attendance_of(heard, now_ms)

    def glance(self, room_id: str, now_ms: int, max_rows: int) -> Attendance | None:
        with translated():
            rows = list(ListenerRow.query(room_partition(room_id), limit=max_rows + 1))
        if len(rows) > max_rows:
            return None
        return attendance_of((row.item(Heard) for row in rows), now_ms)

    def take_departure(self, room_id: str, connection_id: str) -> bool:
        return _delete_if(listener_key(room_id, connection_id), ListenerRow.left.exists())


def _delete_if(key: Key, condition: Any) -> bool:
    try:
        with translated():
            ListenerRow(*key).delete(condition=condition)
    except DeleteError as error:
        if classify(error)[0] is Failure.CONDITION:
            return False
        raise
    return True
