"""Is everything that shows rooms shown without their codes to whom they are not for?"""

from __future__ import annotations

import re
from typing import Any, get_type_hints

import pytest
from msgspec import UNSET, Struct
from teahouse.domain.member import Membership
from teahouse.protocol import answers, frames, pages
from teahouse.protocol.frames import RoomAdded, Welcome
from teahouse.protocol.pages import RoomAnswer, RoomsPage
from teahouse.protocol.views import wire_myself, wire_room, without_codes

from tests.cast import ANN, room

DEN = wire_room(
    room("den"),
    None,
    Membership(room_id="den", user_id=ANN.id, role="owner", joined_at=1, read_seq=0, read_number=0),
    epoch="e",
)
SHOWN: dict[type[Struct], Any] = {
    RoomAnswer: RoomAnswer(room=DEN),
    RoomAdded: RoomAdded(room=DEN),
    RoomsPage: RoomsPage(rooms=[DEN]),
    Welcome: Welcome(
        user=wire_myself(ANN),
        rooms=[DEN],
        more=False,
        now=1,
        unread_notifications=0,
        ping_s=1,
        server_version="0",
    ),
}


def test_every_shape_with_a_room_is_known() -> None:
    """A new one has to be told apart in `without_codes`, and shown here."""
    shapes = [
        shape
        for module in (frames, pages, answers)
        for shape in vars(module).values()
        if isinstance(shape, type) and issubclass(shape, Struct)
    ]
    with_a_room = {
        shape
        for shape in shapes
        if any(re.search(r"\bWireRoom\b", str(hint)) for hint in get_type_hints(shape).values())
    }

    assert with_a_room == set(SHOWN)


@pytest.mark.parametrize("shape", SHOWN)
def test_nothing_of_a_shape_but_the_code_is_taken(shape: type[Struct]) -> None:
    shown = SHOWN[shape]

    found = without_codes(shown)
    rooms = getattr(found, "rooms", None) or [found.room]

    assert DEN.code, "the control: it has one"
    assert [room.code for room in rooms] == [UNSET]
    assert without_codes(found) is found
