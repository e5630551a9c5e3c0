"""How does a list continue? A cursor names the last thing shown, and never a key of the store."""

from __future__ import annotations

import base64
import binascii
import re

from teahouse.domain.errors import Invalid

MAX_CURSOR_CHARS = 256


def encode_cursor(place: str) -> str:
    """Make a cursor that callers can only give back."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, shape: re.Pattern[str]) -> str:
    """Read a cursor back; a forged one of the right shape only names another place of the list.

    Raises:
        Invalid: it is none of ours.
    """
    if len(cursor) <= MAX_CURSOR_CHARS:
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            place = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        except (binascii.Error, ValueError):
            place = ""
        if shape.fullmatch(place):
            return place
    raise Invalid(fields={"cursor": "this cursor is not one of ours"})
