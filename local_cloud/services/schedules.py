"""Who runs what a template schedules? Rules and schedules, by a clock that tests can move."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.resources import ACCOUNT_ID, REGION
from local_cloud.services.clock import Clock
from local_cloud.services.schedule_times import Times


@dataclass(frozen=True, slots=True)
class Schedule:
    """One target of a rule or schedule: `arn` names a function or a queue."""

    logical_id: str
    times: Times
    target: str
    event: str | None = None  # its Input, else the event that EventBridge makes
    is_rule: bool = True


async def run_schedule(
    schedule: Schedule,
    clock: Clock,
    deliver: Callable[[str, str, dict[str, str]], None],
    moment_s: float,
) -> None:
    """Deliver an event at each of a schedule's times after a moment, for ever."""
    while (due_s := schedule.times.next_after(moment_s)) is not None:
        await clock.sleep_until(due_s)
        moment_s = due_s
        event = schedule.event or json.dumps(scheduled_event(schedule, due_s))
        deliver(schedule.target, event, {})


def scheduled_event(schedule: Schedule, due_s: float) -> dict[str, Any]:
    """Build the event: EventBridge User Guide, "Scheduled events"."""
    kind = "events" if schedule.is_rule else "scheduler"
    place = "rule" if schedule.is_rule else "schedule/default"
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": f"aws.{kind}",
        "account": ACCOUNT_ID,
        "time": datetime.fromtimestamp(due_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:{kind}:{REGION}:{ACCOUNT_ID}:{place}/{schedule.logical_id}"],
        "detail": {} if schedule.is_rule else "{}",
    }


class Schedules:
    """All schedules of a template, running."""

    def __init__(
        self,
        schedules: Iterable[Schedule],
        clock: Clock,
        deliver: Callable[[str, str, dict[str, str]], None],
    ) -> None:
        self._schedules = list(schedules)
        self._clock = clock
        self._deliver = deliver
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to wait for the first times."""
        loop = asyncio.get_running_loop()
        now_s = self._clock.now_s()
        self._tasks = [
            loop.create_task(run_schedule(schedule, self._clock, self._deliver, now_s))
            for schedule in self._schedules
        ]

    async def stop(self) -> None:
        """Run nothing any more."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
