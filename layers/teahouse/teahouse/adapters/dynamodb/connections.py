"""Connections on DynamoDB: rows beside the room, beside the connection and beside the person."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.tables import ConnectionsMeta, Model
from teahouse.adapters.dynamodb.tables import connection as endpoint
from teahouse.domain.connection import ROOM_ROW_MS, Connection, Listener
from teahouse.ports import Clock

CONNECTION = "C"


class ListenerRow(Model):
    """Who hears a room (`sk` a connection), or the tombstone of a removal (`sk` "!<user>")."""

    Meta = ConnectionsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    u = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


class ConnectionRow(Model):
    """A connection under its own key; without a user it is the tombstone of its end."""

    Meta = ConnectionsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    u = UnicodeAttribute(null=True)
    s = UnicodeAttribute(null=True)
    at = NumberAttribute(null=True)
    lease = NumberAttribute(null=True)
    ttl = NumberAttribute()


def tombstone(room_id: str, user_id: str, until_ms: int) -> ListenerRow:
    """Make the row that hides a room from a person whatever is still registered."""
    return ListenerRow(f"R#{room_id}", f"!{user_id}", ttl=until_ms // 1000)


class DynamoDbConnections:
    """The connections' table."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def put_if_absent(self, connection: Connection) -> bool:
        ttl = (connection.connected_at + ROOM_ROW_MS) // 1000
        own = ConnectionRow(
            f"C#{connection.id}",
            CONNECTION,
            u=connection.user_id,
            s=connection.session_id,
            at=connection.connected_at,
            lease=connection.lease_until,
            ttl=ttl,
        )
        person = ConnectionRow(
            f"U#{connection.user_id}",
            connection.id,
            s=connection.session_id,
            at=connection.connected_at,
            ttl=ttl,
        )
        try:
            with translated(), TransactWrite(connection=endpoint()) as transaction:
                transaction.save(own, condition=ConnectionRow.pk.does_not_exist())
                transaction.save(person)
        except TransactWriteError as error:
            if classify(error)[0] is Failure.CONDITION:
                return False
            raise
        return True

    def find(self, connection_id: str) -> Connection | None:
        with translated():
            try:
                row = ConnectionRow.get(f"C#{connection_id}", CONNECTION, consistent_read=True)
            except ConnectionRow.DoesNotExist:
                return None
        if row.u is None:
            return None
        return Connection(
            id=connection_id,
            user_id=row.u,
            session_id=row.s,
            connected_at=int(row.at),
            lease_until=int(row.lease),
        )

    def renew(self, connection: Connection, lease_until: int) -> None:
        row = ConnectionRow(f"C#{connection.id}", CONNECTION)
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
            rows = list(ConnectionRow.query(f"C#{connection_id}", consistent_read=True))
            with ListenerRow.batch_write() as batch:
                for row in rows:
                    if row.sk.startswith("R#"):
                        batch.delete(ListenerRow(row.sk, connection_id))
                        batch.delete(ListenerRow(row.pk, row.sk))
                    elif row.u is not None:
                        batch.delete(ListenerRow(f"U#{row.u}", connection_id))
            own = ConnectionRow(f"C#{connection_id}", CONNECTION)
            if tombstone_until is None:
                own.delete()
            else:
                own.ttl = tombstone_until // 1000
                own.save()

    def of_user(self, user_id: str) -> list[Connection]:
        now = self._clock.now_ms()
        with translated():
            rows = list(ConnectionRow.query(f"U#{user_id}", consistent_read=True))
        found = [
            Connection(
                id=row.sk,
                user_id=user_id,
                session_id=row.s,
                connected_at=int(row.at),
                # The person's row is written once; only the connection's own row has the lease.
                lease_until=int(row.ttl) * 1000,
            )
            for row in rows
        ]
        return sorted((c for c in found if c.is_alive(now)), key=lambda c: (c.connected_at, c.id))

    def register(self, room_id: str, listener: Listener, expires_at: int) -> None:
        ttl = expires_at // 1000
        taken_back = ListenerRow(f"C#{listener.connection_id}", f"R#{room_id}", ttl=ttl)
        row = ListenerRow(f"R#{room_id}", listener.connection_id, u=listener.user_id, ttl=ttl)
        with translated():
            # The row to take back comes first: killed between the two, nothing is left behind.
            taken_back.save()
            row.save()

    def unregister(self, room_id: str, connection_id: str) -> None:
        with translated():
            ListenerRow(f"R#{room_id}", connection_id).delete()
            ListenerRow(f"C#{connection_id}", f"R#{room_id}").delete()

    def of_room(self, room_id: str, now_ms: int) -> list[Listener]:
        with translated():
            rows = list(ListenerRow.query(f"R#{room_id}", consistent_read=True))
        alive = [row for row in rows if int(row.ttl) * 1000 > now_ms]
        removed = {row.sk[1:] for row in alive if row.sk.startswith("!")}
        return [
            Listener(connection_id=row.sk, user_id=row.u)
            for row in alive
            if not row.sk.startswith("!") and row.u not in removed
        ]
