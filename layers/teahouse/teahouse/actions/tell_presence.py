"""How does a room hear who has come and who has gone?

    a connection is registered   its person was not here          -> `entered`, at once
    a connection has ended       its row stays, as a departure
      the person is back                                          -> nothing; a ping sweeps it up
      the grace time is over     whoever reads the room next      -> `left`

Lambda keeps no timer, and no queue is polled for one: a leave is told by the next thing that
happens in the room, somebody's ping at the latest. See docs/decisions/0008.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from msgspec import UNSET

from teahouse.app import App
from teahouse.domain.connection import Attendance, Departure, Listener
from teahouse.domain.presence import has_entered, overdue, present
from teahouse.domain.room import ROLL_CALL_MEMBERS, Room
from teahouse.domain.user import User
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import Presence
from teahouse.protocol.views import wire_user

GLANCES = 2  # rooms a ping looks at
FORGOTTEN = 10  # at once; of hundreds that were dropped most have their `$disconnect` under way
DEPARTURES = 25  # taken at once; the rest is for who comes next
CROWD_POSTS_PER_S = 10  # what a crowd's number may cost a worker, however large the room


def tell_entered(
    app: App, room: Room, attendance: Attendance, user: User, connection_id: str
) -> None:
    """Tell everybody else who hears the room of somebody who has just come, if so it is."""
    if not has_entered(attendance, connection_id):
        return
    others = [x for x in attendance.listeners if x.connection_id != connection_id]
    online = present(attendance, app.clock.now_ms(), app.grace_ms)
    _tell(app, room, others, online, entered=[user])


def tell_departures(
    app: App, room_id: str, attendance: Attendance, *, is_sweeping: bool = False
) -> list[str]:
    """Tell who hears a room of those whose grace time is over, each once whoever reads it.

    Nothing is read or written where nobody is to be missed: departures of people who are back
    are left to who sweeps, for a storm of them comes when there is most to do. Returns whom it
    has told of.
    """
    now = app.clock.now_ms()
    here = present(attendance, now, app.grace_ms)
    due = overdue(attendance, now, app.grace_ms)
    left = _taken(app, room_id, [x for x in due if is_sweeping or x.user_id not in here], here)
    if left and attendance.listeners:
        _tell(app, app.rooms.get(room_id), attendance.listeners, here, left=left)
    return left


def tell_stopped(app: App, room_id: str, user_id: str) -> None:
    """Tell who hears a room of somebody who has just asked to hear it no more."""
    now = app.clock.now_ms()
    attendance = app.connections.attendance(room_id, now)
    told = tell_departures(app, room_id, attendance)
    here = present(attendance, now, app.grace_ms)
    if attendance.listeners and user_id not in (*here, *told):
        _tell(app, app.rooms.get(room_id), attendance.listeners, here, left=[user_id])


def look_for_departures(app: App, room_ids: Sequence[str]) -> None:
    """Look whether anybody has gone from some of the rooms, those longest not looked at.

    Half a read unit a room; `GLANCES` rooms, none twice by a worker within the grace time; crowds
    have nobody to name. What a glance finds is looked at again, strongly, before it is told.
    """
    now = app.clock.now_ms()
    longest_ago = sorted(room_ids, key=lambda room_id: app.glanced_at.get(room_id, 0))
    for room_id in longest_ago[:GLANCES]:
        if now - app.glanced_at.get(room_id, 0) < app.grace_ms:
            return
        app.glanced_at[room_id] = now
        seen = app.connections.glance(room_id, now, ROLL_CALL_MEMBERS)
        if seen is not None and overdue(seen, now, app.grace_ms):
            found = app.connections.attendance(room_id, now)
            tell_departures(app, room_id, found, is_sweeping=True)


def forget_gone(app: App, gone: Iterable[str]) -> None:
    """Forget some of those that a post has found gone, each by its own id.

    Whoever speaks; the next post finds the others again.
    """
    for connection_id in islice(gone, FORGOTTEN):
        app.connections.forget(connection_id)


def _taken(app: App, room_id: str, due: Sequence[Departure], here: Collection[str]) -> list[str]:
    """Take departures out of the room, and name whose leaving is for this caller to tell.

    Who takes a person's newest one tells it; the others only go.
    """
    left = []
    newest = {departure.user_id: departure for departure in due}
    for departure in due[:DEPARTURES]:
        is_ours = app.connections.take_departure(room_id, departure.connection_id)
        if is_ours and departure is newest[departure.user_id] and departure.user_id not in here:
            left.append(departure.user_id)
    return left


def _tell(
    app: App,
    room: Room,
    listeners: Sequence[Listener],
    online: list[str],
    *,
    entered: Sequence[User] = (),
    left: Sequence[str] = (),
) -> None:
    is_crowd = room.member_count > ROLL_CALL_MEMBERS
    if is_crowd and not _is_time_for_a_number(app, room.id, len(listeners)):
        return
    frame = Presence(room_id=room.id, online=len(online), users={})
    if not is_crowd:
        gone = [member.user for x in left if (member := app.members.find(room.id, x))]
        frame = Presence(
            room_id=room.id,
            online=online,
            users={user.id: wire_user(user) for user in (*entered, *gone)},
            entered=[user.id for user in entered] or UNSET,
            left=list(left) or UNSET,
        )
    forget_gone(app, app.broadcaster.post([x.connection_id for x in listeners], encode(frame)))


def _is_time_for_a_number(app: App, room_id: str, posts: int) -> bool:
    """Keep what a crowd's number costs the same, however large the crowd: it comes more rarely."""
    now = app.clock.now_ms()
    if now - app.counted_at.get(room_id, 0) < posts * 1_000 / CROWD_POSTS_PER_S:
        return False
    app.counted_at[room_id] = now
    return True
