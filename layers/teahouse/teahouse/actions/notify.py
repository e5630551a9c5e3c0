"""How is a person told of something? Kept first, then pushed to every device."""

from __future__ import annotations

from msgspec import UNSET

from teahouse.actions.tell_person import tell_person
from teahouse.app import App
from teahouse.domain.notification import Notification
from teahouse.protocol.frames import Notification as NotificationFrame


def notify(app: App, user_id: str, notification: Notification) -> None:
    """Keep a notification and push it; one that is kept already is not pushed again.

    One write; one read of the person's connections.
    """
    if app.notifications.put_if_absent(user_id, notification):
        push_notification(app, user_id, notification)


def push_notification(app: App, user_id: str, notification: Notification) -> None:
    """Push a notification to every device of a person: a hint, what is kept is the truth."""
    frame = NotificationFrame(
        id=notification.id,
        kind=notification.kind,
        title=notification.title,
        created_at=notification.created_at,
        body=notification.body or UNSET,
        link=notification.link or UNSET,
        by=notification.by or UNSET,
    )
    tell_person(app, user_id, frame)
