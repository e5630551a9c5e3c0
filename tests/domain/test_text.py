"""Which text shows nothing at all?"""

from __future__ import annotations

import pytest
from teahouse.domain.errors import Invalid
from teahouse.domain.message import clean_text
from teahouse.domain.room import clean_room_name
from teahouse.domain.user import clean_display_name

# Zero width, joiners, marks alone, the Hangul fillers, the empty Braille cell.
NOTHING = [
    "",
    " ",
    "\u200b",
    "\u2060\ufeff",
    "\u200d",
    "\u0301",
    "\u3164",
    "\uffa0",
    "\u115f\u1160",
]


@pytest.mark.parametrize("text", [*NOTHING, "\u2800", "\u3164 \u2800\u200b"])
def test_what_shows_nothing_is_no_name_and_no_message(text: str) -> None:
    """Control: the same beside a letter is one."""
    for clean in (clean_display_name, clean_room_name, clean_text):
        assert "a" in clean(f"{text}a")

        with pytest.raises(Invalid):
            clean(text)


@pytest.mark.parametrize("name", ["茶", "👩‍🚀", "ㅎ", "⠓", "é", "e\u0301", "."])
def test_one_sign_that_shows_is_a_name(name: str) -> None:
    assert clean_display_name(name) == name
