"""Enter the lobby, the room where everybody begins."""

from __future__ import annotations

from teahouse.actions.become_member import become_member, role_of_newcomer
from teahouse.actions.open_room import first_entry, new_room_key
from teahouse.actions.settle import settle
from teahouse.app import App
from teahouse.domain.errors import NotFound
from teahouse.domain.member import Member
from teahouse.domain.room import LOBBY_ID, Room
from teahouse.domain.user import User

LOBBY_NAME = "Lobby"


def enter_lobby(app: App, user: User) -> None:
    """Make somebody a member of the lobby; the first one to enter makes it, on demand.

    It belongs to the administrators, and to nobody while there is none. Entering takes no slot.

    Raises:
        Busy: too much contention; the outcome is unknown.
    """
    room = settle(app, lambda: _lobby(app, user))
    become_member(app, user=user, room=room)


def _lobby(app: App, user: User) -> Room | None:
    """Get the lobby, or make it; None asks for another look."""
    try:
        return app.rooms.get(LOBBY_ID)
    except NotFound:
        now = app.clock.now_ms()
    role = role_of_newcomer(user, LOBBY_ID)
    room = Room(
        id=LOBBY_ID,
        name=LOBBY_NAME,
        description="",
        kind="public",
        owner_id=user.id,
        room_key=new_room_key(app),
        created_at=now,
        member_count=1,
        owners=1 if role == "owner" else 0,
    )
    first = Member(room_id=LOBBY_ID, user=user, role=role, joined_at=now, decided_seq=1)
    return room if app.rooms.create(room, first, first_entry(app, room)) else None
