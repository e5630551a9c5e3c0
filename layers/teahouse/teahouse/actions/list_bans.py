"""Who is banned from this room?"""

from __future__ import annotations

from teahouse.actions.decide_member import require_moderator
from teahouse.app import App
from teahouse.ports import Page
from teahouse.protocol.pages import WireBan
from teahouse.protocol.views import wire_user

PAGE_BANS = 100


def list_bans(app: App, *, user_id: str, room_id: str, cursor: str | None = None) -> Page[WireBan]:
    """Show one page of a room's bans to its owners and moderators.

    Raises:
        NotAMember: the asker is not in the room.
        Forbidden: a plain member.
        Invalid: the cursor is none of ours.
    """
    require_moderator(app, room_id, user_id)
    page = app.moderation.page_bans(room_id, cursor, PAGE_BANS)
    users = app.accounts.get_many(ban.user_id for ban in page.items)
    bans = [
        WireBan(user=wire_user(users[ban.user_id]), by=ban.by, at=ban.at)
        for ban in page.items
        if ban.user_id in users
    ]
    return Page(tuple(bans), page.cursor)
