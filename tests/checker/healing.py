"""How long after it was written does an entry appear on a screen?

Written is the first moment at which anybody knows of it: its acknowledgement, or its first
appearance. For a client that was not connected then, the clock runs from its next connection.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from tests.checker.history import History

WORST = 10


@dataclass(frozen=True, slots=True)
class Healing:
    """The times of all appearances in ms, and the worst of them with what they were."""

    count: int
    p50_ms: float
    p99_ms: float
    worst: tuple[str, ...]


def healing(history: History) -> Healing:
    """Measure all appearances of entries after the start of their screen."""
    known = _first_known(history)
    times: list[tuple[float, str, str, int]] = []
    for screen in history.every_screen():
        connects = history.connects.get(screen.client, [])
        for one in screen.shown:
            since = known[screen.room, screen.epoch, one.seq]
            place = bisect_right(connects, one.at)
            if place:
                since = max(since, connects[place - 1])
            times.append((max(0.0, one.at - since), screen.client, screen.room, one.seq))
    times.sort()
    worst = tuple(
        f"{ms:.0f} ms: slot {seq} of {room} at {client}"
        for ms, client, room, seq in reversed(times[-WORST:])
    )
    return Healing(len(times), _share(times, 0.50), _share(times, 0.99), worst)


def _first_known(history: History) -> dict[tuple[str, str, int], float]:
    known: dict[tuple[str, str, int], float] = {}
    for (room, epoch), said in history.acknowledged.items():
        for acknowledged in said:
            key = room, epoch, acknowledged.seq
            known[key] = min(known.get(key, acknowledged.at), acknowledged.at)
    for screen in history.every_screen():
        for shown in screen.shown:
            key = screen.room, screen.epoch, shown.seq
            known[key] = min(known.get(key, shown.at), shown.at)
    return known


def _share(times: list[tuple[float, str, str, int]], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))][0] if times else 0.0
