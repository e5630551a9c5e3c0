"""How far somebody has read: only upwards, and their other devices hear of it."""

from __future__ import annotations

import pytest
from msgspec import UNSET
from teahouse.actions.list_rooms import list_rooms
from teahouse.actions.mark_read import mark_read
from teahouse.app import App
from teahouse.domain.errors import Invalid, NotAMember
from teahouse.domain.message import summary_of_message

from tests.cast import ANN, BEN, CLEO, said
from tests.world import RecordingBroadcaster, listens, memory_app, open_den


@pytest.fixture
def app() -> App:
    return memory_app()


@pytest.fixture
def den(app: App) -> str:
    """A den with three messages that ben has not read."""
    den = open_den(app, BEN)
    for seq in (2, 3, 4):
        app.log.put(den, said(seq))
    return den


def read_position(app: App, den: str) -> tuple[int, int]:
    membership = app.members.membership(den, BEN.id)
    assert membership is not None
    return membership.read_seq, membership.read_number


def posts(app: App) -> RecordingBroadcaster:
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    return app.broadcaster


def test_the_other_devices_of_the_reader_hear_and_nobody_else(app: App, den: str) -> None:
    here, there, anns = (listens(app, den, person) for person in (BEN, BEN, ANN))

    mark_read(app, user_id=BEN.id, room_id=den, seq=3, connection_id=here)

    assert read_position(app, den) == (3, 2)
    assert posts(app).to(there) == [{"type": "read", "roomId": den, "seq": 3, "unread": 1}]
    assert posts(app).to(here) == []
    assert posts(app).to(anns) == []


def test_the_position_only_rises(app: App, den: str) -> None:
    mark_read(app, user_id=BEN.id, room_id=den, seq=4)

    mark_read(app, user_id=BEN.id, room_id=den, seq=2)

    assert read_position(app, den) == (4, 3)


def test_what_is_not_in_the_log_cannot_be_read(app: App, den: str) -> None:
    with pytest.raises(Invalid):
        mark_read(app, user_id=BEN.id, room_id=den, seq=5)

    assert read_position(app, den) == (1, 0)


def test_who_is_no_member_reads_nothing(app: App, den: str) -> None:
    with pytest.raises(NotAMember):
        mark_read(app, user_id=CLEO.id, room_id=den, seq=2)
    with pytest.raises(NotAMember):
        mark_read(app, user_id=CLEO.id, room_id="no-such-room", seq=2)


def test_the_author_s_own_mark_tells_lists_of_what_was_said_within_a_second(app: App) -> None:
    """Control: a reader's does not, so that only authors pay for the look."""
    den = open_den(app, BEN)
    spoken = [said(2, "tea?", by=BEN), said(3, "green tea?", by=BEN), said(4, "who asked?", by=ANN)]
    for entry in spoken:
        app.log.put(den, entry)
    first = summary_of_message(den, spoken[0])
    assert first is not None
    app.rooms.summarize(first)

    def last() -> tuple[str, int]:
        [shown] = list_rooms(app, ANN.id).items
        assert shown.last_message is not UNSET
        return shown.last_message.text, shown.unread

    assert last() == ("tea?", 1)
    mark_read(app, user_id=ANN.id, room_id=den, seq=3)
    assert last() == ("tea?", 0)
    mark_read(app, user_id=BEN.id, room_id=den, seq=3)
    assert last() == ("green tea?", 0)
    mark_read(app, user_id=ANN.id, room_id=den, seq=4)
    assert last() == ("who asked?", 0)
    mark_read(app, user_id=BEN.id, room_id=den, seq=4)
    assert last() == ("who asked?", 0)
