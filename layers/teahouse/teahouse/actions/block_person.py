"""Want to hear nothing of somebody, or hear of them again."""

from __future__ import annotations

from contextlib import suppress

from teahouse.actions.leave_room import leave_room
from teahouse.app import App
from teahouse.domain.errors import Invalid, NotAMember, NotFound
from teahouse.domain.room import direct_room_id
from teahouse.domain.safety import Block


def block_person(app: App, *, by_id: str, user_id: str) -> None:
    """Block somebody, administrators too; again is no harm. One leaves the room of the two.

    From then on they open no direct room with one, and notify one of nothing: it looks to them as
    if there were nobody. What they say in rooms of more is said to all, and pages may hide it.

    Raises:
        Invalid: one does not block oneself.
        NotFound: there is nobody of this id.
        Busy: too much contention; the same again goes on.
    """
    if user_id == by_id:
        raise Invalid(fields={"userId": "that is you"})
    if user_id not in app.accounts.get_many([user_id]):
        raise NotFound
    app.safety.block(Block(by=by_id, user_id=user_id, at=app.clock.now_ms()))
    with suppress(NotAMember):  # they have no room of their own, or one has left it already
        leave_room(app, user_id=by_id, room_id=direct_room_id(by_id, user_id))


def unblock_person(app: App, *, by_id: str, user_id: str) -> None:
    """Block somebody no more; the room of the two is there again when either opens it."""
    app.safety.unblock(by_id, user_id)
