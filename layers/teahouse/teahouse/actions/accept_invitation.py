"""Become a member by an invitation code."""

from __future__ import annotations

from teahouse.actions.become_member import become_member
from teahouse.actions.preview_invitation import preview_invitation
from teahouse.actions.show_room import show_room
from teahouse.app import App
from teahouse.protocol.shapes import WireRoom


def accept_invitation(app: App, *, user_id: str, code: str) -> tuple[WireRoom, bool]:
    """Enter the room a code leads to; gives the room, and whether the person is new in it.

    The code is looked at again in the step that writes: one that is renewed meanwhile is dead.

    Raises:
        NotFound: the code is dead or was never one.
        Conflict, Busy: as `become_member`.
    """
    room = preview_invitation(app, code=code)
    user = app.accounts.get(user_id)
    is_new = become_member(app, user=user, room=room, code=code)
    return show_room(app, user_id=user_id, room_id=room.id), is_new
