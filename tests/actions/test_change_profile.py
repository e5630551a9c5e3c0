from __future__ import annotations

from threading import Lock

import pytest
from teahouse.actions.change_profile import change_profile
from teahouse.actions.read_profile import read_profile
from teahouse.actions.register import register
from teahouse.adapters.memory.moderation import MemoryModeration
from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.connection import ROOM_ROW_MS, Listener
from teahouse.domain.errors import Invalid
from teahouse.domain.room import ROLL_CALL_MEMBERS
from teahouse.domain.session import Caller
from teahouse.domain.user import User

from tests.cast import ANN, BEN, CLEO, NOON_MS, member, opened, room
from tests.world import RecordingBroadcaster, StoppedClock, memory_app


def test_a_person_changes_name_and_language_and_the_rest_stays() -> None:
    app = memory_app()
    ann = register(app, username="ann-oolong", password="correct horse", language="en")
    caller = Caller(user_id=ann.user.id, session_id=ann.session.id)

    change_profile(app, caller=caller, display_name=" Anna ", language=None)
    renamed = read_profile(app, caller=caller)
    change_profile(app, caller=caller, display_name=None, language="zh-CN")
    moved = read_profile(app, caller=caller)

    assert (renamed.display_name, renamed.language) == ("Anna", "en")
    assert (moved.display_name, moved.language) == ("Anna", "zh-CN")
    assert (moved.color, moved.username) == (ann.user.color, "ann-oolong")


def test_a_name_that_is_not_acceptable_changes_nothing() -> None:
    app = memory_app()
    ann = register(app, username="ann-oolong", password="correct horse")
    caller = Caller(user_id=ann.user.id, session_id=ann.session.id)

    with pytest.raises(Invalid):
        change_profile(app, caller=caller, display_name="a" * 33, language="zh-CN")

    assert read_profile(app, caller=caller) == ann.user
    assert change_profile(app, caller=caller, display_name="a" * 32, language=None)


def test_a_new_name_stands_in_every_room_and_on_every_open_page() -> None:
    """The control is a crowd: its rows change too, and its pages hear of it with the next word."""
    posted = RecordingBroadcaster()
    app = memory_app(broadcaster=posted)
    app.accounts.create(BEN, None)
    for place, person in (
        (room("den"), ANN),
        (room("crowd", member_count=ROLL_CALL_MEMBERS), CLEO),
    ):
        app.rooms.create(place, member(place.id, ANN, role="owner"), opened())
        app.members.admit(member(place.id, BEN), None, read=(1, 0))
        listener = Listener(connection_id=f"{person.id}-hears", user_id=person.id)
        app.connections.register(place.id, listener, NOON_MS + ROOM_ROW_MS)
    caller = Caller(user_id=BEN.id, session_id="s")

    change_profile(app, caller=caller, display_name="Benjamin", language=None)
    change_profile(app, caller=caller, display_name="Benjamin", language=None)

    rows = [app.members.find(place, BEN.id) for place in ("den", "crowd")]
    assert [row.user.display_name for row in rows if row] == ["Benjamin"] * 2
    [(hearer, frame)] = posted.posts
    assert (hearer, frame["type"]) == (f"{ANN.id}-hears", "userChanged")
    assert frame["user"]["displayName"] == "Benjamin"


class SlowModeration(MemoryModeration):
    """Takes half a second for a row, by the clock of the app."""

    def __init__(self, store: MemoryStore, clock: StoppedClock) -> None:
        super().__init__(store)
        self._clock = clock
        self._turn = Lock()

    def show_member(self, room_id: str, user: User) -> None:
        with self._turn:
            self._clock.sleep(0.5)
        super().show_member(room_id, user)


@pytest.mark.parametrize(("rows", "shown"), [(20, 16), (10, 10)])
def test_a_new_name_goes_to_rooms_joined_last_first_as_long_as_there_is_time(
    rows: int, shown: int
) -> None:
    """Control: of few rooms all show it. Open pages hear of it in either case."""
    store, clock, posted = MemoryStore(), StoppedClock(), RecordingBroadcaster()
    slow = SlowModeration(store, clock)
    app = memory_app(store, broadcaster=posted, clock=clock, moderation=slow)
    app.accounts.create(BEN, None)
    rooms = [f"room-{n:02}" for n in range(rows)]
    for joined_at, room_id in enumerate(rooms, NOON_MS):
        app.rooms.create(room(room_id), member(room_id, ANN, role="owner"), opened())
        app.members.admit(member(room_id, BEN, joined_at=joined_at), None, read=(1, 0))
    heard = Listener(connection_id="ann-hears", user_id=ANN.id)
    app.connections.register(rooms[-1], heard, NOON_MS + ROOM_ROW_MS)

    caller = Caller(user_id=BEN.id, session_id="s")
    change_profile(app, caller=caller, display_name="Benjamin", language=None)

    found = [app.members.find(room_id, BEN.id) for room_id in reversed(rooms)]
    names = [row.user.display_name for row in found if row]
    assert names == ["Benjamin"] * shown + [BEN.display_name] * (rows - shown)
    assert [frame["type"] for _, frame in posted.posts] == ["userChanged"]
