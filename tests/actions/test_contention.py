"""Does a room of many who speak at once stay quick, and is nothing lost when it cannot be?"""

from __future__ import annotations

from benchmarks.bench_contention import Room


def test_forty_messages_a_second_are_acknowledged_within_a_quarter_of_a_second() -> None:
    """In virtual time, over a store as far away as DynamoDB: no machine is too slow for it."""
    told = Room(seed=40).offer(40, seconds=60)

    assert told["messages"] > 2_000
    assert told["busy"] == 0
    assert told["p99_ms"] < 250


def test_a_room_that_is_offered_too_much_is_slow_and_loses_nothing() -> None:
    """The control: the time is that of the store, and there is too little of it."""
    told = Room(seed=1).offer(200, seconds=2)

    assert told["messages"] > 300
    assert told["p99_ms"] > 250
