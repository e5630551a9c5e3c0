"""What text do we accept from people? Trimming, control characters, lengths in code points."""

from __future__ import annotations

import unicodedata

from teahouse.domain.errors import Invalid

# Bidirectional overrides let a name or a message rewrite the line around it; isolates close by
# themselves at the end of a paragraph and stay allowed (Unicode TR 36, 2.7).
_FORBIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\x00")

# Signs that show nothing and that no script needs in one line: with them a name would look like
# another. Joiners stay: emoji, Persian and the scripts of India are written with them.
_HIDDEN = frozenset("\u00ad\u200b\u2060\ufeff\u2066\u2067\u2068\u2069")

# Letters and symbols by their category that draw nothing: the Hangul fillers and the empty Braille
# cell (Unicode's Default_Ignorable_Code_Point, and chart U+2800).
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean_line(text: str, *, field: str, max_chars: int) -> str:
    """Trim a single line: no control and no hidden characters, inner white space folded.

    Raises:
        Invalid: nothing visible is left, or it is over `max_chars` code points.
    """
    kept = "".join(
        " " if c.isspace() else c
        for c in text
        if c.isspace()
        or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _FORBIDDEN | _HIDDEN)
    )
    line = " ".join(kept.split())
    if not any(is_visible(c) for c in line):
        raise Invalid(fields={field: "must not be empty"})
    if len(line) > max_chars:
        raise Invalid(fields={field: f"at most {max_chars} characters"})
    return line


def clean_paragraph(text: str) -> str:
    """Trim text of several lines; control characters go, line breaks and tabs stay."""
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        c
        for c in normal
        if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _FORBIDDEN)
    )
    return kept.strip()


def is_visible(char: str) -> bool:
    """Tell whether a character shows something: not space, not format, not a lone mark."""
    if char.isspace() or char in _BLANK:
        return False
    return unicodedata.category(char) not in ("Cf", "Cc", "Zs", "Mn", "Me")
