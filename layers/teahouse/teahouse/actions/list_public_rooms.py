"""Which rooms may anybody enter?"""

from __future__ import annotations

from teahouse.actions.show_room import faces
from teahouse.app import App
from teahouse.ports import Page
from teahouse.protocol.shapes import WireRoom
from teahouse.protocol.views import wire_room

PAGE_ROOMS = 50


def list_public_rooms(
    app: App, user_id: str, *, cursor: str | None = None, limit: int = PAGE_ROOMS
) -> Page[WireRoom]:
    """Show one page of the public rooms, newest first; those one is in with one's role.

    Raises:
        Invalid: the cursor is none of ours.
    """
    page = app.rooms.page_public(cursor, limit)
    found = app.rooms.get_many(page.items)
    memberships = {m.room_id: m for m in app.members.rooms_of(user_id)}
    rooms = [found[room_id] for room_id in page.items if room_id in found]
    people = faces(app, user_id, [shown for shown in rooms if shown[0].id in memberships])
    return Page(
        tuple(
            wire_room(
                room,
                summary,
                memberships.get(room.id),
                epoch=app.epoch(room.room_key),
                people=people,
            )
            for room, summary in rooms
        ),
        page.cursor,
    )
