"""List somebody's API keys."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.key import ApiKey
from teahouse.domain.session import Caller


def list_keys(app: App, *, caller: Caller) -> list[ApiKey]:
    """List the caller's keys, the newest first."""
    keys = app.proofs.keys_of(caller.user_id)
    return sorted(keys, key=lambda key: (-key.created_at, key.id))
