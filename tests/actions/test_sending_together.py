"""Many speak at the same moment: who pushes what, and that nothing is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from teahouse.actions.append import Accepted
from teahouse.actions.remove_member import remove_member
from teahouse.actions.send_message import send_message
from teahouse.app import App
from teahouse.domain.entry import Entry, Position
from teahouse.domain.errors import NotAMember
from teahouse.domain.pushing import BUSY_MS, MIN_TOGETHER_MS
from teahouse.domain.user import User
from teahouse.ports import OutcomeUnknown, Run

from tests.cast import ANN, BEN, CLEO, user
from tests.interloper import Died
from tests.world import (
    RecordingBroadcaster,
    StoppedClock,
    app_on,
    listens,
    memory_app,
    open_den,
    start_of,
)

DAN = user("dan-0000000000000")


@dataclass
class Moments(StoppedClock):
    """A clock in whose pauses other things happen, each in one."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()


def says(app: App, den: str, who: User, text: str, position: Position | None = None) -> Accepted:
    """Speak like somebody who has seen nothing yet but the opening."""
    return send_message(
        app,
        sender_id=who.id,
        room_id=den,
        client_message_id=f"{text}-{who.id}-0000000000000000"[:40],
        position=position or start_of(app, den),
        text=text,
        connection_id=f"{who.id}=",
    )


def busy_den(app: App) -> str:
    """Open a room where Ben has just spoken; Ann, Ben, Cleo and Dan hear it."""
    den = open_den(app, BEN, CLEO, DAN)
    for person in (ANN, BEN, CLEO, DAN):
        listens(app, den, person, f"{person.id}=")
    says(app, den, BEN, "at once")
    return den


def pushes(app: App, who: User) -> list[list[int]]:
    """List the frames that somebody got, by the seqs of their entries."""
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    frames = app.broadcaster.to(f"{who.id}=", "events")
    return [[event["seq"] for event in frame["events"]] for frame in frames]


def test_what_is_written_within_a_moment_travels_as_one_frame_to_everybody() -> None:
    clock = Moments()
    app = memory_app(clock=clock)
    den = busy_den(app)
    clock.meanwhile = [lambda: says(app, den, CLEO, "two"), lambda: says(app, den, DAN, "three")]

    says(app, den, ANN, "one")

    assert pushes(app, BEN) == [[3, 4, 5]]
    for author in (ANN, CLEO, DAN):
        assert pushes(app, author) == [[2], [3, 4, 5]]
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    [frame] = app.broadcaster.to(f"{BEN.id}=", "events")
    assert set(frame["users"]) == {ANN.id, CLEO.id, DAN.id}


def test_a_writer_that_nobody_goes_on_from_pushes_alone_and_sends_no_echo() -> None:
    app = memory_app(clock=Moments())
    den = busy_den(app)

    says(app, den, ANN, "one")

    assert pushes(app, BEN) == [[3]]
    assert pushes(app, ANN) == [[2]]


def test_in_a_quiet_room_nobody_waits_and_nobody_looks() -> None:
    clock = Moments()
    app = memory_app(clock=clock)
    den = open_den(app, BEN)
    listens(app, den, BEN, f"{BEN.id}=")

    accepted = says(app, den, ANN, "one")

    assert clock.elapsed_s == 0
    assert accepted.entry.together_from is None
    assert pushes(app, BEN) == [[2]]
    busy = says(app, den, BEN, "two")  # the control: Ann's words are not seen yet
    assert busy.entry.together_from == 3
    assert clock.elapsed_s > 0


def test_what_has_waited_long_enough_is_pushed_by_its_own_writer() -> None:
    clock = Moments()
    app = memory_app(clock=clock)
    den = busy_den(app)

    def late() -> None:
        clock.ms += MIN_TOGETHER_MS
        says(app, den, CLEO, "two")

    clock.meanwhile = [late]

    says(app, den, ANN, "one")

    assert sorted(pushes(app, BEN)) == [[3], [4]]


def test_a_promise_of_somebody_who_died_is_kept_by_their_retry() -> None:
    clock = Moments()
    app = memory_app(clock=clock)
    den = busy_den(app)

    def dies() -> None:
        raise Died

    def two() -> None:
        clock.meanwhile = [dies]
        with pytest.raises(Died):
            says(app, den, CLEO, "two")

    clock.meanwhile = [two]
    says(app, den, ANN, "one")
    assert pushes(app, BEN) == []  # left to Cleo's handler; a ping would heal it

    again = says(app, den, CLEO, "two")

    assert again.duplicate
    assert pushes(app, BEN) == [[3, 4]]


def test_who_cannot_look_leaves_nothing_to_others() -> None:
    clock = Moments()
    app = memory_app(clock=clock)
    den = busy_den(app)
    clock.meanwhile = [lambda: says(app, den, CLEO, "two")]

    class Unseeing:
        def __getattr__(self, name: str) -> object:
            return getattr(app.log, name)

        def read_run(self, room_id: str, from_seq: int, **limits: int) -> Run:
            if from_seq > 1:
                raise OutcomeUnknown
            return app.log.read_run(room_id, from_seq, **limits)

    says(replace(app, log=Unseeing()), den, ANN, "one")  # type: ignore[arg-type]

    assert pushes(app, BEN) == [[3, 4], [3]]


