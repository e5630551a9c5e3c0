"""Whom does a text name?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teahouse.domain.mention import MAX_MENTIONS, names_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ann-name, tea?", [("ann-name",)]),
        ("你好@ann-name", []),  # a letter of any script stands before it
        ("你好 @ann-name！", [("ann-name",)]),
        ("ask @ann.name. Or @Ann.Name!", [("ann.name.", "ann.name"), ("Ann.Name",)]),
        ("(@ann-name)", [("ann-name",)]),
        ("mail ann@example.org, or ann.@example", []),
        ("@four", []),
        ("@@ann-name @", []),
        ("@" + "x" * 33, []),
        ("@....", []),
    ],
)
def test_a_name_is_read_as_it_is_written(text: str, names: list[tuple[str, ...]]) -> None:
    assert names_in(text) == names


def test_only_so_many_are_named_and_each_once() -> None:
    crowd = " ".join(f"@person-{n} @PERSON-{n}" for n in range(MAX_MENTIONS + 5))

    assert [name for (name,) in names_in(crowd)] == [f"person-{n}" for n in range(MAX_MENTIONS)]


@given(st.text(alphabet="@abcDE12._- 茶\n", max_size=200))
def test_any_text_names_only_what_could_be_user_names(text: str) -> None:
    for spellings in names_in(text):
        assert all(5 <= len(name) <= 32 and f"@{name}" in text for name in spellings)
