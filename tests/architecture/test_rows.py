"""Has each row of the four systems a test named after it, through real sockets and HTTP?

What a person sees of a row has tests of its own, of the same names; they do not count here.
"""

from __future__ import annotations

import re

import pytest

from tests.architecture.declared import ROOT

ROWS = [
    f"{system}{number}"
    for system, last in (("a", 15), ("b", 3), ("c", 6), ("d", 4))
    for number in range(1, last + 1)
]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test_named_after_it(row: str) -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "tests" / "e2e").glob("test_*.py")]
    by_hand = [source for source in sources if "tests.e2e.window" not in source]
    names = re.findall(r"^def (test_\w+)", "\n".join(by_hand), re.M)

    assert [name for name in names if f"_{row}_" in name]
    assert len(by_hand) < len(sources), "the browsers' are left out"
