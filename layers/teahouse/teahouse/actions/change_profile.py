"""Change how others see oneself."""

from __future__ import annotations

from dataclasses import replace

from teahouse.app import App
from teahouse.domain.session import Caller
from teahouse.domain.user import Language, User, clean_display_name


def change_profile(
    app: App, *, caller: Caller, display_name: str | None, language: Language | None
) -> User:
    """Change what is given; what is None stays.

    Raises:
        Invalid: the display name is not acceptable.
        NotFound: the account is gone.
    """
    user = app.accounts.get(caller.user_id)
    if display_name is not None:
        user = replace(user, display_name=clean_display_name(display_name))
    if language is not None:
        user = replace(user, language=language)
    app.accounts.change_profile(user)
    return user
