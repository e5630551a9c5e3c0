"""Hearing a room: register, look at the membership again, and only then read what was missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import UNSET
from teahouse.actions.join_room import ANSWER_BYTES, join_room
from teahouse.actions.leave_room import leave_room
from teahouse.adapters.memory.connections import MemoryConnections
from teahouse.adapters.memory.log import MemoryRoomLog
from teahouse.adapters.memory.members import MemoryMembers
from teahouse.adapters.memory.store import MemoryStore
from teahouse.app import App
from teahouse.domain.entry import Position
from teahouse.domain.errors import NotAMember, StalePosition
from teahouse.domain.user import User
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import MAX_FRAME_BYTES, Joined

from tests.cast import ANN, BEN, CLEO, member, opened, room, user
from tests.world import StoppedClock, listens, memory_app, open_den, says, start_of

LINE = "L0SM9cOFvHcCIhw="


def join(app: App, room_id: str, person: User, position: Position | None = None) -> Joined:
    return join_room(
        app,
        user_id=person.id,
        room_id=room_id,
        connection_id=LINE,
        connected_at=app.clock.now_ms(),
        position=position,
    )


def hears(app: App, room_id: str) -> bool:
    listeners = app.connections.of_room(room_id, app.clock.now_ms())
    return LINE in {x.connection_id for x in listeners}


def test_a_position_gives_what_follows_it_and_none_gives_nothing() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    says(app, den, ANN)
    says(app, den, BEN)

    followed = join(app, den, BEN, start_of(app, den))
    afresh = join(app, den, BEN)

    assert [event["seq"] for event in followed.events] == [2, 3]
    assert set(followed.users) == {ANN.id, BEN.id}
    assert (followed.head, followed.more, followed.reset) == (3, False, UNSET)
    assert (afresh.events, afresh.head, afresh.more) == ([], 3, False)


def test_another_epoch_is_told_to_start_afresh_and_a_slot_not_there_is_stale() -> None:
    app = memory_app()
    den = open_den(app)
    epoch = start_of(app, den).epoch

    assert join(app, den, ANN, Position(epoch="other.1", seq=1)).reset is True
    with pytest.raises(StalePosition):
        join(app, den, ANN, Position(epoch=epoch, seq=2))
    assert not hears(app, den)


def test_after_the_stores_generation_is_raised_every_position_is_of_another_epoch() -> None:
    store = MemoryStore()
    before = memory_app(store)
    den = open_den(before)
    position = start_of(before, den)
    assert join(before, den, ANN, position).reset is UNSET

    assert join(memory_app(store, store_generation="2"), den, ANN, position).reset is True


def test_who_is_not_in_a_private_room_does_not_hear_it() -> None:
    """Control: a member does."""
    app = memory_app()
    den = open_den(app)
    join(app, den, ANN)
    assert hears(app, den)
    app.connections.unregister(den, LINE)

    for room_id in (den, "no-such-room"):
        with pytest.raises(NotAMember):
            join(app, room_id, CLEO)
        assert not hears(app, room_id)


def test_a_public_room_makes_a_member() -> None:
    app = memory_app()
    owner = member("square", ANN, role="owner")
    app.rooms.create(room("square", kind="public", code=None), owner, opened())
    app.accounts.create(CLEO, None)

    joined = join(app, "square", CLEO)

    assert joined.head == 2
    assert app.members.find("square", CLEO.id) is not None


class _Watched:
    """A port that does something before one of its calls."""

    def __init__(self, port: Any, name: str, before: Callable[[int], None]) -> None:
        self._port, self._name, self._before, self._calls = port, name, before, 0

    def __getattr__(self, name: str) -> Any:
        if name == self._name:
            self._calls += 1
            self._before(self._calls)
        return getattr(self._port, name)


def test_what_is_said_while_joining_is_in_the_backlog_or_pushed() -> None:
    """Were the backlog read before the registration, this message would be in neither."""
    store, clock = MemoryStore(), StoppedClock()
    quiet = memory_app(store, clock=clock)
    den = open_den(quiet, BEN)
    pushed: list[dict[str, Any]] = []

    def speak(call: int) -> None:
        if call == 1:
            says(quiet, den, ANN, "just then")
            pushed.extend(quiet.broadcaster.to(LINE))  # type: ignore[attr-defined]

    log = _Watched(MemoryRoomLog(store), "read_run", speak)
    joined = join(memory_app(store, clock=clock, log=log), den, BEN, start_of(quiet, den))

    assert [event["text"] for event in joined.events] == ["just then"]
    assert [frame["events"][0]["text"] for frame in pushed] == ["just then"]


def test_who_leaves_while_joining_is_refused_and_hears_nothing() -> None:
    """The membership is looked at again once the connection is registered."""
    store, clock = MemoryStore(), StoppedClock()
    quiet = memory_app(store, clock=clock)
    den = open_den(quiet, BEN)
    connections = MemoryConnections(store, clock)

    def leave(call: int) -> None:
        if call == 1:
            leave_room(quiet, user_id=BEN.id, room_id=den)

    watched = _Watched(connections, "register", leave)
    app = memory_app(store, clock=clock, connections=watched, members=MemoryMembers(store))

    with pytest.raises(NotAMember):
        join(app, den, BEN)
    assert not hears(quiet, den)


def test_a_backlog_of_many_voices_stays_under_the_frame() -> None:
    """Only those are named whom the answer mentions; the rest comes by REST."""
    app = memory_app()
    voices = [user(f"{i:016}", display_name="茶" * 32) for i in range(199)]
    den = open_den(app, *voices)
    for voice in voices:
        says(app, den, voice, "hi")

    joined = join(app, den, ANN, start_of(app, den))

    assert len(encode(joined)) <= MAX_FRAME_BYTES - ANSWER_BYTES
    assert set(joined.users) == {event["by"] for event in joined.events}
    assert joined.online == 1  # of 200 members
    assert [event["seq"] for event in joined.events] == list(range(2, len(joined.events) + 2))
    assert joined.more
    assert len(joined.events) > 50


def test_people_whose_names_do_not_fit_the_frame_are_counted() -> None:
    """Control: those who do fit are listed, below."""
    app = memory_app()
    crowd = [user(f"{i:016}", display_name="😀" * 32, username="u" * 32) for i in range(99)]
    den = open_den(app, *crowd)
    for person in crowd:
        listens(app, den, person)
    says(app, den, crowd[0], "x" * 8_000)

    joined = join(app, den, ANN, start_of(app, den))

    assert joined.online == 100
    assert len(encode(joined)) <= MAX_FRAME_BYTES - ANSWER_BYTES
    assert [event["seq"] for event in joined.events] == [2]
    assert not joined.more


def test_who_is_here_is_listed_by_id_with_names() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    listens(app, den, BEN)
    listens(app, den, BEN)

    joined = join(app, den, ANN)

    assert joined.online == sorted([ANN.id, BEN.id])
    assert set(joined.users) == {ANN.id, BEN.id}
