"""What do connections, and who hears a room, look like in the table?"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Iterable, Sequence

from teahouse.adapters.items.values import Item, Key, Number, Text, number, wrapped
from teahouse.domain.connection import (
    DEPARTURE_ROW_MS,
    ROOM_ROW_MS,
    Attendance,
    Connection,
    Departure,
    Listener,
)

PEOPLE_SHARDS = 16  # a partition takes 1,000 writes a second: 16,000 people may connect at once


class Heard(Item):
    """What of a listener's row a fan-out needs; the rest is not even sent."""

    sk: Text
    ttl: Number
    u: Text | None = None
    at: Number | None = None
    left: Number | None = None


class ListenerItem(Item):
    """Who hears a room (`sk` a connection), or the tombstone of a removal (`sk` "!<user>").

    `at` says since when; with `left`, who heard it until then. Also, under the connection, the room
    that it hears.
    """

    pk: Text
    sk: Text
    ttl: Number
    u: Text | None = None
    at: Number | None = None
    left: Number | None = None


class ConnectionItem(Item):
    """A connection under its own key or its person's; without a user, the tombstone of its end."""

    pk: Text
    sk: Text
    ttl: Number
    u: Text | None = None
    s: Text | None = None
    at: Number | None = None
    lease: Number | None = None


def room_partition(room_id: str) -> str:
    """Name the partition of those who hear a room."""
    return f"R#{room_id}"


def connection_partition(connection_id: str) -> str:
    """Name the partition of a connection."""
    return f"C#{connection_id}"


def user_shard(user_id: str) -> str:
    """Name the partition of a person's connections, and of many others'."""
    return shard(crc32(user_id.encode()) % PEOPLE_SHARDS)


def shard(place: int) -> str:
    """Name one of the partitions that together hold everybody's connections."""
    return f"U#{place}"


def user_prefix(user_id: str) -> str:
    """Say how the sort keys of a person's connections begin; no id holds a `#`."""
    return f"{user_id}#"


def own_key(connection_id: str) -> Key:
    """Name a connection's own item."""
    return connection_partition(connection_id), "C"


def user_key(user_id: str, connection_id: str) -> Key:
    """Name a connection among its person's."""
    return user_shard(user_id), f"{user_prefix(user_id)}{connection_id}"


def listener_key(room_id: str, connection_id: str) -> Key:
    """Name a connection among those who hear a room."""
    return room_partition(room_id), connection_id


def heard_key(connection_id: str, room_id: str) -> Key:
    """Name a room among those a connection hears."""
    return connection_partition(connection_id), room_partition(room_id)


def tombstone_key(room_id: str, user_id: str) -> Key:
    """Name what hides a room from a person, whatever is still registered."""
    return room_partition(room_id), f"!{user_id}"


def tombstone_item(room_id: str, user_id: str, until_ms: int) -> ListenerItem:
    """Make the tombstone of a removal."""
    return ListenerItem(*wrapped(tombstone_key(room_id, user_id)), ttl=number(until_ms // 1000))


def listener_items(
    room_id: str, listener: Listener, expires_at: int
) -> tuple[ListenerItem, ListenerItem]:
    """Make the two rows of a registration: the one to take back, which is written first."""
    ttl = number(expires_at // 1000)
    taken_back = wrapped(heard_key(listener.connection_id, room_id))
    hearing = wrapped(listener_key(room_id, listener.connection_id))
    return (
        ListenerItem(*taken_back, ttl=ttl),
        ListenerItem(*hearing, ttl=ttl, u=Text(listener.user_id), at=number(listener.since)),
    )


def attendance_of(rows: Iterable[Heard], now_ms: int) -> Attendance:
    """Leave out what has expired, tombstones, and whom they hide."""
    now_s = now_ms // 1000
    alive = [row for row in rows if int(row.ttl.N) > now_s]
    removed = {row.sk.S[1:] for row in alive if row.sk.S[0] == "!"}
    shown = [(row, row.u.S) for row in alive if row.u is not None and row.u.S not in removed]
    return Attendance(
        listeners=[
            Listener(connection_id=row.sk.S, user_id=user_id, since=int(row.at.N) if row.at else 0)
            for row, user_id in shown
            if row.left is None
        ],
        departures=[
            Departure(connection_id=row.sk.S, user_id=user_id, at=int(row.left))
            for row, user_id in shown
            if row.left is not None
        ],
    )


def connection_items(connection: Connection) -> tuple[ConnectionItem, ConnectionItem]:
    """Make a connection's own item and the one among its person's."""
    ttl = number((connection.connected_at + ROOM_ROW_MS) // 1000)
    session, at = Text(connection.session_id), number(connection.connected_at)
    return (
        ConnectionItem(
            *wrapped(own_key(connection.id)),
            ttl=ttl,
            u=Text(connection.user_id),
            s=session,
            at=at,
            lease=number(connection.lease_until),
        ),
        ConnectionItem(
            *wrapped(user_key(connection.user_id, connection.id)), ttl=ttl, s=session, at=at
        ),
    )


def connection_of(item: ConnectionItem) -> Connection | None:
    """Make the connection of its own item; None of a tombstone."""
    if item.u is None or item.s is None or item.at is None or item.lease is None:
        return None
    return Connection(
        id=item.pk.S.removeprefix("C#"),
        user_id=item.u.S,
        session_id=item.s.S,
        connected_at=int(item.at),
        lease_until=int(item.lease),
    )


def connections_of(rows: Iterable[ConnectionItem], now_ms: int) -> list[Connection]:
    """Make a person's connections, oldest first; expired ones are left out."""
    found = [
        Connection(
            id=row.sk.S.partition("#")[2],
            user_id=row.sk.S.partition("#")[0],
            session_id=row.s.S,
            connected_at=int(row.at),
            # The person's row is written once; only the connection's own row has the lease.
            lease_until=int(row.ttl) * 1000,
        )
        for row in rows
        if row.s is not None and row.at is not None
    ]
    return sorted((c for c in found if c.is_alive(now_ms)), key=lambda c: (c.connected_at, c.id))


def end_item(connection_id: str, tombstone_until: int) -> ConnectionItem:
    """Make what remembers that a connection has ended."""
    return ConnectionItem(*wrapped(own_key(connection_id)), ttl=number(tombstone_until // 1000))


def keys_to_forget(rows: Sequence[ConnectionItem], connection_id: str) -> list[Key]:
    """List what else to delete with a connection, given all rows of its partition."""
    user = _whose(rows)
    keys = [user_key(user.S, connection_id)] if user else []
    for row in _rooms_heard(rows):
        keys.append((row.pk.S, row.sk.S))
        if user is None:
            keys.append((row.sk.S, connection_id))
    return keys


def departure_items(
    rows: Sequence[ConnectionItem], connection_id: str, now_ms: int
) -> list[ListenerItem]:
    """Make what the rooms a connection heard keep of it, in the place of its listener's row."""
    user = _whose(rows)
    if user is None:
        return []
    left, ttl = number(now_ms), number((now_ms + DEPARTURE_ROW_MS) // 1000)
    return [
        ListenerItem(row.sk, Text(connection_id), ttl=ttl, u=user, left=left)
        for row in _rooms_heard(rows)
    ]


def _whose(rows: Iterable[ConnectionItem]) -> Text | None:
    """Name whose connection it is; None after its end."""
    return next((row.u for row in rows if row.u is not None), None)


def _rooms_heard(rows: Iterable[ConnectionItem]) -> list[ConnectionItem]:
    return [row for row in rows if row.sk.S.startswith("R#")]
