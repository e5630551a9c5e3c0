"""What time is it for schedules, retries and queues? The machine's, which a test may move on."""

from __future__ import annotations

import asyncio
import time


class Clock:
    """The time, and waiting for it."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._moved = asyncio.Event()

    def now_s(self) -> float:
        """Return epoch seconds."""
        return time.time() + self._ahead_s

    def move(self, seconds: float) -> None:
        """Let time pass at once; whoever waits for what is now past goes on."""
        self._ahead_s += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, at_s: float) -> None:
        """Wait for a time."""
        while (left_s := at_s - self.now_s()) > 0:
            moved = self._moved
            try:
                await asyncio.wait_for(moved.wait(), left_s)
            except TimeoutError:
                continue
