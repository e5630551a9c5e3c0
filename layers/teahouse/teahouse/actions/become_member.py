"""How does somebody become a member of a room?

    until a deadline:
      row = the newcomer's own row                                   read, strongly
      there, by an earlier attempt of ours  -> done                  the answer was lost
      there                                 -> a member already
      newest = the newest slot of the log                            read, strongly
      rows, count and slot newest + 1 in one transaction             -> done
      taken, conflict, or outcome unknown   -> again

The lobby and rooms of many members change the rows only: their logs would be nothing but arrivals.
"""

from __future__ import annotations

from contextlib import suppress

from teahouse.actions.append import Operation, next_entry
from teahouse.actions.settle import settle
from teahouse.actions.show_room import show_room
from teahouse.actions.tell_person import tell_person
from teahouse.actions.tell_room import tell_room
from teahouse.app import App
from teahouse.domain.entry import Entry, MemberJoined, Role
from teahouse.domain.errors import Conflict, RoomClosed
from teahouse.domain.member import ROOMS_PER_USER, Member
from teahouse.domain.room import LOBBY_ID, Room
from teahouse.domain.user import User
from teahouse.domain.values import dataclass
from teahouse.ports import OutcomeUnknown
from teahouse.protocol.frames import RoomAdded


@dataclass(frozen=True, slots=True)
class _Admitted:
    """The newcomer is in; `entry` is the slot that says so, if there is one."""

    is_new: bool
    entry: Entry | None = None


def become_member(
    app: App,
    *,
    user: User,
    room: Room,
    code: str | None = None,
    skip_connection: str | None = None,
) -> bool:
    """Make somebody a member, and tell the room and the newcomer's other connections.

    With a `code`, it must still lead to the room in the step that writes. False if the person was
    a member already: nothing happens then.

    Raises:
        NotFound: the room or the code is gone.
        Forbidden: banned from the room.
        RoomClosed: it takes nobody any more.
        Conflict: in too many rooms.
        Busy: too much contention; the outcome is unknown.
    """
    if app.members.find(room.id, user.id) is not None:
        return False
    if room.closed_at is not None:
        raise RoomClosed
    if room.id != LOBBY_ID:
        require_space(app, user.id)
    operation = Operation(
        room_id=room.id,
        author_id=user.id,
        id=app.ids.new_code(),
        fact=lambda _: MemberJoined(user_id=user.id),
    )
    joined_at = app.clock.now_ms()
    admitted = settle(app, lambda: _attempt(app, user, room, code, operation, joined_at))
    if admitted.is_new:
        with suppress(OutcomeUnknown):  # the member is in, whoever hears of it
            _tell(app, user, room, admitted.entry, skip_connection)
    return admitted.is_new


def require_space(app: App, user_id: str) -> None:
    """Refuse one more room to somebody who is in too many; lists are read whole.

    Raises:
        Conflict: in `ROOMS_PER_USER` rooms.
    """
    if len(app.members.rooms_of(user_id)) >= ROOMS_PER_USER:
        raise Conflict(f"One person can be in {ROOMS_PER_USER} rooms.")


def role_of_newcomer(user: User, room_id: str) -> Role:
    """Give the role somebody enters a room with: the lobby is kept in order by administrators."""
    return "owner" if room_id == LOBBY_ID and user.is_administrator else "member"


def _attempt(
    app: App, user: User, room: Room, code: str | None, operation: Operation, joined_at: int
) -> _Admitted:
    row = app.members.find(room.id, user.id)
    if row is not None:
        return _recognized(app, row, room, operation, joined_at)
    newest = app.log.newest(room.id)
    entry = next_entry(app, operation, newest) if room.takes_slots_for_joining else None
    last = entry or newest
    member = Member(
        room_id=room.id,
        user=user,
        role=role_of_newcomer(user, room.id),
        joined_at=joined_at,
        decided_seq=last.seq,
    )
    is_new = app.members.admit(member, entry, read=(last.seq, last.number), code=code)
    return _Admitted(is_new, entry) if is_new else _Admitted(is_new=False)


def _recognized(
    app: App, row: Member, room: Room, operation: Operation, joined_at: int
) -> _Admitted:
    """Tell whether a row is of an earlier attempt whose answer was lost."""
    if not room.takes_slots_for_joining:
        return _Admitted(is_new=row.joined_at == joined_at)
    run = app.log.read_run(room.id, row.decided_seq, max_entries=1)
    if run.entries and run.entries[0].operation_id == operation.id:
        return _Admitted(is_new=True, entry=run.entries[0])
    return _Admitted(is_new=False)


def _tell(
    app: App, user: User, room: Room, entry: Entry | None, skip_connection: str | None
) -> None:
    if entry is not None:
        tell_room(app, room.id, [entry], [user])
    if app.connections.of_user(user.id):
        added = RoomAdded(room=show_room(app, user_id=user.id, room_id=room.id))
        tell_person(app, user.id, added, skip_connection=skip_connection)
