"""What am I told that is mine alone, or everybody's, and what of it have I read?"""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.notification import SHOWN, Notification, newest_first, unread
from teahouse.protocol.pages import NotificationsPage
from teahouse.protocol.views import wire_notification

ANNOUNCEMENTS = 10


def newest_notifications(app: App, user_id: str) -> tuple[list[Notification], str]:
    """List a person's newest, announcements among them, and the id read last; two queries."""
    mine, read_id = app.notifications.newest(user_id, SHOWN)
    return newest_first(mine, app.notifications.announcements(ANNOUNCEMENTS)), read_id


def list_notifications(app: App, user_id: str) -> NotificationsPage:
    """Show a person's newest notifications."""
    return _page(*newest_notifications(app, user_id))


def read_notifications(app: App, user_id: str) -> NotificationsPage:
    """Take all there is as read, and show it; one write if anything was unread."""
    notifications, read_id = newest_notifications(app, user_id)
    if unread(notifications, read_id):
        read_id = notifications[0].id
        app.notifications.mark_read(user_id, read_id)
    return _page(notifications, read_id)


def _page(notifications: list[Notification], read_id: str) -> NotificationsPage:
    return NotificationsPage(
        notifications=[wire_notification(x, is_read=x.id <= read_id) for x in notifications],
        unread=unread(notifications, read_id),
    )
