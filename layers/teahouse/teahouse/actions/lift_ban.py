"""Let somebody who is banned come back, if they want to."""

from __future__ import annotations

from teahouse.actions.decide_member import require_moderator
from teahouse.actions.settle import settle
from teahouse.app import App


def lift_ban(app: App, *, by_id: str, room_id: str, user_id: str) -> None:
    """Lift a ban; where there is none, nothing changes. It takes no slot and tells nobody.

    Raises:
        NotAMember: the one who lifts it is not in the room.
        Forbidden: a plain member.
        Busy: too much contention; the outcome is unknown.
    """

    def attempt() -> bool | None:
        by = require_moderator(app, room_id, by_id)
        return app.moderation.lift_ban(room_id, user_id, by=by) or None

    settle(app, attempt)
