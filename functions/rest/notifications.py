"""Routes of notifications: tell a person something, or everybody; read what I was told."""

from __future__ import annotations

from teahouse.actions.announce import announce
from teahouse.actions.list_notifications import list_notifications, read_notifications
from teahouse.actions.send_notification import send_notification
from teahouse.edge.rates import ANNOUNCE_BY_USER, NOTIFY_BY_USER
from teahouse.edge.rest import Api, Body, PathId, Response
from teahouse.protocol.pages import NotificationAnswer

api = Api()
lambda_handler = api.handler


class Notify(Body):
    """What a person is to be told."""

    kind: str
    title: str
    body: str | None = None
    link: str | None = None


class Announce(Body):
    """What everybody is to be told."""

    text: str


@api.post("/api/users/<user_id>/notifications", needs="notify")
def create_notification(user_id: PathId, body: Notify) -> Response[str]:
    """Tell a person something, on every device, now or when they are back."""
    caller = api.caller()
    api.limit("notify", caller.user_id, NOTIFY_BY_USER)
    made_id = send_notification(
        api.app,
        caller=caller,
        user_id=user_id,
        kind=body.kind,
        title=body.title,
        body=body.body,
        link=body.link,
    )
    return api.answer(202, NotificationAnswer(id=made_id))


@api.get("/api/notifications")
def get_notifications() -> Response[str]:
    """List what I was told, newest first, announcements too."""
    return api.answer(200, list_notifications(api.app, api.caller().user_id))


@api.post("/api/notifications/read")
def create_read_mark() -> Response[str]:
    """Take all of it as read."""
    return api.answer(200, read_notifications(api.app, api.caller().user_id))


@api.post("/api/announcements")
def create_announcement(body: Announce) -> Response[str]:
    """Tell everybody something; for administrators."""
    caller = api.caller()
    api.limit("announce", caller.user_id, ANNOUNCE_BY_USER)
    made_id = announce(api.app, user_id=caller.user_id, text=body.text)
    return api.answer(202, NotificationAnswer(id=made_id))
