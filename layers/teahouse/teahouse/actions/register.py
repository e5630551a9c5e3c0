"""Make an account, and sign in with it."""

from __future__ import annotations

from dataclasses import replace

from teahouse.actions.open_session import SignedIn, open_session
from teahouse.actions.welcome_newcomer import welcome_newcomer
from teahouse.app import App
from teahouse.domain.errors import Conflict
from teahouse.domain.nickname import draw_color
from teahouse.domain.password import check_password
from teahouse.domain.user import (
    Language,
    User,
    clean_display_name,
    clean_username,
)


def register(
    app: App,
    *,
    username: str,
    password: str,
    display_name: str | None = None,
    language: Language | None = None,
) -> SignedIn:
    """Make an account; its display name is the user name unless told otherwise.

    The first account there ever was is the administrator's: a condition of the write decides.

    Raises:
        Invalid: user name, password or display name is not acceptable.
        Conflict: the user name is taken, in letters of either case.
    """
    username = clean_username(username)
    check_password(password)
    user = User(
        id=app.ids.new_id(),
        display_name=clean_display_name(username if display_name is None else display_name),
        color=draw_color(app.ids.random()),
        kind="account",
        username=username,
        language=language,
    )
    password_hash = app.passwords.hash(password)
    first = replace(user, is_administrator=True)
    if app.proofs.first_administrator() is None and app.proofs.create_first(first, password_hash):
        user = first
    elif not app.accounts.create(user, password_hash):
        raise Conflict("This user name is taken.", fields={"username": "is taken"})
    welcome_newcomer(app, user)
    return open_session(app, user)
