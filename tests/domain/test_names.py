"""What may people and messages be called and say, in every script? And what looks like another?"""

from __future__ import annotations

import pytest
from teahouse.domain.errors import Invalid, TooLarge
from teahouse.domain.message import MAX_TEXT_CHARS, clean_text
from teahouse.domain.room import NAME_CHARS, clean_room_name
from teahouse.domain.user import DISPLAY_NAME_CHARS, clean_display_name, clean_username

WORDS = [
    "茶馆",
    "👩‍👩‍👧‍👦",  # one family, seven code points
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",  # a flag of tags
    "עברית",
    "مرحبا",
    "ไทย",
    "नमस्ते",
    "e\u0301",
    "می‌خواهم",  # a zero width non-joiner that Persian needs
]


@pytest.mark.parametrize("word", WORDS)
def test_every_script_and_every_emoji_stays_as_it_was_written(word: str) -> None:
    assert clean_display_name(word) == word
    assert clean_room_name(word) == word
    assert clean_text(word) == word


@pytest.mark.parametrize("mark", ["\u202e", "\u202d", "\u202a", "\u202b", "\u202c"])
def test_no_text_turns_the_line_around_it(mark: str) -> None:
    for clean in (clean_display_name, clean_room_name, clean_text):
        assert clean(f"a{mark}b") == "ab"


@pytest.mark.parametrize(
    "mark",
    ["\u200b", "\u2060", "\ufeff", "\u00ad", "\u2066", "\u2067", "\u2068", "\u2069"],
)
def test_no_name_hides_a_sign_that_makes_it_look_like_another(mark: str) -> None:
    assert clean_display_name(f"A{mark}nn") == clean_display_name("Ann") == "Ann"
    assert clean_room_name(f"The{mark} den") == "The den"


def test_white_space_of_every_kind_is_one_space_in_a_name() -> None:
    assert clean_display_name("\u3000 Ann\t\u00a0\u2003 of\r\n Tea ") == "Ann of Tea"


@pytest.mark.parametrize("text", [" ", "\t\n", "\u3000", "\u00a0\u2003", "\u200b \u200b"])
def test_only_spaces_are_nothing(text: str) -> None:
    for clean in (clean_display_name, clean_room_name, clean_text):
        with pytest.raises(Invalid):
            clean(text)

        assert clean(f"{text}.{text}"), "the control"


@pytest.mark.parametrize("sign", ["a", "茶", "🍵"])
def test_lengths_are_counted_in_signs_and_one_more_is_too_long(sign: str) -> None:
    for clean, longest in ((clean_display_name, DISPLAY_NAME_CHARS), (clean_room_name, NAME_CHARS)):
        assert clean(sign * longest) == sign * longest
        with pytest.raises(Invalid):
            clean(sign * (longest + 1))


def test_a_message_has_eight_thousand_signs_and_no_more() -> None:
    assert MAX_TEXT_CHARS == 8000
    assert clean_text(" " + "a" * 8000 + "\n") == "a" * 8000
    with pytest.raises(TooLarge):
        clean_text("a" * 8001)


@pytest.mark.parametrize(
    "name",
    [
        "аnn-oolong",  # a Cyrillic a
        "ann-oοlong",  # a Greek omicron
        "ann－oolong",  # a full-width hyphen
        "ann-oolong\u200b",
        "ａnn-oolong",
        "ann-oolong\n",
        "ann oolong",
        "ànn-oolong",
        "ann-oo\u0301long",
    ],
)
def test_no_user_name_looks_like_another_in_a_foreign_script(name: str) -> None:
    assert clean_username("ann-oolong") == "ann-oolong", "the control"
    with pytest.raises(Invalid):
        clean_username(name)
