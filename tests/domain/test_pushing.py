"""Which entries travel together, and who pushes them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from teahouse.domain.entry import Entry, MemberJoined
from teahouse.domain.pushing import (
    BUSY_MS,
    MAX_TOGETHER,
    MAX_TOGETHER_MS,
    MIN_TOGETHER_MS,
    MIN_WAIT_MS,
    goes_on_from,
    is_left_to,
    together_ms,
    wait_ms,
)

from tests.cast import BEN, NOON_MS, opened, said


def at_noon(seq: int, together_from: int | None = None) -> Entry:
    return replace(said(seq), at=NOON_MS, together_from=together_from)


def following(
    *run: Entry, at: int = NOON_MS, is_contended: bool = False, push_ms: int = 0
) -> int | None:
    whole = [opened(), *run]
    return goes_on_from(whole, BEN.id, at, is_contended=is_contended, push_ms=push_ms)


def test_in_a_quiet_room_an_entry_is_pushed_at_once() -> None:
    assert following() is None
    assert following(at_noon(2), at=NOON_MS + BUSY_MS + 1) is None
    assert following(at_noon(2), at=NOON_MS + BUSY_MS) == 3  # the control


def test_who_has_not_seen_their_own_words_speaks_in_a_quiet_room() -> None:
    run = [opened(), at_noon(2)]

    assert goes_on_from(run, run[-1].by, NOON_MS, is_contended=True, push_ms=0) is None
    assert goes_on_from(run, BEN.id, NOON_MS, is_contended=True, push_ms=0) == 3  # the control


def test_a_slot_that_was_lost_makes_the_room_busy_whatever_the_clocks_say() -> None:
    at = NOON_MS + 10 * BUSY_MS

    assert following(at_noon(2), at=at, is_contended=True) == 3
    assert following(at_noon(2), at=at) is None


def test_the_first_of_many_promises_its_own_where_slots_are_being_lost() -> None:
    assert following(is_contended=True) == 2
    assert following() is None  # the control


def test_a_writer_goes_on_from_where_the_one_before_began() -> None:
    assert following(at_noon(2), at_noon(3, 3)) == 3
    assert following(at_noon(2), at_noon(3, 3), at_noon(4, 3)) == 3


def test_what_was_pushed_at_once_is_not_pushed_again() -> None:
    assert following(at_noon(2)) == 3
    assert following(replace(at_noon(2), fact=MemberJoined(user_id=BEN.id))) == 3


@pytest.mark.parametrize("late_ms", [MIN_TOGETHER_MS + 1, -MIN_TOGETHER_MS - 1])
def test_what_has_waited_long_enough_waits_no_longer(late_ms: int) -> None:
    """Clocks that differ by more make entries travel alone."""
    run = (at_noon(2), at_noon(3, 3))

    assert following(*run, at=NOON_MS + late_ms) == 4
    assert following(*run, at=NOON_MS + MIN_TOGETHER_MS) == 3


def test_where_a_push_takes_long_entries_are_gathered_longer() -> None:
    """In the control a push is quick: what would save little is not waited for."""
    run = (at_noon(2), at_noon(3, 3))
    late = NOON_MS + MIN_TOGETHER_MS + 1

    assert following(*run, at=late, push_ms=MIN_TOGETHER_MS) == 3
    assert following(*run, at=late, push_ms=MIN_TOGETHER_MS // 2) == 4
    assert together_ms(100_000) == MAX_TOGETHER_MS


def test_no_more_travel_together_than_may() -> None:
    full = [at_noon(2), *(at_noon(3 + more, 3) for more in range(MAX_TOGETHER))]

    assert following(*full) == full[-1].seq + 1
    assert following(*full[:-1]) == 3


def test_nobody_promises_what_lies_outside_the_run() -> None:
    """The first of a run is the position: the author has it, so it is being pushed already."""
    run = [at_noon(3, 3), at_noon(4, 3)]

    assert goes_on_from(run, BEN.id, NOON_MS, is_contended=False, push_ms=0) == 5
    assert goes_on_from([at_noon(2), *run], BEN.id, NOON_MS, is_contended=False, push_ms=0) == 3


def test_an_entry_is_left_only_to_the_next_slot_and_only_by_its_promise() -> None:
    entry = at_noon(4, 3)

    assert is_left_to(entry, [at_noon(5, 3)])
    assert not is_left_to(entry, [])
    assert not is_left_to(entry, [at_noon(5, 5)])
    assert not is_left_to(entry, [at_noon(5)])
    assert not is_left_to(entry, [at_noon(6, 3)])
    assert not is_left_to(at_noon(4), [at_noon(5)])


def waits(push_ms: int, age_ms: int = 0) -> list[int]:
    """List the pauses of somebody whom nobody follows."""
    pauses: list[int] = []
    while pause_ms := wait_ms(push_ms, sum(pauses), age_ms + sum(pauses)):
        pauses.append(pause_ms)
    return pauses


def test_others_are_waited_for_half_as_long_as_a_push_takes() -> None:
    assert waits(0) == waits(2 * MIN_WAIT_MS) == [10]
    assert waits(60) == [10, 10, 10]
    assert waits(150) == [10, 10, 20, 35]


def test_nobody_is_waited_for_who_may_no_longer_go_on() -> None:
    assert sum(waits(100_000)) <= MAX_TOGETHER_MS
    assert waits(100_000, age_ms=MAX_TOGETHER_MS) == [MIN_WAIT_MS]


def test_a_clock_that_is_off_makes_nobody_wait_longer() -> None:
    assert sum(waits(100_000, age_ms=-300_000)) == MAX_TOGETHER_MS
