from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
from teahouse.domain.avatar import drawn_avatar
from teahouse.domain.user import COLORS

from tests.cast import ANN


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("ann", "A"),
        ("小明", "小"),
        ("e\u0301ve", "E\u0301"),
        ("👩‍👩‍👧 the family", "👩‍👩‍👧"),
        ("🇩🇪🇫🇷", "🇩🇪"),
        ("<script>", "<"),
        ("&amp;", "&"),
        ("\ufffex", "·"),
    ],
)
def test_the_first_sign_of_a_name_stands_on_its_colour(name: str, sign: str) -> None:
    drawn = drawn_avatar(replace(ANN, display_name=name))

    root = ElementTree.fromstring(drawn)
    ground, text = list(root)
    assert (text.text, ground.get("fill")) == (sign, ANN.color)
    assert drawn == drawn_avatar(replace(ANN, display_name=name))


def test_the_sign_can_be_read_on_every_colour() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1, here beside white."""
    assert [color for color in COLORS if 1.05 / (_luminance(color) + 0.05) < 4.5] == []


def _luminance(color: str) -> float:
    """Of WCAG 2.2, "relative luminance"."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
