"""Does any action cost more than `docs/cost.md` says, or is one of them not there?"""

from __future__ import annotations

import pytest

from tests.architecture.declared import ROOT
from tests.cost.measured import measure_all
from tests.cost.page import figures, grown, render

PAGE = ROOT / "docs" / "cost.md"


@pytest.fixture(scope="module")
def today(engine_url: str) -> str:
    return render(measure_all(engine_url))


def test_no_action_costs_more_than_the_page_says(today: str) -> None:
    assert grown(PAGE.read_text("utf-8"), today) == []


def test_the_page_tells_of_every_action(today: str) -> None:
    """`make cost` writes it."""
    assert figures(PAGE.read_text("utf-8")).keys() == figures(today).keys()


def test_what_nobody_asks_for_is_on_the_page(today: str) -> None:
    """Functions in the background have no route, by which they would be found."""
    modules = sorted(path.stem for path in (ROOT / "functions" / "background").glob("*.py"))

    assert modules
    assert figures(today).keys() >= set(modules)


def test_what_grows_is_named() -> None:
    """The control of the tests above."""
    was = "| `hello` | 1 | 0 | 1 | 1 | 40 | 1,200 | 2.33 |"
    now = "| `hello` | 1.5 | 0 | 1 | 1 | 40 | 1,210 | 2.39 |"

    assert figures(was)["hello"][5] == 1200
    assert grown(was, now) == ["hello: reads 1 -> 1.5", "hello: $ a million 2.33 -> 2.39"]
