from __future__ import annotations

import pytest
from teahouse.domain.common_passwords import MARKS
from teahouse.domain.errors import Invalid
from teahouse.domain.password import check_password


@pytest.mark.parametrize("password", ["12345678", "password", "PassWord1", "iloveyou", "1q2w3e4r"])
def test_what_everybody_has_is_no_password(password: str) -> None:
    """In letters of either case. Control: the same with a word more."""
    with pytest.raises(Invalid) as refused:
        check_password(password)

    assert refused.value.fields == {"password": "is among the most common"}
    check_password(f"{password} oolong")


def test_three_thousand_are_known() -> None:
    assert len(MARKS) == 3_000


@pytest.mark.parametrize(("chars", "is_taken"), [(7, False), (8, True), (128, True), (129, False)])
def test_a_password_has_8_to_128_characters_of_any_kind(chars: int, is_taken: bool) -> None:
    password = (" 茶" * chars)[:chars]
    if is_taken:
        check_password(password)
    else:
        with pytest.raises(Invalid):
            check_password(password)
