"""Whom does a message name? `@username`, as it is written, letters of either case."""

from __future__ import annotations

import re

from teahouse.domain.user import is_username

MAX_MENTIONS = 10  # of one message; the rest is text like any other

# Not behind a letter, so that an address of mail names nobody.
_MENTION = re.compile(r"(?<![\w.@-])@([A-Za-z0-9_.-]{5,64})")


def names_in(text: str) -> list[tuple[str, ...]]:
    """List who may be meant: for each `@` the spellings, the likeliest first.

    A name may end in a dot, and so may a sentence: with it first, then without.
    """
    spellings: dict[str, tuple[str, ...]] = {}
    for written in _MENTION.findall(text) if "@" in text else ():
        stripped = written.rstrip("._-")
        both = tuple(name for name in dict.fromkeys((written, stripped)) if is_username(name))
        if both:
            spellings.setdefault(written.lower(), both)
    return list(spellings.values())[:MAX_MENTIONS]
