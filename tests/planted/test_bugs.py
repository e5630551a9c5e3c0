"""Do the planted bugs still fit the code? `make planted` sees whether each is found."""

from __future__ import annotations

import re

import pytest

from tests.planted.answers import ANSWERS
from tests.planted.bugs import BUGS, CLIENT, Bug
from tests.planted.tree import ROOT

ALL = (*BUGS, *ANSWERS)


@pytest.mark.parametrize("bug", ALL, ids=lambda bug: f"{bug.number} {bug.name}")
def test_what_a_bug_replaces_stands_there_once(bug: Bug) -> None:
    for file, old, new in bug.changes:
        assert (ROOT / file).read_text("utf-8").count(old) == 1, (file, old)
        assert old != new


@pytest.mark.parametrize("bug", ALL, ids=lambda bug: f"{bug.number} {bug.name}")
def test_the_check_of_a_bug_is_there(bug: Bug) -> None:
    file, _, name = bug.check.partition("::")

    text = (ROOT / file).read_text("utf-8")
    assert not name or f"def {name}(" in text


def test_there_are_twenty_two_of_them() -> None:
    assert [bug.number for bug in BUGS] == list(range(1, 23))
    assert [bug.number for bug in ANSWERS] == list(range(101, 101 + len(ANSWERS)))


@pytest.mark.parametrize("bug", ALL, ids=lambda bug: f"{bug.number} {bug.name}")
def test_no_bug_is_in_the_sources_that_are_deployed(bug: Bug) -> None:
    """What it adds is not there. The control, that it fits, is the first test."""
    for file, old, new in bug.changes:
        assert not new or new in old or new not in (ROOT / file).read_text("utf-8")


def test_no_switch_for_a_bug_is_deployed() -> None:
    """The folders that Lambda's artifacts and the client's package are made of know of none."""
    sources = [
        path
        for folder in ("layers/teahouse/teahouse", "functions", CLIENT)
        for suffix in ("py", "ts")
        for path in (ROOT / folder).rglob(f"*.{suffix}")
    ]

    assert len(sources) > 150
    assert [path for path in sources if "planted" in path.read_text("utf-8").lower()] == []
    assert not {file for bug in ALL for file, _, _ in bug.changes if file.startswith("tests/")}


def test_the_table_of_the_documents_names_each_with_its_check() -> None:
    text = (ROOT / "docs" / "delivery.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| (\d+) \| .*\| `([^`]+)` \|", text, re.M))

    assert rows == {str(bug.number): bug.check.rpartition("/")[2] for bug in ALL}
