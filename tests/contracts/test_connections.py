"""The contract of Connections, on every store that claims it."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from teahouse.domain.connection import (
    DEPARTURE_ROW_MS,
    LEASE_MS,
    ROOM_ROW_MS,
    Attendance,
    Connection,
    Departure,
    Listener,
)
from teahouse.ports import Connections

from tests.cast import NOON_MS
from tests.world import StoppedClock, lean_tables


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def connections(request: pytest.FixtureRequest, clock: StoppedClock) -> Connections:
    if request.param == "memory":
        from teahouse.adapters.memory.connections import MemoryConnections
        from teahouse.adapters.memory.store import MemoryStore

        return MemoryConnections(MemoryStore(), clock)
    request.getfixturevalue("engine_url")
    if request.param == "lean":
        from teahouse.adapters.lean.connections import LeanConnections

        return LeanConnections(lean_tables(), clock)
    from teahouse.adapters.dynamodb.connections import DynamoDbConnections

    return DynamoDbConnections(clock)


@pytest.fixture
def socket() -> Connection:
    """A connection of a person nobody else has, just opened."""
    return Connection(
        id=f"{secrets.token_urlsafe(11)}=",
        user_id=secrets.token_urlsafe(12),
        session_id="session",
        connected_at=NOON_MS,
        lease_until=NOON_MS + LEASE_MS,
    )


def hears(connections: Connections, room_id: str, socket: Connection) -> None:
    listener = Listener(connection_id=socket.id, user_id=socket.user_id)
    connections.register(room_id, listener, NOON_MS + ROOM_ROW_MS)


def test_a_connection_is_remembered_once(connections: Connections, socket: Connection) -> None:
    assert connections.put_if_absent(socket)
    assert not connections.put_if_absent(socket)

    assert connections.find(socket.id) == socket
    assert [c.id for c in connections.of_user(socket.user_id)] == [socket.id]


def test_who_is_forgotten_hears_nothing_more(connections: Connections, socket: Connection) -> None:
    connections.put_if_absent(socket)
    hears(connections, "den-" + socket.user_id, socket)
    assert connections.of_room("den-" + socket.user_id, NOON_MS)

    connections.forget(socket.id)

    assert connections.find(socket.id) is None
    assert connections.of_room("den-" + socket.user_id, NOON_MS) == []
    assert connections.of_user(socket.user_id) == []
    assert connections.put_if_absent(socket)  # forgotten, not ended


def test_an_end_that_comes_first_keeps_the_connection_out(
    connections: Connections, socket: Connection
) -> None:
    connections.forget(socket.id, tombstone_until=NOON_MS + ROOM_ROW_MS)

    assert not connections.put_if_absent(socket)
    assert connections.find(socket.id) is None
    assert connections.of_user(socket.user_id) == []


def test_forgetting_one_of_two_leaves_the_other(
    connections: Connections, socket: Connection
) -> None:
    room_id = "den-" + socket.user_id
    other = replace(socket, id=f"{secrets.token_urlsafe(11)}=", connected_at=NOON_MS + 1)
    for one in (socket, other):
        connections.put_if_absent(one)
        hears(connections, room_id, one)

    connections.forget(socket.id)

    assert [x.connection_id for x in connections.of_room(room_id, NOON_MS)] == [other.id]
    assert [c.id for c in connections.of_user(socket.user_id)] == [other.id]


def test_a_persons_connections_come_oldest_first(
    connections: Connections, socket: Connection
) -> None:
    younger = replace(socket, id=f"{secrets.token_urlsafe(11)}=", connected_at=NOON_MS + 5)
    for one in (younger, socket):
        connections.put_if_absent(one)

    assert [c.id for c in connections.of_user(socket.user_id)] == [socket.id, younger.id]


def test_an_expired_registration_is_not_read(connections: Connections, socket: Connection) -> None:
    room_id = "den-" + socket.user_id
    hears(connections, room_id, socket)

    assert connections.of_room(room_id, NOON_MS + ROOM_ROW_MS - 1_000)
    assert connections.of_room(room_id, NOON_MS + ROOM_ROW_MS + 1_000) == []


def test_an_expired_connection_is_not_listed(
    connections: Connections, socket: Connection, clock: StoppedClock
) -> None:
    connections.put_if_absent(socket)
    assert connections.of_user(socket.user_id)

    clock.ms += ROOM_ROW_MS + 1_000

    assert connections.of_user(socket.user_id) == []


def test_a_lease_moves_on_and_does_not_bring_back_what_is_forgotten(
    connections: Connections, socket: Connection
) -> None:
    connections.put_if_absent(socket)
    connections.renew(socket, NOON_MS + 2 * LEASE_MS)
    renewed = connections.find(socket.id)
    assert renewed is not None
    assert renewed.lease_until == NOON_MS + 2 * LEASE_MS

    connections.forget(socket.id)
    connections.renew(socket, NOON_MS + 3 * LEASE_MS)

    assert connections.find(socket.id) is None


def test_unjoining_ends_the_hearing_of_one_room_only(
    connections: Connections, socket: Connection
) -> None:
    den, attic = "den-" + socket.user_id, "attic-" + socket.user_id
    connections.put_if_absent(socket)
    hears(connections, den, socket)
    hears(connections, attic, socket)

    connections.unregister(den, socket.id)

    assert connections.of_room(den, NOON_MS) == []
    assert [x.connection_id for x in connections.of_room(attic, NOON_MS)] == [socket.id]
    assert connections.find(socket.id) == socket


def test_a_room_keeps_the_departure_of_who_is_forgotten_until_one_caller_takes_it(
    connections: Connections, socket: Connection, clock: StoppedClock
) -> None:
    den = "den-" + socket.user_id
    connections.put_if_absent(socket)
    hears(connections, den, socket)
    assert connections.attendance(den, NOON_MS).departures == []

    clock.ms += 5_000
    connections.forget(socket.id, tombstone_until=NOON_MS + ROOM_ROW_MS)

    gone = Departure(connection_id=socket.id, user_id=socket.user_id, at=NOON_MS + 5_000)
    for seen in (connections.attendance(den, clock.ms), connections.glance(den, clock.ms, 100)):
        assert seen == Attendance(listeners=[], departures=[gone])
    assert connections.take_departure(den, socket.id)
    assert not connections.take_departure(den, socket.id)
    assert connections.attendance(den, clock.ms).departures == []


def test_a_departure_nobody_has_missed_is_forgotten(
    connections: Connections, socket: Connection, clock: StoppedClock
) -> None:
    den = "den-" + socket.user_id
    connections.put_if_absent(socket)
    hears(connections, den, socket)
    connections.forget(socket.id)

    assert connections.attendance(den, NOON_MS + DEPARTURE_ROW_MS - 1_000).departures
    assert connections.attendance(den, NOON_MS + DEPARTURE_ROW_MS + 1_000).departures == []


def test_nobody_takes_the_departure_of_who_is_still_there(
    connections: Connections, socket: Connection
) -> None:
    den = "den-" + socket.user_id
    connections.put_if_absent(socket)
    hears(connections, den, socket)

    assert not connections.take_departure(den, socket.id)
    assert [x.connection_id for x in connections.of_room(den, NOON_MS)] == [socket.id]


def test_a_glance_gives_up_where_there_is_more(
    connections: Connections, socket: Connection
) -> None:
    den = "den-" + socket.user_id
    for name in ("a=", "b="):
        hears(connections, den, replace(socket, id=name))

    assert connections.glance(den, NOON_MS, 1) is None
    assert connections.glance(den, NOON_MS, 2) == connections.attendance(den, NOON_MS)


def test_unregistering_tells_whether_the_connection_heard_the_room(
    connections: Connections, socket: Connection
) -> None:
    den = "den-" + socket.user_id
    hears(connections, den, socket)

    assert connections.unregister(den, socket.id)
    assert not connections.unregister(den, socket.id)


def test_everybodys_connections_are_listed_without_those_that_have_expired(
    connections: Connections, socket: Connection, clock: StoppedClock
) -> None:
    others = [
        replace(socket, id=f"{secrets.token_urlsafe(11)}=", user_id=secrets.token_urlsafe(12))
        for _ in range(3)
    ]
    for one in (socket, *others):
        connections.put_if_absent(one)
    connections.forget(others[0].id)

    def listed() -> set[str]:
        wanted = {socket.id, *(other.id for other in others)}
        return {name for page in connections.everyone() for name in page if name in wanted}

    assert listed() == {socket.id, others[1].id, others[2].id}
    clock.ms += ROOM_ROW_MS + 1_000
    assert listed() == set()


def test_one_persons_connections_are_not_those_of_somebody_with_a_longer_id(
    connections: Connections, socket: Connection
) -> None:
    other = replace(socket, id="other=", user_id=socket.user_id + "x")
    for one in (socket, other):
        connections.put_if_absent(one)

    assert [c.id for c in connections.of_user(socket.user_id)] == [socket.id]
