"""Does docs/delivery.md speak of tests and commands that are there?"""

from __future__ import annotations

import re

from tests.architecture.declared import ROOT
from tests.checker.verdicts import VERDICTS

PAGE = ROOT / "docs" / "delivery.md"


def test_every_failure_of_the_table_has_a_test_that_is_there() -> None:
    failures = PAGE.read_text("utf-8").split("## Failures")[1].split("\n## ")[0]
    rows = [line for line in failures.splitlines() if line.startswith("| ")][2:]
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))

    assert len(rows) == 15
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        for name in named:
            assert f"def {name}(" in sources, name


def test_every_bad_client_of_the_table_has_a_test_that_is_there() -> None:
    text = PAGE.read_text("utf-8").split("## Bad clients")[1].split("\n## ")[0]
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", text)

    assert len(named) > 10
    assert [name for name in named if f"def {name}(" not in sources] == []


def test_every_verdict_is_explained() -> None:
    text = PAGE.read_text("utf-8")

    assert [name for name in VERDICTS if f"`{name}`" not in text] == []
