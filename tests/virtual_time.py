"""What happens at once when time is only counted? Threads that take turns, on a clock of their own.

One thread runs at a time; when all wait, the clock jumps to whoever is due first. What is measured
on it knows nothing of the machine: only of how long things were said to take.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable

from tests.cast import NOON_MS


class VirtualTime:
    """A Clock for the actions, and the one who lets the threads run."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._is_over = threading.Event()
        self._failures: list[BaseException] = []

    def now_ms(self) -> int:
        return NOON_MS + round(self._now_s * 1000)

    def monotonic_s(self) -> float:
        return self._now_s

    def sleep(self, seconds: float) -> None:
        """Let the others run until so much time has passed."""
        woken = threading.Event()
        self._at(self._now_s + seconds, woken.set)
        self._next()
        woken.wait()

    def begin(self, at_s: float, work: Callable[[], None]) -> None:
        """Plan some work; nothing runs before `run`."""

        def carry_out() -> None:
            try:
                work()
            except BaseException as error:
                self._failures.append(error)
            self._next()

        self._at(at_s, threading.Thread(target=carry_out).start)

    def run(self) -> None:
        """Let everything happen; raises what some work raised."""
        self._next()
        self._is_over.wait()
        if self._failures:
            raise self._failures[0]

    def _at(self, at_s: float, wake: Callable[[], None]) -> None:
        heapq.heappush(self._due, (at_s, next(self._numbers), wake))

    def _next(self) -> None:
        if not self._due:
            self._is_over.set()
            return
        self._now_s, _, wake = heapq.heappop(self._due)
        wake()
