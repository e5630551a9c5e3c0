"""What am I told that is mine alone, or everybody's, and what of it have I read?"""

from __future__ import annotations

from dataclasses import replace

from teahouse.app import App
from teahouse.domain.notification import (
    ANNOUNCEMENT,
    SHOWN,
    Notification,
    newest_first,
    unread,
)
from teahouse.protocol.pages import NotificationsPage
from teahouse.protocol.views import wire_notification

ANNOUNCEMENTS = 10


def newest_notifications(app: App, user_id: str) -> tuple[list[Notification], str]:
    """List a person's newest, announcements among them, and the id read last; two queries."""
    mine, read_id = app.notifications.newest(user_id, SHOWN)
    return newest_first(mine, app.notifications.announcements(ANNOUNCEMENTS)), read_id


def list_notifications(app: App, user_id: str) -> NotificationsPage:
    """Show a person's newest notifications; one batched read more for those who caused them."""
    return _page(app, *newest_notifications(app, user_id))


def read_notifications(app: App, user_id: str) -> NotificationsPage:
    """Take all there is as read, and show it; one write if anything was unread."""
    notifications, read_id = newest_notifications(app, user_id)
    if unread(notifications, read_id):
        read_id = notifications[0].id
        app.notifications.mark_read(user_id, read_id)
    return _page(app, notifications, read_id)


def _page(app: App, notifications: list[Notification], read_id: str) -> NotificationsPage:
    shown = _without_the_erased(app, notifications)
    return NotificationsPage(
        notifications=[wire_notification(x, is_read=x.id <= read_id) for x in shown],
        unread=unread(notifications, read_id),
    )


def _without_the_erased(app: App, notifications: list[Notification]) -> list[Notification]:
    """Show neither the name nor the words of who has erased their account; the house's stay."""
    told_by = {x.by for x in notifications if x.by is not None and x.kind != ANNOUNCEMENT}
    people = app.accounts.get_many(told_by) if told_by else {}
    erased = {user.id: user for user in people.values() if user.is_deleted}
    return [
        replace(x, title=erased[x.by].display_name, body=None) if x.by in erased else x
        for x in notifications
    ]
