"""What is an emoji? One grapheme, by the grammar of Unicode Technical Standard 51, 1.4.9.

Python's own tables are as old as Python, and people's keyboards are not; so this goes by the
blocks that Unicode keeps for pictures, and not by what is assigned in them today.
"""

from __future__ import annotations

import re

from teahouse.domain.errors import Invalid

_PICTURES = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f004\U0001f0cf\U0001f170\U0001f171"
    "\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f202\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f6ff\U0001f7e0-\U0001f7f0"
    "\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff"
)
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_TAGS = "(?:[\U000e0020-\U000e007e]{1,8}\U000e007f)?"
_PICTURE = f"[{_PICTURES}]\ufe0f?[\U0001f3fb-\U0001f3ff]?{_TAGS}"
_JOINED = f"{_PICTURE}(?:\u200d{_PICTURE}){{0,5}}"
_EMOJI = re.compile(f"{_FLAG}|{_KEYCAP}|{_JOINED}")


def check_emoji(text: str) -> None:
    """Check that a text is one emoji and nothing else.

    Raises:
        Invalid: it is none, or more than one.
    """
    if not _EMOJI.fullmatch(text):
        raise Invalid(fields={"emoji": "must be one emoji"})


def leading_emoji(text: str) -> str | None:
    """Find the emoji that a text begins with."""
    found = _EMOJI.match(text)
    return found[0] if found else None
