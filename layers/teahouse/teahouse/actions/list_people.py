"""Whom do I know, of this name, or here right now?"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from teahouse.actions.acquaintance import rooms_that_count
from teahouse.app import App
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.presence import present
from teahouse.domain.room import LOBBY_ID
from teahouse.domain.user import User
from teahouse.ports import Page

PAGE_PEOPLE = 50
LOOKED_AT = 500  # people a page looks at, to find those of a name; then the next page goes on
ROOMS = 50  # of one's own, by id, that a page looks into; when they are through, the next 50
_BATCH = 100
_PLACE = re.compile(r"[A-Za-z0-9_-]{0,64}\.[A-Za-z0-9_-]{0,64}")  # a room, and somebody there


def list_people(
    app: App,
    *,
    user_id: str,
    query: str | None = None,
    is_online: bool = False,
    cursor: str | None = None,
) -> Page[User]:
    """List the people one shares a room with, by id; a page may hold fewer than fit, and none.

    Each comes once for every `ROOMS` rooms of one's own. Administrators know everybody who is in
    the lobby. One query a room and 100 of its members; with `is_online` one a room.

    Raises:
        Invalid: the cursor is none of ours.
    """
    first, _, after = (decode_cursor(cursor, _PLACE) if cursor is not None else ".").partition(".")
    rooms = rooms_that_count(app, user_id)
    if app.accounts.get(user_id).is_administrator:
        rooms = sorted({LOBBY_ID, *rooms})
    rooms = [room_id for room_id in rooms if room_id >= first]
    near, beyond = rooms[:ROOMS], rooms[ROOMS : ROOMS + 1]
    looking = _here(app, near) if is_online else _members(app, near, after)
    ids = (found for found in looking if found > after and found != user_id)
    found, last = _named(app, ids, (query or "").casefold().strip())
    if last is not None:
        return Page(found, encode_cursor(f"{first}.{last}"))
    return Page(found, encode_cursor(f"{beyond[0]}.") if beyond else None)


def _here(app: App, rooms: Iterable[str]) -> list[str]:
    now = app.clock.now_ms()
    here: set[str] = set()
    for room_id in rooms:
        here.update(present(app.connections.attendance(room_id, now), now, app.grace_ms))
    return sorted(here)


def _members(app: App, rooms: Iterable[str], after: str) -> Iterator[str]:
    """Merge the members of rooms, which come by id, into one list without repetitions."""
    last = ""
    for found in heapq.merge(*(_members_of(app, room_id, after) for room_id in rooms)):
        if found != last:
            yield found
        last = found


def _members_of(app: App, room_id: str, after: str) -> Iterator[str]:
    cursor = encode_cursor(after) if after else None
    while True:
        page = app.members.page(room_id, cursor, _BATCH)
        yield from (member.user.id for member in page.items)
        if page.cursor is None:
            return
        cursor = page.cursor


def _named(app: App, ids: Iterator[str], name: str) -> tuple[tuple[User, ...], str | None]:
    """Take people until a page is full or enough were looked at; then tell who was the last."""
    found: list[User] = []
    for _ in range(LOOKED_AT // _BATCH):
        batch = list(islice(ids, _BATCH))
        users = app.accounts.get_many(batch)
        for place in batch:
            if len(found) == PAGE_PEOPLE:
                return tuple(found), found[-1].id
            user = users.get(place)
            if user is not None and not user.is_deleted and _is_called(user, name):
                found.append(user)
        if len(batch) < _BATCH:
            return tuple(found), None
    return tuple(found), batch[-1]


def _is_called(user: User, name: str) -> bool:
    return name in user.display_name.casefold() or name in (user.username or "").casefold()
