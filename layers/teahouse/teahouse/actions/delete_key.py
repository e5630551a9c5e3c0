"""Revoke an API key: requests are refused and sockets closed at once."""

from __future__ import annotations

from teahouse.actions.sign_out import close_sockets
from teahouse.app import App
from teahouse.domain.errors import NotFound
from teahouse.domain.session import Caller


def delete_key(app: App, *, caller: Caller, key_id: str) -> None:
    """Revoke one of the caller's keys.

    Raises:
        NotFound: the caller has no such key.
    """
    if app.accounts.find_key(caller.user_id, key_id) is None:
        raise NotFound
    app.proofs.remove_key(caller.user_id, key_id)
    close_sockets(app, caller.user_id, [key_id])
