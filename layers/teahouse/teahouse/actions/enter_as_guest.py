"""Enter without an account."""

from __future__ import annotations

from teahouse.actions.open_session import SignedIn, open_session
from teahouse.actions.welcome_newcomer import welcome_newcomer
from teahouse.app import App
from teahouse.domain.nickname import draw_color, draw_nickname
from teahouse.domain.user import Language, User, clean_display_name


def enter_as_guest(app: App, *, nickname: str | None, language: Language) -> SignedIn:
    """Make a guest; name and colour are drawn where none is given.

    Raises:
        Invalid: the nickname is not acceptable.
    """
    if nickname is None:
        nickname = draw_nickname(language, app.ids.random(), app.ids.random())
    user = User(
        id=app.ids.new_id(),
        display_name=clean_display_name(nickname),
        color=draw_color(app.ids.random()),
        kind="guest",
        language=language,
    )
    app.accounts.create(user, None)
    welcome_newcomer(app, user)
    return open_session(app, user)
