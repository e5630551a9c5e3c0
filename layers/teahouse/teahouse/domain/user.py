"""Who are people here? Users, their names and colours."""

from __future__ import annotations

import re
from typing import Literal

from teahouse.domain.errors import Invalid
from teahouse.domain.text import clean_line
from teahouse.domain.values import dataclass

UserKind = Literal["account", "guest", "bot"]
Language = Literal["en", "zh-CN"]

DISPLAY_NAME_CHARS = 32
ERASED_NAME = "deleted"  # pages put their own words in its place
_USERNAME = re.compile(r"[A-Za-z0-9_.-]{5,32}\Z")

# Twelve hues that stay apart from one another; the page lightens or darkens them for its theme.
COLORS = (
    "#c2410c", "#b45309", "#4d7c0f", "#15803d", "#0f766e", "#0369a1",
    "#1d4ed8", "#4338ca", "#7e22ce", "#a21caf", "#be185d", "#b91c1c",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody, as others see them."""

    id: str
    display_name: str
    color: str
    kind: UserKind
    username: str | None = None
    avatar: str | None = None
    language: Language | None = None
    is_administrator: bool = False
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What proves that a user name is somebody's: password and recovery code, as hashes only."""

    username: str
    user_id: str
    password_hash: str
    recovery_hash: str | None = None


def erased(user: User) -> User:
    """Give what is left of somebody who has gone: an id that old entries mention, and a colour."""
    return User(
        id=user.id, display_name=ERASED_NAME, color=user.color, kind=user.kind, is_deleted=True
    )


def clean_display_name(name: str) -> str:
    """Trim and check a display name.

    Raises:
        Invalid: empty, or over `DISPLAY_NAME_CHARS`.
    """
    return clean_line(name, field="displayName", max_chars=DISPLAY_NAME_CHARS)


def clean_username(name: str) -> str:
    """Check a user name; letters of either case name the same account.

    Raises:
        Invalid: not 5 to 32 of letters, digits, `_`, `-`, `.`.
    """
    if not is_username(name):
        raise Invalid(fields={"username": "5 to 32 letters, digits, _ - ."})
    return name


def is_username(name: str) -> bool:
    """Tell whether somebody could have this user name."""
    return _USERNAME.match(name) is not None
