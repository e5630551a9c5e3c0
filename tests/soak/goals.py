"""Was enough done to the system for its silence to mean something?

A run in which nothing speaks against a promise proves little if nobody was cut off meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.checker.report import Report
from tests.soak.plan import FAULTS, SELDOM, Scale
from tests.soak.troublemakers import KINDS


@dataclass(frozen=True, slots=True)
class Goals:
    """What a size has to reach, or may take at most; 0: no matter."""

    delivered: int = 0
    reconnects: int = 0
    faults: int = 0
    each_fault: int = 0
    each_seldom: int = 0  # F8, F9, F11
    kills: int = 0
    most_seconds: int = 0
    most_home_s: int = 0
    most_heal_p50_ms: int = 0
    heals_by_the_next_ping: bool = False


GOALS: Mapping[str, Goals] = {
    "ci": Goals(reconnects=300, each_fault=20, each_seldom=3, most_seconds=240, most_home_s=35),
    "full": Goals(
        delivered=2_000_000,
        reconnects=3_000,
        faults=20_000,
        each_fault=20,
        each_seldom=3,
        kills=12,
        most_heal_p50_ms=1_000,
        heals_by_the_next_ping=True,
    ),
}
PING_GRACE_S = 2.0


@dataclass(frozen=True, slots=True)
class Course:
    """How a run went, beside what the checker says of it."""

    scale: Scale
    report: Report
    reconnects: int
    home_s: float
    seconds: float

    @property
    def by_number(self) -> dict[str, int]:
        """Count the faults by their number in FAULTS."""
        counted = self.report.faults
        return {f: sum(counted.get(kind, 0) for kind in kinds) for f, kinds in FAULTS.items()}

    def short_of(self, goals: Goals) -> list[str]:
        """Name what was not reached; nothing of it speaks against a promise."""
        return [
            *self._too_few(goals),
            *self._too_slow(goals),
            *(f"{kind} was told nothing" for kind in BAD if not self.report.told.get(kind)),
        ]

    def _too_few(self, goals: Goals) -> Iterator[str]:
        report = self.report
        counted = {
            "acknowledged": (report.acknowledged, self.scale.acknowledged),
            "delivered": (report.delivered, goals.delivered),
            "reconnects": (self.reconnects, goals.reconnects),
            "faults": (sum(report.faults.values()), goals.faults),
            "kills": (report.faults.get("gateway_killed", 0), goals.kills),
        }
        for number, count in self.by_number.items():
            counted[number] = count, goals.each_seldom if number in SELDOM else goals.each_fault
        for name, (count, least) in counted.items():
            if count < least:
                yield f"{name}: {count} of {least}"

    def _too_slow(self, goals: Goals) -> Iterator[str]:
        heals_ms = (self.scale.ping_s + PING_GRACE_S) * 1_000 * goals.heals_by_the_next_ping
        for name, took, most in (
            ("seconds", self.seconds, goals.most_seconds),
            ("home_s", self.home_s, goals.most_home_s),
            ("heal_p50_ms", self.report.healing.p50_ms, goals.most_heal_p50_ms),
            ("heal_p99_ms", self.report.healing.p99_ms, heals_ms),
        ):
            if most and took > most:
                yield f"{name}: {took:.1f}, over {most:.0f}"


def exit_status(report: Report, short: Sequence[str], *, fell: bool = False) -> int:
    """Tell a broken promise (1) from a run that was too small to tell (2) or fell over (3)."""
    if not report.is_clean:
        return 1
    if fell:
        return 3
    return 2 if short else 0


BAD = tuple(kind.__name__ for kind in KINDS)
