"""What is an API key, and what may be done with it?"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Literal, get_args

from teahouse.domain.errors import Conflict, Forbidden, Invalid
from teahouse.domain.session import Scope, hash_secret, parse_credential
from teahouse.domain.text import clean_line
from teahouse.domain.values import dataclass

# read: hear and read what its owner may; write: speak, change, join, leave; notify: notify people.
# What concerns the account itself (password, sessions, keys, erasing) no key may do.
SCOPES: tuple[Scope, ...] = get_args(Scope)

KEYS_PER_USER = 20
NAME_CHARS = 64
MARK = "thk_"  # so that a key is told from a token, and found where it was left lying
ID_MARK = "key-"  # and its id from a session's


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """Leave to act as its owner, as far as the scopes reach. The secret itself is never stored."""

    id: str
    user_id: str
    name: str
    scopes: frozenset[Scope]
    secret_hash: str
    created_at: int

    def is_opened_by(self, secret: str) -> bool:
        return hmac.compare_digest(self.secret_hash, hash_secret(secret))

    def credential(self, secret: str) -> str:
        """Write what its owner keeps; it is shown once."""
        return f"{MARK}{self.user_id}.{self.id}.{secret}"


def parse_key(text: str) -> tuple[str, str, str] | None:
    """Split a key into user id, key id and secret; None if it is none."""
    parsed = parse_credential(text.removeprefix(MARK)) if text.startswith(MARK) else None
    return parsed if parsed and is_key_id(parsed[1]) else None


def is_key_id(session_id: str) -> bool:
    """Tell a key's id from a session's; a caller and a connection have either."""
    return session_id.startswith(ID_MARK)


def clean_key_name(name: str) -> str:
    """Trim and check a key's name.

    Raises:
        Invalid: empty, or over `NAME_CHARS`.
    """
    return clean_line(name, field="name", max_chars=NAME_CHARS)


def clean_scopes(scopes: Iterable[str]) -> frozenset[Scope]:
    """Check the scopes of a key to be.

    Raises:
        Invalid: none, or one that there is not.
    """
    asked = frozenset(scopes)
    if not asked or not asked <= frozenset(SCOPES):
        raise Invalid(fields={"scopes": f"at least one of {', '.join(SCOPES)}"})
    return frozenset(scope for scope in SCOPES if scope in asked)


def check_count(count: int) -> None:
    """Check that somebody with so many keys may have one more.

    Raises:
        Conflict: it would be more than `KEYS_PER_USER`.
    """
    if count >= KEYS_PER_USER:
        raise Conflict(f"At most {KEYS_PER_USER} keys; delete one first.")


def has_scope(scopes: frozenset[Scope] | None, scope: Scope) -> bool:
    """Tell what a caller may do; None are the scopes of a session, which may do everything."""
    return scopes is None or scope in scopes


def require_scope(scopes: frozenset[Scope] | None, needed: Scope | Literal["session"]) -> None:
    """Check what a caller may do; None are the scopes of a session, which may do everything.

    Raises:
        Forbidden: a key without the scope, or what no key may do.
    """
    if scopes is not None and needed not in scopes:
        raise Forbidden("This key may not do that.")
