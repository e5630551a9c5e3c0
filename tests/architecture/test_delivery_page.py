"""Does docs/delivery.md speak of tests and commands that are there?"""

from __future__ import annotations

import re

import pytest

from tests.architecture.declared import ROOT
from tests.checker.verdicts import VERDICTS
from tests.planted.answers import ANSWERS
from tests.planted.bugs import BUGS, CLIENT

PAGE = ROOT / "docs" / "delivery.md"


def rows_of(section: str) -> list[str]:
    text = PAGE.read_text("utf-8").split(f"## {section}")[1].split("\n## ")[0]
    return [line for line in text.splitlines() if line.startswith("| ")][2:]


def held_by(row: str) -> list[tuple[str, str]]:
    """Name the tests of a row: of pytest as ("", name), of vitest as (file, sentence)."""
    sentences = re.findall(r"`(\w+\.spec\.ts): ([^`]+)`", row)
    return [*sentences, *(("", name) for name in re.findall(r"`(test_\w+)`", row))]


@pytest.mark.parametrize(("section", "count"), [("Failures", 15), ("What heals", 11)])
def test_every_failure_and_what_heals_it_has_tests_that_are_there(section: str, count: int) -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    rows = rows_of(section)

    assert len(rows) == count
    for row in rows:
        assert held_by(row), row
        for file, name in held_by(row):
            if file:
                assert f'it("{name}"' in (ROOT / CLIENT / file).read_text("utf-8"), name
            else:
                assert f"def {name}(" in sources, name


@pytest.mark.parametrize("section", ["Failures", "What heals"])
def test_a_test_of_every_row_is_known_to_fail_without_what_it_holds(section: str) -> None:
    """Something is planted that a test of the row has to find: `make planted` sees it do so."""
    checks = {bug.check.rpartition("/")[2].rpartition("::")[2] for bug in (*BUGS, *ANSWERS)}

    for row in rows_of(section):
        assert {file or name for file, name in held_by(row)} & checks, row


def test_every_bad_client_of_the_table_has_a_test_that_is_there() -> None:
    text = PAGE.read_text("utf-8").split("## Bad clients")[1].split("\n## ")[0]
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", text)

    assert len(named) > 10
    assert [name for name in named if f"def {name}(" not in sources] == []


def test_every_verdict_is_explained() -> None:
    text = PAGE.read_text("utf-8")

    assert [name for name in VERDICTS if f"`{name}`" not in text] == []
