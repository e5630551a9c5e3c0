"""Change what is mine: how others see me, my password, and from a guest into an account."""

from __future__ import annotations

from dataclasses import replace

from teahouse.actions.change_profile import change_profile, check_avatar
from teahouse.actions.sign_out import sign_out_elsewhere
from teahouse.actions.spread_profile import spread_profile
from teahouse.app import App
from teahouse.domain.errors import Conflict, Forbidden, Invalid
from teahouse.domain.password import check_password
from teahouse.domain.session import Caller
from teahouse.domain.user import (
    Language,
    User,
    clean_display_name,
    clean_username,
)

WRONG = "The password is wrong."


def change_me(
    app: App,
    *,
    caller: Caller,
    display_name: str | None = None,
    language: Language | None = None,
    username: str | None = None,
    password: str | None = None,
    old_password: str | None = None,
    avatar: str | None = None,
) -> User:
    """Change what is given; what is None stays. What may be refused goes before what is written.

    Raises:
        Invalid, Conflict, Forbidden: as `become_account`, `change_password`; of the display name.
        NotFound: the account is gone.
    """
    if display_name is not None:
        clean_display_name(display_name)
    if avatar is not None and password is not None:
        check_avatar(app, caller.user_id, avatar)
    if username is not None:
        if password is None:
            raise Invalid(fields={"password": "goes with a user name"})
        become_account(app, caller=caller, username=username, password=password)
    elif password is not None:
        change_password(app, caller=caller, old=old_password or "", new=password)
    if display_name is None and language is None and avatar is None:
        return app.accounts.get(caller.user_id)
    return change_profile(
        app, caller=caller, display_name=display_name, language=language, avatar=avatar
    )


def change_password(app: App, *, caller: Caller, old: str, new: str) -> None:
    """Put a new password in the place of the old one, and sign out everywhere else.

    Raises:
        Invalid: the new one is not acceptable.
        Forbidden: the old one is another; a guest has none, and it takes as long to say so.
        Conflict: it was changed meanwhile.
    """
    check_password(new)
    username = app.accounts.get(caller.user_id).username
    proof = app.proofs.find(username) if username else None
    if not app.passwords.matches(old, proof.password_hash if proof else None) or proof is None:
        raise Forbidden(WRONG, fields={"password": "is wrong"})
    if not app.proofs.replace(proof, replace(proof, password_hash=app.passwords.hash(new))):
        raise Conflict("The password was changed meanwhile.")
    sign_out_elsewhere(app, caller=caller)


def become_account(app: App, *, caller: Caller, username: str, password: str) -> None:
    """Make an account of a guest: id, rooms, name and colour stay, and so does the session.

    Raises:
        Invalid: user name or password is not acceptable.
        Conflict: the user name is taken, or the caller has an account already.
    """
    username = clean_username(username)
    check_password(password)
    guest = app.accounts.get(caller.user_id)
    if guest.kind != "guest":
        raise Conflict("You have an account already.", fields={"username": "cannot be changed"})
    account = replace(guest, kind="account", username=username)
    password_hash = app.passwords.hash(password)
    first = replace(account, is_administrator=True)
    is_first = app.proofs.first_administrator() is None and app.proofs.adopt(first, password_hash)
    if not is_first and not app.proofs.adopt(account, password_hash):
        raise Conflict("This user name is taken.", fields={"username": "is taken"})
    spread_profile(app, account)
