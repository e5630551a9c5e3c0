"""Where does an invitation lead?"""

from __future__ import annotations

import re

from teahouse.app import App
from teahouse.domain.errors import NotFound
from teahouse.domain.room import Room

_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def preview_invitation(app: App, *, code: str) -> Room:
    """Find the room a code leads to; what of it to show is for the caller to choose.

    Raises:
        NotFound: the code is dead, was never one, or cannot be one: all the same.
    """
    room_id = app.rooms.find_by_code(code) if _CODE.fullmatch(code) else None
    if room_id is None:
        raise NotFound("This invitation does not lead anywhere (any more).")
    return app.rooms.get(room_id)
