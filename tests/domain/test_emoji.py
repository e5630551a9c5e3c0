"""One emoji, and nothing else."""

from __future__ import annotations

import pytest
from teahouse.domain.emoji import check_emoji
from teahouse.domain.errors import Invalid

ONE = [
    "👍", "👍🏽", "❤️", "❤", "🍵", "🇨🇳", "3️⃣", "#️⃣", "👨‍👩‍👧‍👦", "❤️‍🔥", "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "🏳️‍🌈", "👩🏽‍🚀", "©️", "🫨", "☕", "㊗️", "🧑🏻‍❤️‍💋‍🧑🏿",
]  # fmt: skip
NOT_ONE = [
    "", "a", "3", "茶", "👍👍", "👍 ", " 👍", "👍a", "🇨", "🇨🇳🇨", "\u200d", "\ufe0f",
    "👍\u200d", "👍" + "\u200d👍" * 6,
    "<b>", "👍\u0301", "\u202e👍", "🏴" + "\U000e0067" * 9 + "\U000e007f", "x" * 64,
]  # fmt: skip


@pytest.mark.parametrize("text", ONE)
def test_one_emoji_is_taken(text: str) -> None:
    check_emoji(text)


@pytest.mark.parametrize("text", NOT_ONE)
def test_what_is_not_one_emoji_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        check_emoji(text)
