"""The contract of RoomLog, on every store that claims it."""

from __future__ import annotations

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from teahouse.domain.errors import NotFound
from teahouse.ports import OutcomeUnknown, RoomLog, SlotTaken

from tests.cast import opened, said
from tests.store_seam import refuse, seam, storm
from tests.world import lean_tables


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def log(request: pytest.FixtureRequest) -> RoomLog:
    if request.param == "memory":
        from teahouse.adapters.memory.log import MemoryRoomLog
        from teahouse.adapters.memory.store import MemoryStore

        return MemoryRoomLog(MemoryStore())
    request.getfixturevalue("engine_url")
    return engine_log(request.param)


def engine_log(kind: str) -> RoomLog:
    if kind == "lean":
        from teahouse.adapters.lean.log import LeanRoomLog

        return LeanRoomLog(lean_tables())
    from teahouse.adapters.dynamodb.log import DynamoDbRoomLog

    return DynamoDbRoomLog()


@pytest.fixture
def den() -> str:
    return f"den-{secrets.token_hex(6)}"


def test_what_was_put_is_read_back_whole(log: RoomLog, den: str) -> None:
    entries = (opened(), said(2, "你好，世界 🍵\n\tsecond line"), said(3, '"quotes" \\ and %'))
    for entry in entries:
        log.put(den, entry)

    run = log.read_run(den, 1, max_entries=10)

    assert run.entries == entries
    assert not run.is_cut


def test_a_slot_is_written_once(log: RoomLog, den: str) -> None:
    log.put(den, opened())

    with pytest.raises(SlotTaken) as taken:
        log.put(den, said(1, "another"))

    assert log.newest(den) == opened()
    assert taken.value.entry in (None, opened())


def test_with_what_an_entry_is_pushed_is_kept(log: RoomLog, den: str) -> None:
    entry = replace(said(2), together_from=2)
    for one in (opened(), entry):
        log.put(den, one)

    assert log.newest(den) == entry


def test_a_run_ends_before_a_hole(log: RoomLog, den: str) -> None:
    for entry in (opened(), said(2), said(4)):
        log.put(den, entry)

    assert [e.seq for e in log.read_run(den, 1, max_entries=10).entries] == [1, 2]
    assert log.read_run(den, 3, max_entries=10).entries == ()
    assert [e.seq for e in log.read_run(den, 4, max_entries=10).entries] == [4]


def test_a_run_says_when_it_was_cut(log: RoomLog, den: str) -> None:
    for entry in (opened(), said(2), said(3)):
        log.put(den, entry)

    assert log.read_run(den, 1, max_entries=2).is_cut
    assert not log.read_run(den, 1, max_entries=3).is_cut
    assert [e.seq for e in log.read_run(den, 1, max_entries=2).entries] == [1, 2]


def test_reading_back_ends_just_before_the_slot_named(log: RoomLog, den: str) -> None:
    for entry in (opened(), said(2), said(3), said(4)):
        log.put(den, entry)

    assert [e.seq for e in log.read_back(den, 4, max_entries=2).entries] == [2, 3]
    assert log.read_back(den, 4, max_entries=2).is_cut
    assert [e.seq for e in log.read_back(den, 3, max_entries=9).entries] == [1, 2]
    assert not log.read_back(den, 3, max_entries=9).is_cut
    assert log.read_back(den, 1, max_entries=9).entries == ()


def test_the_newest_slot_of_no_room_is_not_found(log: RoomLog, den: str) -> None:
    with pytest.raises(NotFound):
        log.newest(den)

    log.put(den, opened())
    assert log.newest(den).seq == 1


def test_existence_is_told_room_by_room(log: RoomLog, den: str) -> None:
    log.put(den, opened())

    assert log.exists({den: 1, f"{den}-other": 1}) == {den}
    assert log.exists({den: 2}) == set()
    assert log.exists({}) == set()


def test_an_operation_without_position_is_written_once(log: RoomLog, den: str) -> None:
    log.put(den, opened())

    assert log.put_once(den, said(2, operation_id="x" * 22)) is None
    assert log.put_once(den, said(3, operation_id="x" * 22)) == 2
    assert log.newest(den).seq == 2
    with pytest.raises(SlotTaken):
        log.put_once(den, said(2, operation_id="y" * 22))


def test_one_of_sixteen_writers_gets_a_slot(log: RoomLog, den: str) -> None:
    def put(writer: int) -> bool:
        try:
            log.put(den, said(1, f"writer {writer}"))
        except SlotTaken:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(put, range(16)))

    assert Counter(won) == {True: 1, False: 15}
    assert log.newest(den).fact.text == f"writer {won.index(True)}"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "code",
    ["TransactionConflictException", "ThrottlingException", "InternalServerError"],
)
@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
def test_a_failure_that_a_retry_may_mend_leaves_the_outcome_open(
    engine_url: str, den: str, code: str, kind: str
) -> None:
    log = engine_log(kind)

    def fault(operation, params, call):  # type: ignore[no-untyped-def]
        raise refuse(operation, code)

    with seam(fault), pytest.raises(OutcomeUnknown):
        log.put(den, opened())
    with seam(fault), pytest.raises(OutcomeUnknown):
        log.read_run(den, 1, max_entries=1)

    log.put(den, opened())  # the control: without the fault it is written
    assert log.newest(den).seq == 1


@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
def test_a_torn_query_ends_the_run_at_the_hole(engine_url: str, den: str, kind: str) -> None:
    log = engine_log(kind)
    for entry in (opened(), said(2), said(3), said(4)):
        log.put(den, entry)
    seen: Counter[str] = Counter()

    with seam(storm(seed=1, share=1.0, seen=seen)):
        run = log.read_run(den, 1, max_entries=10)

    assert seen["torn"] == 1
    assert [e.seq for e in run.entries] == list(range(1, len(run.entries) + 1))
    assert len(run.entries) < 4
    assert len(log.read_run(den, 1, max_entries=10).entries) == 4  # the control
