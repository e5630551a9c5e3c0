"""Between any two steps of one, another does something; or one dies there. Nothing is harmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from teahouse.actions.ban_member import ban_member
from teahouse.actions.join_room import join_room
from teahouse.actions.remove_member import remove_member
from teahouse.actions.send_message import send_message
from teahouse.app import App
from teahouse.domain.entry import MemberRemoved, MessageSent, Position
from teahouse.domain.errors import ChatError, NotAMember
from teahouse.domain.user import User

from tests.cast import ANN, BEN, NOON_MS
from tests.interloper import Died, Interloper, die
from tests.store_seam import Call, seam
from tests.world import (
    RecordingBroadcaster,
    StoppedClock,
    app_on,
    listens,
    memory_app,
    open_den,
    start_of,
)

MANY = 40  # more steps than any action has

Ejection = Callable[..., None]
EJECTIONS: dict[Ejection, str] = {remove_member: "memberRemoved", ban_member: "memberBanned"}


def says(app: App, den: str, who: User, text: str, **more: Any) -> Any:
    position = more.pop("position", None) or start_of(app, den)
    return send_message(
        app,
        sender_id=who.id,
        room_id=den,
        client_message_id=f"{who.id}-{text}-0000000000000000",
        position=position,
        text=text,
        **more,
    )


def log_of(app: App, den: str) -> list[tuple[str, str]]:
    entries = app.log.read_run(den, 1, max_entries=1_000).entries
    return [(e.by, getattr(e.fact, "text", e.kind)) for e in entries]


def heard(app: App, connection_id: str) -> list[int]:
    broadcaster = app.broadcaster
    assert isinstance(broadcaster, RecordingBroadcaster)
    frames = broadcaster.to(connection_id, "events")
    return [event["seq"] for frame in frames for event in frame["events"]]


def steps() -> Iterator[int]:
    return iter(range(1, MANY))


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
@pytest.mark.parametrize("eject", EJECTIONS)
def test_who_is_removed_at_any_moment_says_nothing_more(eject: Ejection, seq: int) -> None:
    """Also with a position behind the removal, which an honest client would not know."""
    taken = 0
    for step in steps():
        app = memory_app()
        den = open_den(app, BEN)
        epoch = start_of(app, den).epoch

        def befalls(app: App = app, den: str = den) -> None:
            eject(app, by_id=ANN.id, room_id=den, user_id=BEN.id)
            says(app, den, ANN, "he is gone")
            says(app, den, ANN, "well then")

        interloper = Interloper(step, befalls)
        position = Position(epoch=epoch, seq=seq)

        with suppress(ChatError):
            says(interloper.beside(app), den, BEN, "i stay", position=position)
            taken += 1

        log = log_of(app, den)
        if interloper.came and (BEN.id, "i stay") in log:
            assert log.index((BEN.id, "i stay")) < log.index((ANN.id, EJECTIONS[eject]))
        if not interloper.came:
            break
    if seq == 1:  # the control: where the removal comes late enough, it is said
        assert taken > 1


def test_what_is_said_while_somebody_joins_is_heard_or_in_the_answer() -> None:
    came = 0
    for step in steps():
        app = memory_app()
        den = open_den(app, BEN)
        connection_id = listens(app, "elsewhere", BEN)
        interloper = Interloper(step, lambda app=app, den=den: says(app, den, ANN, "hello ben"))  # type: ignore[misc]

        joined = join_room(
            interloper.beside(app),
            user_id=BEN.id,
            room_id=den,
            connection_id=connection_id,
            connected_at=app.clock.now_ms(),
            position=start_of(app, den),
        )

        if not interloper.came:
            assert [event["seq"] for event in joined.events] == []
            break
        came += 1
        seqs = {event["seq"] for event in joined.events} | set(heard(app, connection_id))
        assert seqs == {2}, f"said before step {step}"
    assert came > 3


@pytest.mark.parametrize("eject", EJECTIONS)
def test_who_is_removed_while_joining_hears_nothing_of_what_follows(eject: Ejection) -> None:
    refused = 0
    for step in steps():
        app = memory_app()
        den = open_den(app, BEN)
        connection_id = listens(app, "elsewhere", BEN)

        def befalls(app: App = app, den: str = den) -> None:
            eject(app, by_id=ANN.id, room_id=den, user_id=BEN.id)

        interloper = Interloper(step, befalls)
        try:
            join_room(
                interloper.beside(app),
                user_id=BEN.id,
                room_id=den,
                connection_id=connection_id,
                connected_at=app.clock.now_ms(),
                position=start_of(app, den),
            )
        except NotAMember:
            refused += 1

        says(app, den, ANN, "behind his back")
        if not interloper.came:  # the control: nobody removed him
            assert heard(app, connection_id) == [2]
            break
        assert heard(app, connection_id) == [], f"removed before step {step}"
    assert refused == 3  # the look at the membership, the registration, the second look


def test_wherever_a_handler_dies_what_was_acknowledged_is_there_and_a_retry_says_it_once() -> None:
    deaths = 0
    for step in steps():
        app = memory_app()
        den = open_den(app, BEN)
        ann, ben = listens(app, den, ANN), listens(app, den, BEN)
        interloper = Interloper(step, die)
        with suppress(Died):
            says(interloper.beside(app), den, ANN, "tea?", connection_id=ann)
        deaths += interloper.came

        broadcaster = app.broadcaster
        assert isinstance(broadcaster, RecordingBroadcaster)
        if broadcaster.to(ann, "sent"):
            assert (ANN.id, "tea?") in log_of(app, den)
        says(app, den, ANN, "tea?", connection_id=ann)

        assert log_of(app, den).count((ANN.id, "tea?")) == 1
        assert set(heard(app, ben)) == {2}
        if not interloper.came:
            break
    assert deaths > 3


@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
def test_whoever_hears_a_room_hears_it_though_eventual_reads_know_nothing(
    request: pytest.FixtureRequest, kind: str
) -> None:
    """On the way of a message every read that decides something is strong."""
    app = app_on(kind, request)
    den = open_den(app, BEN)
    weak: list[str] = []

    def stale(operation: str, params: dict[str, Any], call: Call) -> dict[str, Any]:
        answer = call()
        if operation == "Query" and not params.get("ConsistentRead"):
            weak.append(operation)
            return {**answer, "Items": [], "Count": 0}
        if operation == "GetItem" and not params.get("ConsistentRead"):
            weak.append(operation)
            answer.pop("Item", None)
        return answer

    with seam(stale):
        ben = listens(app, den, BEN)
        says(app, den, ANN, "fresh tea")

        assert heard(app, ben) == [2]
        assert weak == []


@pytest.mark.parametrize("kind", ["memory", "lean"])
def test_a_clock_that_is_wrong_or_steps_back_changes_no_order(
    request: pytest.FixtureRequest, kind: str
) -> None:
    """Times are for showing; `seq` alone decides what stands where, and what is a repetition."""
    clock = StoppedClock()
    app = app_on(kind, request, clock=clock)
    den = open_den(app, BEN)
    ben = listens(app, den, BEN)

    for number, skew_ms in enumerate((0, 300_000, -300_000, 1, -1)):
        clock.ms = NOON_MS + skew_ms
        says(app, den, ANN, f"message {number}")
        says(app, den, ANN, f"message {number}")

    assert [text for _, text in log_of(app, den)][1:] == [f"message {n}" for n in range(5)]
    assert heard(app, ben) == [2, 2, 3, 3, 4, 4, 5, 5, 6, 6]


def test_the_log_shows_a_removal_and_a_message_by_name() -> None:
    """The control of the readings above."""
    app = memory_app()
    den = open_den(app, BEN)
    says(app, den, BEN, "i stay")
    remove_member(app, by_id=ANN.id, room_id=den, user_id=BEN.id)

    run = app.log.read_run(den, 1, max_entries=9).entries

    assert [type(e.fact) for e in run[1:]] == [MessageSent, MemberRemoved]
    assert log_of(app, den)[1:] == [(BEN.id, "i stay"), (ANN.id, "memberRemoved")]
