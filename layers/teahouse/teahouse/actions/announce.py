"""Tell everybody something."""

from __future__ import annotations

from teahouse.actions.tell_presence import forget_gone
from teahouse.app import App
from teahouse.domain.errors import Forbidden
from teahouse.domain.notification import clean_announcement, notification_id
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import Announcement


def announce(app: App, *, user_id: str, text: str) -> str:
    """Keep an announcement for everybody, and push it to all who are connected; gives its id.

    One write however many people there are; who is not connected finds it among the
    notifications. One query a shard of connections, one post a connection.

    Raises:
        Forbidden: no administrator says it.
        Invalid: empty, or too long.
    """
    if not app.accounts.get(user_id).is_administrator:
        raise Forbidden("Only administrators tell everybody something.")
    made_id = notification_id(app.clock.now_ms(), app.ids.new_id())
    made = clean_announcement(made_id, text, user_id)
    app.notifications.announce(made)
    frame = encode(Announcement(text=made.body or made.title))
    gone: list[str] = []
    for connections in app.connections.everyone():
        gone += app.broadcaster.post(connections, frame) if connections else []
    forget_gone(app, gone)
    return made.id
