"""Change how others see oneself."""

from __future__ import annotations

from dataclasses import replace

from teahouse.actions.acknowledge import best_effort
from teahouse.actions.attachments import remove_uploads
from teahouse.actions.spread_profile import spread_profile
from teahouse.app import App
from teahouse.domain.errors import Invalid
from teahouse.domain.session import Caller
from teahouse.domain.user import Language, User, clean_display_name

NO_PICTURE = {"avatar": "there is no such picture that is ready"}


def change_profile(
    app: App,
    *,
    caller: Caller,
    display_name: str | None,
    language: Language | None,
    avatar: str | None = None,
) -> User:
    """Change what is given; what is None stays. An avatar of "" takes the picture away.

    Raises:
        Invalid: the display name is not acceptable; there is no such picture of theirs.
        NotFound: the account is gone.
    """
    before = user = app.accounts.get(caller.user_id)
    if display_name is not None:
        user = replace(user, display_name=clean_display_name(display_name))
    if language is not None:
        user = replace(user, language=language)
    if avatar is not None and avatar != before.avatar:  # the same again: its answer was lost
        take_avatar(app, caller.user_id, avatar)
        user = replace(user, avatar=avatar or None)
    app.accounts.change_profile(user)
    if (user.display_name, user.avatar) != (before.display_name, before.avatar):
        spread_profile(app, user)
    if before.avatar not in (None, user.avatar):
        best_effort(lambda: remove_uploads(app, [before.avatar] if before.avatar else []))
    return user


def check_avatar(app: App, user_id: str, upload_id: str) -> None:
    """Look whether a picture can be their avatar, before anything else is written.

    Raises:
        Invalid: as `take_avatar`.
    """
    if upload_id in ("", app.accounts.get(user_id).avatar):
        return
    upload = app.uploads.find(upload_id)
    if upload is None or not upload.may_be_avatar_of(user_id):
        raise Invalid(fields=NO_PICTURE)


def take_avatar(app: App, owner_id: str, upload_id: str) -> None:
    """Let a picture be an avatar; "" is none.

    Raises:
        Invalid: it is not theirs, not ready, or used already.
    """
    if upload_id and not app.uploads.take_as_avatar(upload_id, owner_id):
        raise Invalid(fields=NO_PICTURE)
