"""At the same time: what need not wait does not, and nothing is left running."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from teahouse.actions.connect import connect
from teahouse.actions.hello import hello
from teahouse.actions.join_room import join_room
from teahouse.actions.ping import ping
from teahouse.actions.send_message import send_message
from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.session import Caller, Session
from teahouse.ports import OutcomeUnknown

from tests.cast import ANN, BEN, NOON_MS
from tests.world import RecordingBroadcaster, listens, memory_app, open_den, start_of

PATIENCE_S = 5.0


class Meeting:
    """Wraps ports so that named methods go on only when all of them have begun."""

    def __init__(self, *methods: str) -> None:
        self.begun = {method: threading.Event() for method in methods}

    def at(self, port: Any) -> Any:
        return _Meets(port, self.begun)


class _Meets:
    def __init__(self, port: Any, begun: dict[str, threading.Event]) -> None:
        self._port, self._begun = port, begun

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)
        if name not in self._begun:
            return real

        def meets(*given: Any, **named: Any) -> Any:
            self._begun[name].set()
            assert all(event.wait(PATIENCE_S) for event in self._begun.values())
            return real(*given, **named)

        return meets


def test_both_are_carried_out_and_no_thread_is_left() -> None:
    threads = threading.active_count()
    begun = threading.Barrier(2)

    def after_meeting(answer: str) -> str:
        begun.wait(PATIENCE_S)
        return answer

    assert together(lambda: after_meeting("a"), lambda: after_meeting("b")) == ("a", "b")
    assert threading.active_count() == threads


@pytest.mark.parametrize("place", [0, 1])
def test_a_failure_is_raised_once_both_have_ended(place: int) -> None:
    ended: list[str] = []

    def fail() -> None:
        raise OutcomeUnknown

    steps = [lambda: ended.append("other"), lambda: ended.append("other")]
    steps[place] = fail
    with pytest.raises(OutcomeUnknown):
        together(*steps)
    assert ended == ["other"]


def test_who_hears_is_read_while_the_sender_is_told() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    anns, bens = listens(app, den, ANN), listens(app, den, BEN)
    meeting = Meeting("post", "attendance")
    parted = replace(
        app,
        broadcaster=meeting.at(app.broadcaster),
        connections=meeting.at(app.connections),
        summarized_at={den: app.clock.now_ms()},
    )

    say(parted, den, anns)

    assert isinstance(app.broadcaster, RecordingBroadcaster)
    assert [target for target, _ in app.broadcaster.posts] == [anns, bens]


def test_the_summary_is_raised_while_the_room_is_told() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    listens(app, den, BEN)
    meeting = Meeting("post", "summarize")
    rooms, broadcaster = meeting.at(app.rooms), meeting.at(app.broadcaster)

    say(replace(app, rooms=rooms, broadcaster=broadcaster), den, None)

    assert app.rooms.get_many([den])[den][1] is not None


def test_a_ping_looks_for_slots_and_membership_at_once() -> None:
    app = memory_app()
    den = open_den(app)
    say(app, den, None)
    meeting = Meeting("among", "exists")
    parted = replace(app, members=meeting.at(app.members), log=meeting.at(app.log))

    standing = ping(parted, user_id=ANN.id, connection_id="c", positions={den: start_of(app, den)})

    assert standing.behind == [den]


def test_connecting_looks_at_the_session_and_the_other_sockets_at_once() -> None:
    app = memory_app()
    session = Session(
        id="s", user_id=ANN.id, secret_hash="h", created_at=NOON_MS, last_used_at=NOON_MS
    )
    app.accounts.put_session(session)
    meeting = Meeting("find_session", "of_user")
    parted = replace(
        app, accounts=meeting.at(app.accounts), connections=meeting.at(app.connections)
    )
    caller = Caller(user_id=ANN.id, session_id="s")

    connect(parted, caller=caller, connection_id="c-1", connected_at=NOON_MS)

    assert app.connections.find("c-1") is not None


def test_hello_looks_for_the_rooms_the_person_and_what_they_were_told_at_once() -> None:
    app = memory_app()
    open_den(app)
    meeting = Meeting("rooms_of", "get", "newest")
    parted = replace(
        app,
        members=meeting.at(app.members),
        accounts=meeting.at(app.accounts),
        notifications=meeting.at(app.notifications),
    )

    assert [room.name for room in hello(parted, user_id=ANN.id).rooms] == ["The den"]


@pytest.mark.parametrize("reading", ["newest", "read_run"])
def test_joining_reads_the_room_who_is_there_and_what_was_missed_at_once(reading: str) -> None:
    app = memory_app()
    den = open_den(app)
    start = start_of(app, den)
    say(app, den, None)
    meeting = Meeting("get", "attendance", reading)
    parted = replace(
        app,
        rooms=meeting.at(app.rooms),
        connections=meeting.at(app.connections),
        log=meeting.at(app.log),
    )

    joined = join_room(
        parted,
        user_id=ANN.id,
        room_id=den,
        connection_id="c",
        connected_at=NOON_MS,
        position=start if reading == "read_run" else None,
    )

    assert (joined.head, len(joined.events)) == (2, int(reading == "read_run"))


def say(app: App, room_id: str, connection_id: str | None) -> None:
    send_message(
        app,
        sender_id=ANN.id,
        room_id=room_id,
        client_message_id="message-0000000000000000",
        position=start_of(app, room_id),
        text="hello",
        connection_id=connection_id,
    )
