"""Hear a room from now on, and what was missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from teahouse.actions.acknowledge import best_effort
from teahouse.actions.become_member import become_member
from teahouse.actions.tell_presence import tell_departures, tell_entered
from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.connection import ROOM_ROW_MS, Attendance, Listener
from teahouse.domain.entry import Entry, Position
from teahouse.domain.errors import NotAMember, NotFound, StalePosition
from teahouse.domain.presence import present
from teahouse.domain.room import ROLL_CALL_MEMBERS, Room
from teahouse.ports import Run
from teahouse.protocol.codec import encode, wire_event
from teahouse.protocol.frames import MAX_FRAME_BYTES, Joined
from teahouse.protocol.shapes import Users, WireEvent
from teahouse.protocol.views import wire_users

PAGE_ENTRIES = 200
ANSWER_BYTES = 512  # left for `re`


def join_room(
    app: App,
    *,
    user_id: str,
    room_id: str,
    connection_id: str,
    connected_at: int,
    position: Position | None,
    check_entering: Callable[[], None] = lambda: None,
) -> Joined:
    """Register the connection, look at the membership again, then read the backlog.

    In this order nothing falls between: a sender appends and then reads who hears the room; a
    removal deletes the row and leaves a tombstone before it looks for registrations.

    Raises:
        NotAMember: not in the room, and it is not public (or not there).
        Forbidden: it is public, and the caller is banned.
        ChatError: it is public, and whatever `check_entering` refuses.
        StalePosition: the position is not in the log.
    """
    if app.members.find(room_id, user_id) is None:
        _enter_public_room(app, user_id, room_id, connection_id, check_entering)
    listener = Listener(connection_id=connection_id, user_id=user_id, since=app.clock.now_ms())
    app.connections.register(room_id, listener, connected_at + ROOM_ROW_MS)
    try:
        member = app.members.find(room_id, user_id)
        if member is None:
            raise NotAMember
        room, (attendance, run) = together(
            lambda: app.rooms.get(room_id),
            lambda: together(
                lambda: app.connections.attendance(room_id, app.clock.now_ms()),
                lambda: _read_from(app, room_id, position),
            ),
        )
        joined = _joined(app, room, position, run, attendance)
    except (NotAMember, StalePosition):
        app.connections.unregister(room_id, connection_id)
        raise
    best_effort(lambda: tell_entered(app, room, attendance, member.user, connection_id))
    best_effort(lambda: tell_departures(app, room_id, attendance))
    return joined


def _enter_public_room(
    app: App, user_id: str, room_id: str, connection_id: str, check_entering: Callable[[], None]
) -> None:
    try:
        room = app.rooms.get(room_id)
    except NotFound as error:
        raise NotAMember from error
    if room.kind != "public":
        raise NotAMember
    check_entering()
    become_member(app, user=app.accounts.get(user_id), room=room, skip_connection=connection_id)


def _read_from(app: App, room_id: str, position: Position | None) -> Run:
    """Read the log from a position on, or its newest slot where nothing is asked for."""
    if position is None:
        return Run((app.log.newest(room_id),))
    return app.log.read_run(room_id, position.seq, max_entries=PAGE_ENTRIES + 1)


def _joined(
    app: App, room: Room, position: Position | None, run: Run, attendance: Attendance
) -> Joined:
    epoch = app.epoch(room.room_key)
    entries: tuple[Entry, ...] = ()
    is_reset = position is not None and position.epoch != epoch
    if not run.entries and not is_reset:
        raise StalePosition
    if position is not None and not is_reset:
        entries = run.entries[1:]
    is_cut = run.is_cut and not is_reset
    head = app.log.newest(room.id).seq if is_cut or is_reset else run.entries[-1].seq
    people = present(attendance, app.clock.now_ms(), app.grace_ms)
    is_crowd = room.member_count > ROLL_CALL_MEMBERS
    mentioned = set().union(*(entry.user_ids for entry in entries))
    users = wire_users(app.accounts.get_many(mentioned if is_crowd else mentioned | set(people)))
    frame = Joined(
        room_id=room.id,
        epoch=epoch,
        first_seq=room.first_seq,
        head=head,
        events=[],
        users={},
        more=is_cut,
        online=len(people),
        reset=is_reset or UNSET,
    )
    if not is_crowd:
        named = {user_id: users[user_id] for user_id in people if user_id in users}
        roll_call = _with_entries(replace(frame, online=people, users=named), entries, users)
        if roll_call is not None:
            return roll_call
    return _with_entries(frame, entries, users) or replace(frame, more=True)


def _with_entries(frame: Joined, entries: Sequence[Entry], users: Users) -> Joined | None:
    """Add as many entries, with whom they mention, as fit; the rest is for REST.

    None if there is no room for a single one, or not even for the frame.
    """
    space = MAX_FRAME_BYTES - ANSWER_BYTES - len(encode(frame))
    events: list[WireEvent] = []
    shown = dict(frame.users)
    for entry in entries:
        event = wire_event(entry)
        names = {x: users[x] for x in entry.user_ids if x in users and x not in shown}
        weight = len(encode(event)) + 1 + (len(encode(names)) if names else 0)
        if weight > space:
            break
        space -= weight
        events.append(event)
        shown.update(names)
    if space < 0 or (entries and not events):
        return None
    return replace(frame, events=events, users=shown, more=frame.more or len(events) < len(entries))
