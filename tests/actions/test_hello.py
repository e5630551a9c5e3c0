"""The first answer on a socket: who one is, and as many rooms as fit."""

from __future__ import annotations

import pytest
from teahouse.actions.hello import ROOMS, hello
from teahouse.actions.open_room import open_room
from teahouse.app import App
from teahouse.domain.errors import NotFound
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import MAX_FRAME_BYTES

from tests.cast import ANN
from tests.world import memory_app


@pytest.fixture
def app() -> App:
    app = memory_app()
    app.accounts.create(ANN, None)
    return app


def test_the_person_and_the_rooms_are_there(app: App) -> None:
    room = open_room(app, owner_id=ANN.id, name="The den")

    welcome = hello(app, user_id=ANN.id)

    assert welcome.user.id == ANN.id
    assert [r.id for r in welcome.rooms] == [room.id]
    assert not welcome.more
    assert welcome.now == app.clock.now_ms()


def test_more_rooms_than_are_shown_are_said_to_be_there(app: App) -> None:
    for number in range(ROOMS + 1):
        open_room(app, owner_id=ANN.id, name=f"Room {number}")

    welcome = hello(app, user_id=ANN.id)

    assert len(welcome.rooms) == ROOMS
    assert welcome.more


def test_rooms_with_long_descriptions_still_fit_a_frame(app: App) -> None:
    for number in range(ROOMS):
        name, description = f"{number} " + "茶" * 60, "🍵" * 500
        open_room(app, owner_id=ANN.id, name=name, description=description)

    welcome = hello(app, user_id=ANN.id)

    assert len(encode(welcome)) <= MAX_FRAME_BYTES
    assert 0 < len(welcome.rooms) < ROOMS
    assert welcome.more


def test_an_account_that_is_gone_is_not_welcomed(app: App) -> None:
    with pytest.raises(NotFound):
        hello(app, user_id="nobody")
