"""Is every test that docs/security.md names there?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.declared import ROOT

PAGE = ROOT / "docs" / "security.md"


def named() -> list[tuple[Path, str]]:
    """List file and function of each test on the page."""
    found = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text("utf-8"))
    return [(ROOT / file, name) for file, name in found]


def has(file: Path, name: str) -> bool:
    if not file.is_file():
        return False
    tree = ast.parse(file.read_text("utf-8"))
    return any(isinstance(n, ast.FunctionDef) and n.name == name for n in ast.walk(tree))


def test_every_named_test_is_there() -> None:
    assert len(named()) > 30
    missing = [f"{file.relative_to(ROOT)}::{name}" for file, name in named() if not has(file, name)]

    assert missing == []


def test_one_that_is_not_there_would_be_missed() -> None:
    """The control."""
    assert not has(ROOT / "tests" / "nowhere.py", "test_nothing")
    assert not has(Path(__file__), "test_nothing")


def test_every_row_names_a_test() -> None:
    rows = re.findall(r"^\| [0-9].*$", PAGE.read_text("utf-8"), re.M)

    assert rows
    assert [row for row in rows if "::test_" not in row] == []
