"""How long is somebody signed in, and what is a ticket?"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from teahouse.domain.values import dataclass

IDLE_MS = 7 * 24 * 3600 * 1000
ABSOLUTE_MS = 30 * 24 * 3600 * 1000
TOUCH_AFTER_MS = 3600 * 1000  # the idle clock is written at most once an hour
TICKET_MS = 30 * 1000
ACCESS_TOKEN_MS = 10 * 60 * 1000
KEYS_FOR_MS = 5 * 60 * 1000  # so long a worker goes without looking for another signing key
RETIRES_AFTER_MS = ACCESS_TOKEN_MS + 2 * KEYS_FOR_MS  # nothing a followed key signed lives then

# What an API key may be good for: `domain.key` tells of each.
Scope = Literal["read", "write", "notify"]

_CREDENTIAL = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in of one person. The secret itself is never stored, only its hash."""

    id: str
    user_id: str
    secret_hash: str
    created_at: int
    last_used_at: int

    def is_alive(self, now_ms: int) -> bool:
        return now_ms < self.ends_at

    @property
    def ends_at(self) -> int:
        return min(self.last_used_at + IDLE_MS, self.created_at + ABSOLUTE_MS)

    def is_opened_by(self, secret: str) -> bool:
        return hmac.compare_digest(self.secret_hash, hash_secret(secret))

    def credential(self, secret: str) -> str:
        """Write what the client keeps, in the cookie or as refresh token."""
        return f"{self.user_id}.{self.id}.{secret}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Leave to open one socket, once, within `TICKET_MS`; for clients without a cookie."""

    secret_hash: str
    user_id: str
    session_id: str
    expires_at: int
    scopes: frozenset[Scope] | None = None
    origin: str | None = None  # of the page that asked for it, if it was a page


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """What signs access tokens. The newest signs; the one before checks for `RETIRES_AFTER_MS`.

    Whoever deploys names the number; the first worker that signs with it makes the key.
    """

    id: str
    number: int
    secret: str
    made_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody whose session has just been found alive.

    With an API key `session_id` is the key's and `scopes` are; a session may do everything.
    """

    user_id: str
    session_id: str
    scopes: frozenset[Scope] | None = None


def keys_that_check(keys: Sequence[SigningKey], now_ms: int) -> list[SigningKey]:
    """Choose, of keys that are ordered by number, those whose tokens may still be good."""
    followed = [
        key for key, next_key in pairwise(keys) if now_ms < next_key.made_at + RETIRES_AFTER_MS
    ]
    return [*followed, *keys[-1:]]


def hash_secret(secret: str) -> str:
    """Name a secret of 256 random bits without giving it away; no salt is needed for those."""
    return hashlib.sha256(secret.encode("ascii", "replace")).hexdigest()


def parse_credential(credential: str) -> tuple[str, str, str] | None:
    """Split a credential into user id, session id and secret; None if it is none."""
    parsed = _CREDENTIAL.fullmatch(credential)
    return (parsed[1], parsed[2], parsed[3]) if parsed else None
