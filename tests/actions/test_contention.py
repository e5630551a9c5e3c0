"""Does a room of many who speak at once stay quick, and is what it cannot take refused?"""

from __future__ import annotations

from benchmarks.bench_contention import Room


def test_forty_messages_a_second_are_acknowledged_within_a_quarter_of_a_second() -> None:
    """In virtual time, over a store as far away as DynamoDB: no machine is too slow for it."""
    told = Room(seed=40).offer(40, seconds=60)

    assert told["messages"] > 2_000
    assert told["busy"] == 0
    assert told["p99_ms"] < 250


def test_what_a_room_cannot_take_is_refused_and_the_rest_is_taken() -> None:
    """The control: the time is that of the store, and there is too little of it."""
    told = Room(seed=1).offer(200, seconds=4)

    assert told["p99_ms"] > 250
    assert told["busy"] > 0
