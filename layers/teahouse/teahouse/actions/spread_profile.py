"""How do others learn that somebody is called, or looks, otherwise?

    the profile is written                         whoever asks for the person has it from here on
    the person's row in each room                  what is said there is signed with it
    `userChanged` to who hears a room of theirs    pages that are open show it

Best effort, and within bounds: rows that fail, or for which there is no time, show it with the next
change; who heard nothing has it by reading again.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from teahouse.actions.acknowledge import best_effort
from teahouse.actions.tell_presence import forget_gone
from teahouse.actions.tell_room import who_hears
from teahouse.app import App
from teahouse.domain.room import ROLL_CALL_MEMBERS
from teahouse.domain.user import User
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import UserChanged
from teahouse.protocol.views import wire_user

HEARD_ROOMS = 20  # those joined last; crowds hear of it when something is said
ROWS_AT_ONCE = 8
DEADLINE_S = 5.0  # the function has 15, and somebody waits


def spread_profile(app: App, user: User) -> None:
    """Let rooms and open pages show somebody as they are now.

    One write a room, `ROWS_AT_ONCE`, those joined last first; one Query for each of `HEARD_ROOMS`,
    one post a connection.
    """
    memberships = sorted(app.members.rooms_of(user.id), key=lambda m: m.joined_at, reverse=True)
    room_ids = [membership.room_id for membership in memberships]
    _show(app, user, room_ids)
    best_effort(lambda: _tell(app, user, room_ids[:HEARD_ROOMS]))


def _show(app: App, user: User, room_ids: Sequence[str]) -> None:
    deadline_s = app.clock.monotonic_s() + DEADLINE_S
    steps = [partial(app.moderation.show_member, room_id, user) for room_id in room_ids]
    with ThreadPoolExecutor(ROWS_AT_ONCE) as pool:
        for first in range(0, len(steps), ROWS_AT_ONCE):
            if app.clock.monotonic_s() > deadline_s:
                return
            list(pool.map(best_effort, steps[first : first + ROWS_AT_ONCE]))


def _tell(app: App, user: User, room_ids: Sequence[str]) -> None:
    told = {connection.id for connection in app.connections.of_user(user.id)}
    for room, _ in app.rooms.get_many(room_ids).values():
        if room.member_count <= ROLL_CALL_MEMBERS:
            told |= {listener.connection_id for listener in who_hears(app, room.id).listeners}
    if told:
        frame = encode(UserChanged(user=wire_user(user)))
        forget_gone(app, app.broadcaster.post(sorted(told), frame))
