"""What does somebody look like who has chosen no picture? The first sign of a name, on a colour."""

from __future__ import annotations

import unicodedata
from html import escape
from itertools import takewhile

from teahouse.domain.emoji import leading_emoji
from teahouse.domain.user import User

_NO_SIGN = "·"


def drawn_avatar(user: User) -> str:
    """Draw it as SVG, the same for the same name and colour; of the name it holds one sign only."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" fill="{user.color}"/>'
        '<text x="32" y="32" fill="#fff" font-family="sans-serif" font-size="28" font-weight="600"'
        f' text-anchor="middle" dominant-baseline="central">{escape(_sign(user.display_name))}'
        "</text></svg>"
    )


def _sign(name: str) -> str:
    emoji = leading_emoji(name)
    if emoji is not None:
        return emoji
    if not name or not name[0].isprintable():
        return _NO_SIGN
    marks = takewhile(lambda sign: unicodedata.category(sign).startswith("M"), name[1:])
    return (name[0] + "".join(marks)).upper()
