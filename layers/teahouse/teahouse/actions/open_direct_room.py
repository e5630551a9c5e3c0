"""Talk to one person: the room of two, made once for each pair."""

from __future__ import annotations

from contextlib import suppress

from teahouse.actions.acquaintance import share_a_room
from teahouse.actions.become_member import become_member, require_space
from teahouse.actions.open_room import first_entry, new_room_key
from teahouse.actions.settle import settle
from teahouse.actions.show_room import show_room
from teahouse.actions.tell_person import tell_person
from teahouse.app import App
from teahouse.domain.errors import Forbidden, Invalid, NotFound
from teahouse.domain.member import Member
from teahouse.domain.room import Room, direct_room_id
from teahouse.domain.user import User
from teahouse.ports import OutcomeUnknown
from teahouse.protocol.frames import RoomAdded
from teahouse.protocol.shapes import WireRoom


def open_direct_room(app: App, *, by_id: str, user_id: str) -> tuple[WireRoom, bool]:
    """Give the room of these two, and whether it was opened now; both hear `roomAdded`.

    Its id follows from the pair, so whoever asks first, and however many at once, there is one.
    Who has left it is in it again. Administrators reach everybody, others whom they share a room
    with.

    Raises:
        Invalid: one does not talk to oneself.
        Forbidden: one has blocked the other.
        NotFound: there is nobody, nobody within reach, or they have blocked one: that is not told
            apart.
        Conflict: one of the two is in too many rooms.
        Busy: too much contention; the outcome is unknown.
    """
    if user_id == by_id:
        raise Invalid(fields={"userId": "that is you"})
    if app.notifications.is_blocked(by_id, user_id):
        raise Forbidden("You have blocked this person.")
    people = app.accounts.get_many({by_id, user_id})
    is_unwanted = app.notifications.is_blocked(user_id, by_id)
    if (
        is_unwanted
        or user_id not in people
        or people[user_id].is_deleted
        or not (people[by_id].is_administrator or share_a_room(app, by_id, user_id))
    ):
        raise NotFound("There is nobody of this id whom you know.")
    room, is_made = settle(app, lambda: _room(app, people[by_id], people[user_id]))
    came = [become_member(app, user=person, room=room) for person in people.values()]
    shown = show_room(app, user_id=by_id, room_id=room.id)
    if is_made:
        with suppress(OutcomeUnknown):  # the room is there, whoever hears of it
            tell_person(app, by_id, RoomAdded(room=shown))
    return shown, is_made or any(came)


def _room(app: App, opener: User, other: User) -> tuple[Room, bool] | None:
    """Get the room, or make it with its opener in it; None asks for another look."""
    room_id = direct_room_id(opener.id, other.id)
    try:
        return app.rooms.get(room_id), False
    except NotFound:
        now = app.clock.now_ms()
    require_space(app, opener.id)
    room = Room(
        id=room_id,
        name="",
        description="",
        kind="direct",
        owner_id=opener.id,
        room_key=new_room_key(app),
        created_at=now,
        member_count=1,
        owners=0,
        pair=(opener.id, other.id),
    )
    first = Member(room_id=room_id, user=opener, role="member", joined_at=now, decided_seq=1)
    return (room, True) if app.rooms.create(room, first, first_entry(app, room)) else None
