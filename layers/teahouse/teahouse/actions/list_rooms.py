"""Which rooms is this person in, most recent first?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from teahouse.actions.show_room import faces
from teahouse.app import App
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.member import Membership
from teahouse.domain.room import Room, Summary
from teahouse.domain.user import User
from teahouse.ports import Page
from teahouse.protocol.shapes import WireRoom
from teahouse.protocol.views import wire_room

PAGE_ROOMS = 50
_PLACE = re.compile(r"[0-9]{16}#[A-Za-z0-9_-]{1,64}")


def list_rooms(
    app: App, user_id: str, *, cursor: str | None = None, limit: int = PAGE_ROOMS
) -> Page[WireRoom]:
    """Show one page of a person's rooms.

    What was said last moves a room to the top, so the whole list is read for each page: one
    query, and two batched reads per 100 rooms; one more for the people whom the page shows.

    Raises:
        Invalid: the cursor is none of ours.
    """
    before = decode_cursor(cursor, _PLACE) if cursor is not None else None
    memberships = {m.room_id: m for m in app.members.rooms_of(user_id)}
    found = app.rooms.get_many(list(memberships))
    places = {
        _place(memberships[room_id], summary): (room, summary)
        for room_id, (room, summary) in found.items()
    }
    rest = [place for place in sorted(places, reverse=True) if before is None or place < before]
    shown = rest[:limit]
    people = faces(app, user_id, [places[place] for place in shown])
    return Page(
        tuple(_shown(app, *places[place], memberships, people) for place in shown),
        encode_cursor(shown[-1]) if len(rest) > limit else None,
    )


def _place(membership: Membership, summary: Summary | None) -> str:
    """Name a room's place in the list: when it last moved, then its id."""
    moved_at = max(membership.joined_at, summary.at if summary else 0)
    return f"{moved_at:016}#{membership.room_id}"


def _shown(
    app: App,
    room: Room,
    summary: Summary | None,
    memberships: Mapping[str, Membership],
    people: Mapping[str, User],
) -> WireRoom:
    epoch = app.epoch(room.room_key)
    return wire_room(room, summary, memberships[room.id], epoch=epoch, people=people)
