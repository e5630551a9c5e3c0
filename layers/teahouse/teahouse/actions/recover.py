"""Come back without the password: a recovery code, shown once, good once."""

from __future__ import annotations

import hmac
from dataclasses import replace

from teahouse.actions.open_session import SignedIn, open_session
from teahouse.actions.sign_out import sign_out_all
from teahouse.app import App
from teahouse.domain.errors import Conflict, Forbidden, NotSignedIn
from teahouse.domain.password import check_password
from teahouse.domain.session import Caller, hash_secret
from teahouse.domain.user import is_username

WRONG = "User name or recovery code is wrong."


def make_recovery_code(app: App, *, caller: Caller) -> str:
    """Make a code of 256 random bits and give it; only its hash is kept. An earlier one is dead.

    Raises:
        Forbidden: the caller is a guest, who has nothing to recover.
        Conflict: password or code were changed meanwhile.
    """
    username = app.accounts.get(caller.user_id).username
    proof = app.proofs.find(username) if username else None
    if proof is None:
        raise Forbidden("Only an account can be recovered.")
    code = app.ids.new_secret()
    if not app.proofs.replace(proof, replace(proof, recovery_hash=hash_secret(code))):
        raise Conflict("The password was changed meanwhile.")
    return code


def recover(app: App, *, username: str, code: str, password: str) -> SignedIn:
    """Set a new password by the code, end every session, and open one.

    Who is not there, has no code or another one gets the same answer after the same work: one
    read and one password hash.

    Raises:
        Invalid: the new password is not acceptable.
        NotSignedIn: the code does not open the account.
    """
    check_password(password)
    # What nobody can be called is not looked for: the store refuses keys of more than 2 KB.
    proof = app.proofs.find(username if is_username(username) else "-")
    password_hash = app.passwords.hash(password)
    expected = (proof.recovery_hash if proof else None) or ""
    if not hmac.compare_digest(expected, hash_secret(code)) or proof is None:
        raise NotSignedIn(WRONG)
    if not app.proofs.replace(
        proof, replace(proof, password_hash=password_hash, recovery_hash=None)
    ):
        raise NotSignedIn(WRONG)  # of two that come with the code, one was first
    user = app.accounts.get(proof.user_id)
    sign_out_all(app, user.id)
    return open_session(app, user)
