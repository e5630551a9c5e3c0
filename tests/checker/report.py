"""What comes out? All verdicts of a history in one line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from tests.checker.healing import Healing, healing
from tests.checker.history import History
from tests.checker.verdicts import VERDICTS

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Report:
    """The counts by verdict, with examples of what speaks against each."""

    counts: dict[str, int]
    examples: dict[str, list[str]]
    acknowledged: int
    changed: int
    delivered: int
    faults: dict[str, int]
    told: dict[str, dict[str, int]]  # why, to each kind of bad clients
    healing: Healing

    @property
    def is_clean(self) -> bool:
        return not any(self.counts.values())

    @property
    def summary(self) -> dict[str, object]:
        """Give what is printed at the end of a run."""
        return {
            "acknowledged": self.acknowledged,
            "changed": self.changed,
            "delivered": self.delivered,
            "faults": sum(self.faults.values()),
            **self.counts,
            "heal_p50_ms": round(self.healing.p50_ms),
            "heal_p99_ms": round(self.healing.p99_ms),
        }


def judge(history: History) -> Report:
    """Ask every verdict."""
    counts: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    for name, verdict in VERDICTS.items():
        findings = verdict(history)
        examples[name] = list(islice(findings, EXAMPLES))
        counts[name] = len(examples[name]) + sum(1 for _ in findings)
    return Report(
        counts=counts,
        examples={name: found for name, found in examples.items() if found},
        acknowledged=sum(len({s.id for s in said}) for said in history.acknowledged.values()),
        changed=sum(len(changes) for changes in history.changed.values()),
        delivered=sum(len(screen.shown) for screen in history.every_screen()),
        faults=dict(history.faults),
        told={who: dict(sorted(why.items())) for who, why in sorted(history.told.items())},
        healing=healing(history),
    )
