"""When do objects go by their bucket's rules? Days or a date, for keys of a prefix.

Source: Amazon S3 User Guide, "Lifecycle configuration elements" and "Expiring objects": S3 adds
"the number of days specified in the rule to the object creation time" and rounds "the resulting
time up to the next day at midnight UTC".
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local_cloud.services.clock import Clock
from local_cloud.services.objects import ObjectFacts, Objects

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Expiration:
    """One rule: the days after which an object goes, or the time at which all of them do."""

    prefix: str = ""
    days: int | None = None
    at_s: float | None = None
    larger_than_bytes: int = -1
    smaller_than_bytes: float = math.inf

    def is_over(self, facts: ObjectFacts, now_s: float) -> bool:
        """Tell whether an object has gone by this rule."""
        if not facts.key.startswith(self.prefix):
            return False
        if not self.larger_than_bytes < facts.size < self.smaller_than_bytes:
            return False
        if self.days is not None:
            return next_midnight_s(facts.modified_at_s + self.days * DAY_S) <= now_s
        return self.at_s is not None and self.at_s <= now_s


class Lifecycles:
    """The rules of all buckets; looks at the start, and at each midnight UTC."""

    def __init__(
        self, rules: Mapping[str, Iterable[Expiration]], objects: Objects, clock: Clock
    ) -> None:
        self._rules = {bucket: tuple(of_bucket) for bucket, of_bucket in rules.items()}
        self._objects = objects
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, if there are rules."""
        if any(self._rules.values()):
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Remove nothing any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def sweep(self) -> int:
        """Remove what is over, and return how many objects that were."""
        now_s = self._clock.now_s()
        over = [
            (bucket, facts.key)
            for bucket, rules in self._rules.items()
            for facts in self._objects.page(bucket)
            if any(rule.is_over(facts, now_s) for rule in rules)
        ]
        for bucket, key in over:
            self._objects.remove(bucket, key)
        return len(over)

    async def _run(self) -> None:
        while True:
            self.sweep()
            await self._clock.sleep_until(next_midnight_s(self._clock.now_s() + 1))


def next_midnight_s(at_s: float) -> float:
    """Return the midnight UTC at or after a time."""
    return math.ceil(at_s / DAY_S) * DAY_S
