"""What does somebody look like who has chosen no picture?"""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.avatar import drawn_avatar


def draw_avatar(app: App, *, user_id: str) -> str:
    """Draw somebody's default avatar, as SVG, for whoever is signed in. One read.

    Raises:
        NotFound: there is nobody of this id.
    """
    return drawn_avatar(app.accounts.get(user_id))
