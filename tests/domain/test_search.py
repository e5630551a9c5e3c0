"""Is what people look for found where they would find it?"""

from __future__ import annotations

import pytest
from teahouse.domain.errors import Invalid
from teahouse.domain.search import MAX_TERMS, parse_query


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("茶", "你好，一起喝茶吗？"),
        ("喝茶", "你好，一起喝茶吗？"),
        ("お茶", "今日はお茶を飲む"),
        ("차", "녹차"),
        ("tea", "Teahouse"),
        ("TEA", "tea?"),
        ("green tea", "Tea, and a green one"),
        ("tea", "喝tea吗"),
        ("ｔｅａ", "tea"),
        ("straße", "STRASSE"),
        ("cafe", "Un CAFÉ"),
        ("café", "cafe\u0301"),
        ("resume", "my résumé"),
        ("uber", "Über uns"),
        ("istanbul", "İstanbul"),
        ("елка", "Ёлка"),
        ("が", "ありがとう"),
        ("𠮷", "𠮷野家"),
        ("𠮷", "a𠮷𠮷"),
        ("c++", "I like C++."),
        ("👍", "ok👍"),
        ("喝 tea", "tea 好喝"),
    ],
)
def test_a_text_that_says_it_is_found(query: str, text: str) -> None:
    assert parse_query(query).finds(text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("tea", "steam"),
        ("茶壶", "茶 壶"),
        ("green tea", "green"),
        ("a.c", "abc"),
        ("%", "x"),
        ("か", "が"),
    ],
)
def test_a_text_that_does_not_say_it_is_not_found(query: str, text: str) -> None:
    assert not parse_query(query).finds(text)


@pytest.mark.parametrize("query", ["", "  ", "x" * 101, " ".join("abcdefghi"[: MAX_TERMS + 1])])
def test_a_query_that_asks_nothing_or_too_much_is_refused(query: str) -> None:
    """Control: the queries above."""
    with pytest.raises(Invalid):
        parse_query(query)