@pytest.mark.parametrize("others", range(1, 12))
def test_whatever_comes_between_every_entry_reaches_everybody(others: int) -> None:
    """Somebody speaks in each pause, at other moments in each story."""
    clock = Moments()
    app = memory_app(clock=clock)
    den = busy_den(app)
    speakers = [CLEO, DAN, ANN]

    def another(number: int) -> Callable[[], object]:
        def speaks() -> None:
            clock.ms += 7 * number % 40
            says(app, den, speakers[number % 3], f"word {number}")

        return speaks

    clock.meanwhile = [another(number) for number in range(others)]
    for number in range(others):
        says(app, den, (ANN, BEN)[number % 2], f"next {number}")

    newest = app.log.newest(den).seq
    assert newest > 2 * others
    assert any(len(frame) > 1 for frame in pushes(app, CLEO))
    assert {seq for frame in pushes(app, CLEO) for seq in frame} >= set(range(2, newest + 1)) - {
        entry.seq for entry in written(app, den) if entry.by == CLEO.id
    }


def written(app: App, den: str) -> tuple[Entry, ...]:
    return app.log.read_run(den, 1, max_entries=1_000).entries


class Racing:
    """A log in which others take the slot that is to be written, before it is."""

    def __init__(self, app: App, *others: Callable[[], object]) -> None:
        self.read_from: list[int] = []
        self._log = app.log
        self._others = list(others)

    def read_run(self, room_id: str, from_seq: int, **limits: int) -> Run:
        self.read_from.append(from_seq)
        return self._log.read_run(room_id, from_seq, **limits)

    def put(self, room_id: str, entry: Entry) -> None:
        if self._others:
            self._others.pop(0)()
        self._log.put(room_id, entry)


@pytest.mark.parametrize("kind", ["memory", "lean"])
@pytest.mark.parametrize(
    ("others", "read_from"),
    [(["one"], [1, 4]), (["one", "two"], [1, 4, 5]), (["one", "two", "three"], [1, 4, 5, 6])],
)
def test_who_loses_one_slot_writes_the_next_unread_and_who_loses_more_reads_what_followed(
    kind: str, others: list[str], read_from: list[int], request: pytest.FixtureRequest
) -> None:
    """Last comes the look, once it is written, for who goes on from it."""
    app = app_on(kind, request)
    den = open_den(app, BEN)
    log = Racing(app, *(lambda text=text: says(app, den, BEN, text) for text in others))

    accepted = says(replace(app, log=log), den, ANN, "last")  # type: ignore[arg-type]

    assert accepted.entry.seq == accepted.entry.number + 1 == len(others) + 2
    assert log.read_from == read_from


def test_one_read_finds_all_that_was_written_while_somebody_paused() -> None:
    clock = Moments()
    app = memory_app(clock=clock)
    den = open_den(app, BEN, CLEO)

    def speak_on() -> None:
        for text in ("three", "four", "five"):
            says(app, den, CLEO, text)

    def two() -> None:
        says(app, den, BEN, "two")
        clock.meanwhile = [speak_on]  # in the pause of who has just lost a second slot

    log = Racing(app, lambda: says(app, den, BEN, "one"), two)

    accepted = says(replace(app, log=log), den, ANN, "last")  # type: ignore[arg-type]

    assert accepted.entry.seq == 7
    assert len(log.read_from) == 3  # the position, what followed, and who goes on


def test_in_a_crowd_even_the_first_waits_for_others() -> None:
    clock = Moments()
    app = memory_app(clock=clock)
    den = busy_den(app)
    log = Racing(app, *(lambda text=text: says(app, den, BEN, text) for text in "abc"))
    says(replace(app, log=log), den, ANN, "crowded")  # type: ignore[arg-type]
    newest = app.log.newest(den)
    at_head = Position(epoch=app.epoch(newest.room_key), seq=newest.seq)

    alone = says(app, den, CLEO, "three", at_head)
    clock.ms += BUSY_MS + 1
    later = Position(epoch=at_head.epoch, seq=alone.entry.seq)
    quiet = says(app, den, DAN, "four", later)  # the control

    assert alone.entry.together_from == alone.entry.seq
    assert quiet.entry.together_from is None


def test_the_longer_a_push_takes_the_longer_others_are_waited_for() -> None:
    clock = Moments()
    app = memory_app(clock=clock)
    den = busy_den(app)
    app.push_ms[den] = 80
    began_s = clock.elapsed_s

    says(app, den, ANN, "one")

    assert clock.elapsed_s - began_s == pytest.approx(0.040)
    app.push_ms[den] = 80
    clock.meanwhile = [lambda: None, lambda: says(app, den, CLEO, "three")]
    says(app, den, DAN, "two")
    assert pushes(app, BEN)[-1] == [3, 4, 5]  # the second pause was long enough


@pytest.mark.parametrize("kind", ["memory", "lean"])
def test_a_slot_lost_to_ones_own_removal_is_a_refusal(
    kind: str, request: pytest.FixtureRequest
) -> None:
    app = app_on(kind, request)
    den = open_den(app, BEN)

    def removed() -> None:
        remove_member(app, by_id=ANN.id, room_id=den, user_id=BEN.id)

    with pytest.raises(NotAMember):
        says(replace(app, log=Racing(app, removed)), den, BEN, "no")  # type: ignore[arg-type]

    assert [entry.kind for entry in written(app, den)] == ["roomOpened", "memberRemoved"]
    says(replace(app, log=Racing(app)), den, ANN, "yes")  # type: ignore[arg-type]  # the control


def test_a_slot_lost_to_ones_own_earlier_attempt_is_the_answer() -> None:
    app = memory_app()
    den = open_den(app)
    log = Racing(app, lambda: says(app, den, ANN, "one"))

    accepted = says(replace(app, log=log), den, ANN, "one")  # type: ignore[arg-type]

    assert accepted.duplicate
    assert len(written(app, den)) == 2
