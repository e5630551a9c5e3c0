"""Tell a person something, on behalf of another or of a program."""

from __future__ import annotations

from teahouse.actions.acquaintance import share_a_room
from teahouse.actions.notify import notify
from teahouse.app import App
from teahouse.domain.errors import NotFound
from teahouse.domain.notification import clean_notification, notification_id
from teahouse.domain.session import Caller


def send_notification(
    app: App,
    *,
    caller: Caller,
    user_id: str,
    kind: str,
    title: str,
    body: str | None = None,
    link: str | None = None,
) -> str:
    """Keep a notification for somebody and push it; gives its id.

    Administrators and API keys reach everybody, others whom they share a room with; nobody who
    has blocked them.

    Raises:
        Invalid: it is not acceptable, or leads away from this site.
        NotFound: there is nobody, or nobody within reach: that is not told apart.
    """
    made = clean_notification(
        notification_id(app.clock.now_ms(), app.ids.new_id()),
        kind=kind,
        title=title,
        body=body,
        link=link,
        by=caller.user_id,
    )
    people = app.accounts.get_many({user_id, caller.user_id})
    is_unwanted = app.notifications.is_blocked(user_id, caller.user_id)
    if (
        is_unwanted
        or user_id not in people
        or people[user_id].is_deleted
        or not (
            caller.scopes is not None
            or people[caller.user_id].is_administrator
            or share_a_room(app, caller.user_id, user_id)
        )
    ):
        raise NotFound("There is nobody of this id whom you know.")
    notify(app, user_id, made)
    return made.id
