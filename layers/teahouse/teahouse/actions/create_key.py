"""Make an API key, so that a program can act for somebody."""

from __future__ import annotations

from collections.abc import Iterable

from teahouse.app import App
from teahouse.domain.key import ID_MARK, ApiKey, check_count, clean_key_name, clean_scopes
from teahouse.domain.session import Caller, hash_secret


def create_key(app: App, *, caller: Caller, name: str, scopes: Iterable[str]) -> tuple[ApiKey, str]:
    """Make a key; returns it and what its owner keeps, of which only the hash stays here.

    Raises:
        Invalid: name or scopes are not acceptable.
        Conflict: there are as many as one may have.
    """
    name, wanted = clean_key_name(name), clean_scopes(scopes)
    check_count(len(app.proofs.keys_of(caller.user_id)))
    secret = app.ids.new_secret()
    key = ApiKey(
        id=f"{ID_MARK}{app.ids.new_id()}",
        user_id=caller.user_id,
        name=name,
        scopes=wanted,
        secret_hash=hash_secret(secret),
        created_at=app.clock.now_ms(),
    )
    app.proofs.put_key(key)
    return key, key.credential(secret)
