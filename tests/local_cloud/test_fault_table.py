"""Is every fault told and shown? The table of docs/local-cloud.md, held to switches and tests."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from local_cloud.fault_plan import FaultPlan
from tests.soak.plan import FAULTS

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "local-cloud.md"
FORMS = {"seed", "at_most", "functions", "operations", "slow_bytes"}  # of the faults, not faults


def rows() -> list[str]:
    return re.findall(r"^\| F\d+ \|.*$", PAGE.read_text(), re.MULTILINE)


def switches() -> set[str]:
    """The names that make something fail: not how long, and not of whom."""
    names = {one.name for one in fields(FaultPlan)} - FORMS
    return {n for n in names if not n.endswith("_ms") or n == "mass_disconnect_ms"}


def test_the_table_has_twelve_rows() -> None:
    assert [row.split()[1] for row in rows()] == [f"F{number}" for number in range(1, 13)]


def test_every_switch_stands_in_the_table() -> None:
    told = set(re.findall(r"`(\w+)`", "".join(rows())))

    assert len(switches()) > 30, "the control: they are found"
    assert switches() - told == set()


def test_what_a_soak_demands_of_each_fault_is_told_on_the_page() -> None:
    """A soak fails unless each is in its history: what switches inject, and the rest."""
    of_switches = {kind_of(switch) for switch in switches()}
    others = {kind for kinds in FAULTS.values() for kind in kinds} - of_switches

    assert list(FAULTS) == [f"F{number}" for number in range(1, 13)]
    assert others == {"gateway_killed", "store_restored", "member_removed", "session_revoked"}
    assert all(f"`{kind}`" in PAGE.read_text() for kind in others)


def kind_of(switch: str) -> str:
    """What the history calls it: one of what the switch names."""
    if switch == "store_key_units":
        return "store_key_throttled"
    words = switch.removesuffix("_ms").split("_")
    return "_".join(word if word.endswith("ss") else word.removesuffix("s") for word in words)


def test_every_switch_is_shown_and_leaves_its_trace_in_a_test_that_its_row_names() -> None:
    """Each of these tests shows it happening, and then finds its kind in the history."""
    unshown = []
    for row in rows():
        named = [TESTS.rglob(name) for name in re.findall(r"`(test_\w+\.py)`", row)]
        files = [file.read_text() for found in named for file in found]
        assert files, row
        told = set(re.findall(r"`(\w+)`", row)) & switches()
        unshown += [name for name in told if not any(name in text for text in files)]
        traces = {name: f'"{kind_of(name)}"' for name in told}
        unshown += [kind for kind in traces.values() if not any(kind in text for text in files)]

    assert unshown == []
