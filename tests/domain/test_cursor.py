"""Cursors: given back as they were, and refused when they are anything else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teahouse.domain.cursor import MAX_CURSOR_CHARS, decode_cursor, encode_cursor
from teahouse.domain.errors import Invalid

PLACE = re.compile(r"[0-9]{3}#[a-z]{1,9}")


@given(st.from_regex(PLACE, fullmatch=True))
def test_a_place_comes_back_as_it_was(place: str) -> None:
    cursor = encode_cursor(place)

    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)
    assert decode_cursor(cursor, PLACE) == place


@given(st.text(max_size=40) | st.text("ABCDEFabcdef0123456789_-=", max_size=40))
def test_whatever_is_sent_is_a_place_or_refused(cursor: str) -> None:
    try:
        place = decode_cursor(cursor, PLACE)
    except Invalid:
        return
    assert PLACE.fullmatch(place)


@pytest.mark.parametrize(
    "cursor",
    [
        encode_cursor("123#den\n"),
        encode_cursor("R#den"),
        encode_cursor("123#"),
        "\ud800",
        "A" * (MAX_CURSOR_CHARS + 1),
    ],
)
def test_another_shape_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_cursor(cursor, PLACE)

    assert list(refused.value.fields or ()) == ["cursor"]
    assert decode_cursor(encode_cursor("123#den"), PLACE) == "123#den"  # the control
