"""Who am I, and where do I stand?"""

from __future__ import annotations

from msgspec.structs import replace

from teahouse import __version__
from teahouse.actions.list_notifications import newest_notifications
from teahouse.actions.list_rooms import list_rooms
from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.notification import unread
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import MAX_FRAME_BYTES, PING_S, Welcome
from teahouse.protocol.views import wire_myself

ROOMS = 20
ANSWER_BYTES = 512  # left for `re`


def hello(app: App, *, user_id: str) -> Welcome:
    """Answer with the person and as many of the most recent rooms as fit a frame.

    Raises:
        NotFound: the account is gone.
    """
    page, (user, (notifications, read_id)) = together(
        lambda: list_rooms(app, user_id, cursor=None, limit=ROOMS),
        lambda: together(
            lambda: app.accounts.get(user_id), lambda: newest_notifications(app, user_id)
        ),
    )
    frame = Welcome(
        user=wire_myself(user),
        rooms=[],
        more=False,
        now=app.clock.now_ms(),
        unread_notifications=unread(notifications, read_id),
        ping_s=PING_S,
        server_version=__version__,
    )
    space = MAX_FRAME_BYTES - ANSWER_BYTES - len(encode(frame))
    fitting = []
    for room in page.items:
        space -= len(encode(room)) + 1
        if space < 0:
            break
        fitting.append(room)
    more = page.cursor is not None or len(fitting) < len(page.items)
    return replace(frame, rooms=fitting, more=more)
