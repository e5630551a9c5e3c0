"""Which passwords are acceptable?"""

from __future__ import annotations

import hashlib

from teahouse.domain.common_passwords import MARKS
from teahouse.domain.errors import Invalid

PASSWORD_CHARS = (8, 128)
_MARK_CHARS = 8  # of hexadecimal: one good password in a million is taken for a common one


def check_password(password: str) -> None:
    """Check a new password: its length, and that not everybody has it; nothing is trimmed.

    Raises:
        Invalid: shorter than 8 or longer than 128 characters, or one of the most common.
    """
    shortest, longest = PASSWORD_CHARS
    if not shortest <= len(password) <= longest:
        raise Invalid(fields={"password": f"{shortest} to {longest} characters"})
    if mark_of(password) in MARKS:
        raise Invalid(fields={"password": "is among the most common"})


def mark_of(password: str) -> str:
    """Name a password, in letters of either case, without saying it."""
    return hashlib.sha256(password.lower().encode("utf-8", "replace")).hexdigest()[:_MARK_CHARS]
