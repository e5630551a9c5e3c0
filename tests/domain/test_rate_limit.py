from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from teahouse.domain.rate_limit import MAX_BUCKETS, Buckets, Rate

TWICE_A_SECOND = Rate(2, 3)


def test_a_burst_is_let_through_and_the_next_waits() -> None:
    buckets = Buckets()

    taken = [buckets.take("ann", TWICE_A_SECOND, 100.0) for _ in range(4)]

    assert taken == [0, 0, 0, 1]


def test_waiting_as_told_is_enough() -> None:
    buckets, slowly = Buckets(), Rate(0.17, 1)
    assert buckets.take("ann", slowly, 0.0) == 0

    wait_s = buckets.take("ann", slowly, 0.0)

    assert wait_s == 6
    assert buckets.take("ann", slowly, wait_s - 1.0) > 0
    assert buckets.take("ann", slowly, float(wait_s)) == 0


def test_one_persons_haste_does_not_slow_another() -> None:
    buckets = Buckets()
    while not buckets.take("ann", TWICE_A_SECOND, 0.0):
        pass

    assert buckets.take("ben", TWICE_A_SECOND, 0.0) == 0


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    buckets = Buckets()
    while not buckets.take("ann", TWICE_A_SECOND, 100.0):
        pass

    assert buckets.take("ann", TWICE_A_SECOND, 0.0) > 0


def test_a_scaled_rate_lets_more_through() -> None:
    assert TWICE_A_SECOND.scaled(10) == Rate(20, 30)
    assert TWICE_A_SECOND.scaled(0.01).burst == 1


def test_the_least_used_are_forgotten_so_that_memory_stays_bounded() -> None:
    buckets = Buckets()
    while not buckets.take("first", TWICE_A_SECOND, 0.0):
        pass
    for number in range(MAX_BUCKETS - 1):
        buckets.take(str(number), TWICE_A_SECOND, 0.0)
    assert buckets.take("first", TWICE_A_SECOND, 0.0) > 0, "still known, and used again"

    for number in range(MAX_BUCKETS):
        buckets.take(f"later {number}", TWICE_A_SECOND, 0.0)

    assert buckets.take("first", TWICE_A_SECOND, 0.0) == 0


@given(st.lists(st.floats(0, 5), max_size=60))
def test_never_more_than_the_burst_and_what_time_adds(pauses: list[float]) -> None:
    buckets, now, let_through = Buckets(), 0.0, 0

    for pause in pauses:
        now += pause
        let_through += buckets.take("ann", TWICE_A_SECOND, now) == 0

    assert let_through <= TWICE_A_SECOND.burst + TWICE_A_SECOND.per_s * now + 1e-6
