"""How does a person hear of something that is theirs alone? One frame to each of their devices."""

from __future__ import annotations

from teahouse.actions.tell_presence import forget_gone
from teahouse.app import App
from teahouse.domain.key import is_key_id
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import Frame
from teahouse.protocol.views import without_codes


def tell_person(app: App, user_id: str, frame: Frame, *, skip_connection: str | None = None) -> int:
    """Push a frame to a person's connections; give the number of posts. A hint, never the truth.

    Those of API keys hear no invitation code: what else a key may do, its connection does not tell.
    """
    targets = [c for c in app.connections.of_user(user_id) if c.id != skip_connection]
    codeless = without_codes(frame)
    keys = [c.id for c in targets if codeless is not frame and is_key_id(c.session_id)]
    others = [c.id for c in targets if c.id not in keys]
    for connection_ids, told in ((others, frame), (keys, codeless)):
        if connection_ids:
            forget_gone(app, app.broadcaster.post(connection_ids, encode(told)))
    return len(targets)
