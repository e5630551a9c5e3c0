"""Does a message say what somebody looks for?

Chinese, Japanese and Korean put no spaces between words, so what is looked for in them may stand
anywhere. A Latin word must begin a word: `tea` finds `teahouse`, and not `steam`.
"""

from __future__ import annotations

import re
import unicodedata

from teahouse.domain.errors import Invalid
from teahouse.domain.values import dataclass

MAX_QUERY_CHARS = 100
MAX_TERMS = 8
_WORD = re.compile(r"\w")
_MARKS = re.compile(r"[\u0300-\u036f]")  # of Latin, Greek and Cyrillic letters; kana keep theirs
# Scripts that are written without spaces: kana, ideographs, Hangul and Thai's neighbours.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    r"\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for: every term must be there, in whatever order."""

    terms: tuple[str, ...]

    def finds(self, text: str) -> bool:
        """Tell whether a text says all of it."""
        said = folded(text)
        return all(_stands(term, said) for term in self.terms)


def parse_query(text: str) -> SearchQuery:
    """Read what somebody typed.

    Raises:
        Invalid: nothing to look for, or more than `MAX_QUERY_CHARS` or `MAX_TERMS`.
    """
    if len(text) > MAX_QUERY_CHARS:
        raise Invalid(fields={"q": f"at most {MAX_QUERY_CHARS} characters"})
    terms = tuple(dict.fromkeys(folded(text).split()))
    if not terms:
        raise Invalid(fields={"q": "must not be empty"})
    if len(terms) > MAX_TERMS:
        raise Invalid(fields={"q": f"at most {MAX_TERMS} words"})
    return SearchQuery(terms)


def folded(text: str) -> str:
    """Give a text as it is compared: of either width, small or capital, without accents."""
    if text.isascii():
        return text.casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFKC", bare).casefold()


def _stands(term: str, said: str) -> bool:
    if _UNSPACED.match(term) or not _WORD.match(term):
        return term in said
    at = said.find(term)
    while at >= 0:
        before = said[at - 1 : at]
        if not before or not _WORD.match(before) or _UNSPACED.match(before):
            return True
        at = said.find(term, at + 1)
    return False
