"""With which keys does this process sign? Those of its environment, as Lambda sets them."""

from __future__ import annotations

import os
from dataclasses import field

from teahouse.adapters.aws.failures import NotConfigured
from teahouse.domain.values import dataclass

_NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A role's session has a token; a user's keys have none."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


_latest: tuple[tuple[str | None, ...], Credentials] | None = None


def current_credentials() -> Credentials:
    """Give the keys that stand in the environment now; the same object until they change.

    Raises:
        NotConfigured: there are none.
    """
    global _latest
    found = tuple(map(os.environ.get, _NAMES))
    if _latest is not None and _latest[0] == found:
        return _latest[1]
    key_id, secret, token = found
    if not key_id or not secret:
        raise NotConfigured("AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set")
    credentials = Credentials(key_id, secret, token or None)
    _latest = (found, credentials)
    return credentials
