"""Which stores keep the contract? Each port made real, side by side on one store."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from teahouse.ports import Clock, Connections, Members, Moderation, RoomLog, Rooms

from tests.cast import NOON_MS
from tests.world import lean_tables


@dataclass(frozen=True)
class Store:
    """The ports that rooms and members share transactions with."""

    rooms: Rooms
    members: Members
    log: RoomLog
    connections: Connections
    moderation: Moderation


class Noon:
    """A clock that stands still."""

    def now_ms(self) -> int:
        return NOON_MS

    def monotonic_s(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a store does not sleep")


def memory_store(clock: Clock) -> Store:
    from teahouse.adapters.memory.connections import MemoryConnections
    from teahouse.adapters.memory.log import MemoryRoomLog
    from teahouse.adapters.memory.members import MemoryMembers
    from teahouse.adapters.memory.moderation import MemoryModeration
    from teahouse.adapters.memory.rooms import MemoryRooms
    from teahouse.adapters.memory.store import MemoryStore

    kept = MemoryStore()
    return Store(
        MemoryRooms(kept),
        MemoryMembers(kept),
        MemoryRoomLog(kept),
        MemoryConnections(kept, clock),
        MemoryModeration(kept),
    )


def dynamodb_store(clock: Clock) -> Store:
    """Make the adapters; the engine's fixture must be running."""
    from teahouse.adapters.dynamodb.connections import DynamoDbConnections
    from teahouse.adapters.dynamodb.log import DynamoDbRoomLog
    from teahouse.adapters.dynamodb.members import DynamoDbMembers
    from teahouse.adapters.dynamodb.moderation import DynamoDbModeration
    from teahouse.adapters.dynamodb.rooms import DynamoDbRooms

    return Store(
        DynamoDbRooms(),
        DynamoDbMembers(),
        DynamoDbRoomLog(),
        DynamoDbConnections(clock),
        DynamoDbModeration(),
    )


def lean_store(clock: Clock) -> Store:
    """Make the lean adapters, as far as sockets need them; the engine's fixture must be running."""
    from teahouse.adapters.dynamodb.moderation import DynamoDbModeration
    from teahouse.adapters.lean.connections import LeanConnections
    from teahouse.adapters.lean.log import LeanRoomLog
    from teahouse.adapters.lean.members import LeanMembers
    from teahouse.adapters.lean.rooms import LeanRooms

    tables = lean_tables()
    return Store(
        LeanRooms(tables),
        LeanMembers(tables),
        LeanRoomLog(tables),
        LeanConnections(tables, clock),
        DynamoDbModeration(),
    )


def requested_store(request: pytest.FixtureRequest) -> Store:
    """Make the store a parametrized fixture names."""
    if request.param == "memory":
        return memory_store(Noon())
    request.getfixturevalue("engine_url")
    return lean_store(Noon()) if request.param == "lean" else dynamodb_store(Noon())
