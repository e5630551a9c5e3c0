from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teahouse.domain.nickname import draw_color, draw_nickname
from teahouse.domain.user import COLORS, Language, clean_display_name

CHANCE = st.floats(0, 1, exclude_max=True)


@given(st.sampled_from(["en", "zh-CN"]), CHANCE, CHANCE)
def test_every_nickname_is_a_display_name(language: Language, first: float, second: float) -> None:
    nickname = draw_nickname(language, first, second)

    assert clean_display_name(nickname) == nickname


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [("en", "Amber Badger", "Wise Willow"), ("zh-CN", "温柔的茶壶", "活泼的柳树")],
)
def test_the_ends_of_the_lists_are_drawn_too(language: Language, first: str, last: str) -> None:
    assert draw_nickname(language, 0.0, 0.0) == first
    assert draw_nickname(language, 0.999999, 0.999999) == last


def test_every_colour_is_drawn() -> None:
    assert {draw_color(i / 100) for i in range(100)} == set(COLORS)
