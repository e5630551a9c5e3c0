"""Sign in with user name and password."""

from __future__ import annotations

from teahouse.actions.open_session import SignedIn, open_session
from teahouse.app import App
from teahouse.domain.errors import NotSignedIn
from teahouse.domain.user import is_username

WRONG = "User name or password is wrong."


def sign_in(app: App, *, username: str, password: str) -> SignedIn:
    """Open a session; who is not there costs as much time as a wrong password.

    A new password, a recovery or an erasure ends the sessions it finds; one that was being opened
    meanwhile is found here, for the name is read once more behind it.

    Raises:
        NotSignedIn: there is no such name, or the password is another one: the same answer.
    """
    # What nobody can be called is not looked for: the store refuses keys of more than 2 KB.
    found = app.accounts.find_by_username(username) if is_username(username) else None
    if not app.passwords.matches(password, found[1] if found else None) or found is None:
        raise NotSignedIn(WRONG)
    signed_in = open_session(app, found[0])
    proof = app.proofs.find(username)
    if proof is None or (proof.user_id, proof.password_hash) != (found[0].id, found[1]):
        app.accounts.remove_session(found[0].id, signed_in.session.id)
        raise NotSignedIn(WRONG)
    return signed_in
