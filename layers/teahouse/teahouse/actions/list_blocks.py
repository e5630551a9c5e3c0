"""Whom have I blocked?"""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.user import User
from teahouse.ports import Page

PAGE_BLOCKS = 100


def list_blocks(app: App, *, user_id: str, cursor: str | None = None) -> Page[User]:
    """List one page of the people somebody has blocked, by id.

    Raises:
        Invalid: the cursor is none of ours.
    """
    page = app.safety.page_blocks(user_id, cursor, PAGE_BLOCKS)
    users = app.accounts.get_many(block.user_id for block in page.items)
    shown = (users[block.user_id] for block in page.items if block.user_id in users)
    return Page(tuple(shown), page.cursor)
