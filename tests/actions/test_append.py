"""Getting into the log: once, in order, by members only, whatever fails in between."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from teahouse.actions.append import Accepted, Operation, append
from teahouse.actions.remove_member import remove_member
from teahouse.actions.settle import backoff_s
from teahouse.adapters.memory.log import MemoryRoomLog
from teahouse.adapters.memory.store import MemoryStore
from teahouse.adapters.system import SystemClock
from teahouse.app import App
from teahouse.domain.entry import MemberJoined, MessageSent, Position
from teahouse.domain.errors import Busy, ChatError, Conflict, NotAMember, StalePosition
from teahouse.ports import OutcomeUnknown, Run, SlotTaken

from tests.cast import ANN, BEN, CLEO, member, said, user
from tests.store_seam import seam, storm
from tests.world import app_on, head_of, memory_app, open_den, start_of


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def saying(room_id: str, text: str, by: str = ANN.id, operation_id: str = "") -> Operation:
    operation_id = operation_id or f"operation-{text}-000000000000"

    def fact(newest: int) -> MessageSent:
        return MessageSent(text=text, client_message_id=operation_id, number=newest + 1)

    return Operation(room_id=room_id, author_id=by, id=operation_id, fact=fact)


def texts(app: App, room_id: str) -> list[str]:
    run = app.log.read_run(room_id, 1, max_entries=10_000)
    return [e.fact.text for e in run.entries if isinstance(e.fact, MessageSent)]


def test_messages_stand_in_the_log_one_after_the_other(app: App) -> None:
    den = open_den(app)
    start = start_of(app, den)

    first = append(app, saying(den, "one"), start)
    second = append(app, saying(den, "two"), start)

    assert (first.entry.seq, second.entry.seq) == (2, 3)
    assert (first.entry.number, second.entry.number) == (1, 2)
    assert first.epoch == start.epoch
    assert texts(app, den) == ["one", "two"]


def test_the_same_id_again_gives_the_first_message(app: App) -> None:
    den = open_den(app)
    start = start_of(app, den)
    first = append(app, saying(den, "one"), start)
    append(app, saying(den, "two"), start)

    again = append(app, saying(den, "one"), start)

    assert again == replace(first, duplicate=True)
    assert texts(app, den) == ["one", "two"]


def test_who_has_been_removed_since_is_told_that_it_was_said() -> None:
    """The answer to the first attempt was lost; what is in the log is in the log."""
    app = memory_app()
    den = open_den(app, BEN)
    start = start_of(app, den)
    first = append(app, saying(den, "one", by=BEN.id), start)
    remove_member(app, by_id=ANN.id, room_id=den, user_id=BEN.id)

    again = append(app, saying(den, "one", by=BEN.id), start)

    assert (again.entry, again.duplicate, again.author) == (first.entry, True, None)
    with pytest.raises(NotAMember):  # the control
        append(app, saying(den, "two", by=BEN.id), start)


def test_the_same_id_of_somebody_else_is_another_message(app: App) -> None:
    den = open_den(app, BEN)
    start = start_of(app, den)
    append(app, saying(den, "one", operation_id="o" * 22), start)

    theirs = append(app, saying(den, "one", by=BEN.id, operation_id="o" * 22), start)

    assert not theirs.duplicate
    assert theirs.entry.seq == 3


def test_the_same_id_with_another_body_is_a_conflict(app: App) -> None:
    den = open_den(app)
    start = start_of(app, den)
    append(app, saying(den, "one", operation_id="o" * 22), start)

    with pytest.raises(Conflict):
        append(app, saying(den, "two", operation_id="o" * 22), start)

    assert texts(app, den) == ["one"]


@pytest.mark.parametrize(
    "forge",
    [
        lambda p: replace(p, seq=p.seq + 1),  # ahead: nobody writes beyond a hole
        lambda p: replace(p, seq=10_000),
        lambda p: replace(p, epoch="0ther." + p.epoch.partition(".")[2]),
        lambda p: replace(p, epoch=p.epoch.partition(".")[0] + ".2"),
        lambda p: replace(p, epoch=""),
    ],
)
def test_a_position_that_the_log_does_not_prove_is_refused(
    app: App, forge: Callable[[Position], Position]
) -> None:
    den = open_den(app)
    head = head_of(app, den)

    with pytest.raises(StalePosition):
        append(app, saying(den, "one"), forge(head))

    assert texts(app, den) == []
    append(app, saying(den, "one"), head)  # the control
    assert texts(app, den) == ["one"]


def test_a_position_of_another_room_is_refused(app: App) -> None:
    den, attic = open_den(app), open_den(app)
    for text in ("a", "b", "c"):
        append(app, saying(attic, text), start_of(app, attic))

    with pytest.raises(StalePosition):
        append(app, saying(den, "one"), head_of(app, attic))

    assert texts(app, den) == []


def test_a_position_more_than_five_hundred_entries_back_is_stale() -> None:
    app = memory_app()
    den = open_den(app)
    start = start_of(app, den)
    for seq in range(2, 501):
        app.log.put(den, said(seq))
    append(app, saying(den, "just in reach"), start)  # 500 entries from slot 1

    with pytest.raises(StalePosition):
        append(app, saying(den, "too far"), start)


@pytest.mark.parametrize("position", [1, 2, 9_999])
def test_an_outsider_learns_nothing(app: App, position: int) -> None:
    den = open_den(app)
    app.accounts.create(CLEO, None)
    proven = replace(start_of(app, den), seq=position)

    with pytest.raises(NotAMember):
        append(app, saying(den, "let me in", by=CLEO.id), proven)
    with pytest.raises(NotAMember):
        append(app, saying("no-such-room", "hello?", by=CLEO.id), proven)

    assert texts(app, den) == []


def test_a_row_older_than_the_log_is_read_again() -> None:
    """The member row is read after the run; one that the run has overtaken decides nothing."""
    app = memory_app()
    den = open_den(app, BEN)
    start = start_of(app, den)
    rejoined = replace(said(2), by=BEN.id, fact=MemberJoined(user_id=BEN.id))
    app.log.put(den, rejoined)
    rows = [member(den, BEN), member(den, BEN, decided_seq=2)]

    class Overtaken:
        def find(self, room_id: str, user_id: str) -> Any:
            return rows.pop(0)

    accepted = append(replace(app, members=Overtaken()), saying(den, "hi", by=BEN.id), start)

    assert accepted.entry.seq == 3
    assert rows == []


class Scripted(MemoryRoomLog):
    """A log whose next puts fail as told; `after` fails once the entry is written."""

    def __init__(self, store: MemoryStore, *script: Exception | str) -> None:
        super().__init__(store)
        self.script = list(script)

    def put(self, room_id: str, entry: Any) -> None:
        step = self.script.pop(0) if self.script else "done"
        if isinstance(step, Exception):
            raise step
        super().put(room_id, entry)
        if step == "after":
            raise OutcomeUnknown


def test_a_lost_answer_is_found_again() -> None:
    store = MemoryStore()
    log = Scripted(store, "done", "after")
    app = memory_app(store, log=log)
    den = open_den(app)
    append(app, saying(den, "before"), start_of(app, den))

    accepted = append(app, saying(den, "one"), start_of(app, den))

    assert accepted.duplicate
    assert texts(app, den) == ["before", "one"]


def test_conflicts_are_tried_again_until_the_deadline_then_busy_is_said() -> None:
    store = MemoryStore()
    app = memory_app(store, log=Scripted(store, *[OutcomeUnknown()] * 5))
    den = open_den(app)
    assert append(app, saying(den, "one"), start_of(app, den)).entry.seq == 2

    always = Scripted(store, *[SlotTaken()] * 100_000)
    with pytest.raises(Busy):
        append(replace(app, log=always), saying(den, "two"), start_of(app, den))

    assert texts(app, den) == ["one"]
    assert 4.0 < app.clock.monotonic_s() <= 5.0


def test_the_first_tries_come_at_once_and_later_ones_wait_within_bounds() -> None:
    assert [backoff_s(attempt, 0.999) for attempt in range(3)] == [0, 0, 0]
    assert 0 < backoff_s(3, 0.999) < backoff_s(5, 0.999) <= 0.5
    assert backoff_s(300, 1.0) == 0.5


def test_a_torn_read_never_lets_anybody_write_beyond_a_hole() -> None:
    store = MemoryStore()

    class Torn(MemoryRoomLog):
        """Ends the first run before its last slot, as a query does that saw n + 1 without n."""

        torn = 0

        def read_run(self, *place: Any, **limits: Any) -> Run:
            run = super().read_run(*place, **limits)
            if self.torn or len(run.entries) < 2:
                return run
            self.torn += 1
            return Run(run.entries[:-1])

    log = Torn(store)
    app = memory_app(store, log=log)
    den = open_den(app)
    append(app, saying(den, "one"), start_of(app, den))

    accepted = append(app, saying(den, "two"), start_of(app, den))

    assert log.torn == 1
    assert accepted.entry.seq == 3
    assert texts(app, den) == ["one", "two"]


WRITERS = 16
MESSAGES = 6


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
def test_sixteen_writers_in_a_storm_leave_a_dense_log_with_each_message_once(
    request: pytest.FixtureRequest, kind: str, seed: int
) -> None:
    """On the real engine, with conflicts, throttles, lost answers and torn reads injected."""
    app = app_on(kind, request, clock=SystemClock())
    people = [user(f"writer{n}") for n in range(WRITERS)]
    den = open_den(app, *people)
    start = start_of(app, den)
    injected: Counter[str] = Counter()

    def write(person: Any) -> list[str]:
        """Say everything, each message with its first position, until it is acknowledged."""
        draw = random.Random(f"{seed}-{person.id}")
        acknowledged = []
        for n in range(MESSAGES):
            operation = saying(den, f"{person.id}-{n}", by=person.id)
            while True:
                try:
                    accepted = append(app, operation, start)
                    assert isinstance(accepted, Accepted)
                    break
                except Busy:
                    continue
            acknowledged.append(f"{person.id}-{n}")
            if draw.random() < 0.2:  # the acknowledgement got lost: the client says it again
                again = append_until_taken(app, operation, start)
                assert again.duplicate
                assert again.entry == accepted.entry
        return acknowledged

    with seam(storm(seed, share=0.08, seen=injected)), ThreadPoolExecutor(WRITERS) as pool:
        acknowledged = [text for texts in pool.map(write, people) for text in texts]

    entries = app.log.read_run(den, 1, max_entries=1_000).entries
    spoken = [e.fact.text for e in entries if isinstance(e.fact, MessageSent)]
    assert sorted(spoken) == sorted(acknowledged)  # each once, nothing else
    assert [e.seq for e in entries] == list(range(1, len(entries) + 1))
    assert [e.number for e in entries] == list(range(len(entries)))
    for person in people:  # what one said stands in the order in which they said it
        own = [text for text in spoken if text.startswith(f"{person.id}-")]
        assert own == [f"{person.id}-{n}" for n in range(MESSAGES)]
    for kind in ("conflict", "throttle", "lost_before", "lost_after", "torn"):
        assert injected[kind] > 0, f"the storm made no {kind}: {injected}"


def append_until_taken(app: App, operation: Operation, start: Position) -> Accepted:
    while True:
        try:
            return append(app, operation, start)
        except Busy:
            continue


def test_every_refusal_of_an_append_is_a_chat_error(app: App) -> None:
    den = open_den(app)

    with pytest.raises(ChatError) as refused:
        append(app, saying(den, "x", by="nobody"), start_of(app, den))

    assert refused.value.code == "not_a_member"
