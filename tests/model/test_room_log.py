"""The design of the log is sound in every interleaving; each omission is found out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.model import promises
from tests.model.explore import Exploration, explore
from tests.model.promises import judge
from tests.model.room_log import Design
from tests.model.world import Budget, World

SMALL: Mapping[str, int] = {"readers": 0}


def found(design: Design, budget: Budget, *, until: str = "", **people: int) -> Exploration[World]:
    return explore(
        design.start(budget, **people), design.steps, judge(design), until=until, limit=400_000
    )


def test_the_design_holds_in_more_than_a_hundred_thousand_states() -> None:
    """Two clients, zombies, a crash, torn reads, a forged position."""
    seen = found(Design(), Budget(crashes=1, forgeries=1), readers=1)

    assert seen.broken == {}
    assert seen.is_complete
    assert seen.states >= 100_000


@pytest.mark.parametrize(
    ("budget", "design", "people"),
    [
        pytest.param(Budget(), Design(polls=1), {"readers": 2}, id="two screens"),
        pytest.param(Budget(removals=1), Design(), SMALL, id="a removal"),
        pytest.param(
            Budget(removals=1, admissions=1, forgeries=1),
            Design(attempts=1),
            SMALL,
            id="removed and let in again, with a lie",
        ),
        pytest.param(Budget(edits=2, crashes=1), Design(attempts=1), SMALL, id="edits"),
        pytest.param(Budget(trims=1), Design(polls=1), {"readers": 1}, id="retention"),
        pytest.param(
            Budget(trims=2, crashes=1), Design(attempts=1), {"readers": 1}, id="retention, crash"
        ),
        pytest.param(Budget(restores=1), Design(polls=1), {"readers": 1}, id="a restore"),
        pytest.param(Budget(torn=0), Design(attempts=1, polls=1), {"clients": 3}, id="three"),
    ],
)
def test_the_design_holds_with(budget: Budget, design: Design, people: Mapping[str, int]) -> None:
    clients, readers = people.get("clients", 2), people.get("readers", 1)

    seen = found(design, budget, clients=clients, readers=readers)

    assert seen.broken == {}
    assert seen.is_complete


@pytest.mark.parametrize(
    ("flaw", "budget", "promise"),
    [
        ("answer-before-write", Budget(crashes=1), promises.LOST),
        ("no-look-before-put", Budget(), promises.TWICE),
        ("unlooked-position", Budget(), promises.TWICE),
        ("highest-of-torn", Budget(), promises.TWICE),
        ("position-believed", Budget(forgeries=1), promises.HOLE),
        ("row-before-query", Budget(removals=1, forgeries=1), promises.OUTSIDER),
        ("row-kept", Budget(removals=1), promises.OUTSIDER),
        ("edit-in-two-writes", Budget(edits=1, crashes=1), promises.UNFOLDED),
        ("highest-seen", Budget(), promises.SKIPPED),
        ("epoch-ignored", Budget(restores=1), promises.DIVERGENT),
        ("newest-deleted", Budget(trims=1), promises.STUCK),
        ("deleted-before-said", Budget(trims=1, crashes=1), promises.STUCK),
        ("gone-entries-skipped", Budget(trims=1, crashes=1), promises.TWICE),
        ("handler-outlives-retention", Budget(trims=1), promises.TWICE),
    ],
)
def test_an_omission_breaks_a_promise(flaw: str, budget: Budget, promise: str) -> None:
    """Each is the sound design above but for one thing: the explorer finds the way to the harm."""
    needs_a_screen = promise in (promises.SKIPPED, promises.DIVERGENT, promises.STUCK)
    needs_retries = promise == promises.TWICE or flaw == "row-kept"
    design = Design(flaw, attempts=2 if needs_retries else 1)

    seen = found(design, budget, until=promise, readers=1 if needs_a_screen else 0)

    assert promise in seen.broken, (flaw, seen)
