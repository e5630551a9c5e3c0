"""Who is in this room, and who of them is here right now?"""

from __future__ import annotations

from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.presence import present
from teahouse.ports import Page
from teahouse.protocol.shapes import WireMember
from teahouse.protocol.views import wire_member

PAGE_MEMBERS = 100


def list_members(
    app: App, *, user_id: str, room_id: str, cursor: str | None = None, limit: int = PAGE_MEMBERS
) -> Page[WireMember]:
    """Show one page of a room's members, with their profiles of today.

    Raises:
        NotAMember: the asker is not in the room.
        Invalid: the cursor is none of ours.
    """
    require_member(app, room_id, user_id)
    page = app.members.page(room_id, cursor, limit)
    users = app.accounts.get_many(member.user.id for member in page.items)
    now = app.clock.now_ms()
    here = set(present(app.connections.attendance(room_id, now), now, app.grace_ms))
    return Page(
        tuple(
            wire_member(m, users.get(m.user.id, m.user), is_online=m.user.id in here)
            for m in page.items
        ),
        page.cursor,
    )
