"""What becomes of an event that nobody waits for? Two more tries, an age limit, a destination.

    queued ──► running ──► done
      ^           │ failed
      └── waits ──┤ (a minute, then two)
                  └── no try left, or too old ──► failure destination, or dead-letter queue

Source: Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous
invocation". Events live in memory: those of a cloud that stops are lost.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.invocation import Failed, Invoker
from local_cloud.physical_names import function_arn
from local_cloud.resources import Function
from local_cloud.services.clock import Clock

RETRY_DELAYS_S = (60.0, 120.0)  # "one minute before the second attempt, and two minutes"
THROTTLE_DELAYS_S = (1.0, 300.0)  # "exponentially from 1 second to a maximum of 5 minutes"
DEFAULT_MAX_AGE_S = 21_600  # "Maximum age of event": 6 hours
THROTTLED = "TooManyRequestsException"


@dataclass(frozen=True, slots=True)
class AsyncSettings:
    """What a function's event invoke configuration says; destinations are ARNs."""

    max_retries: int = 2
    max_age_s: float = DEFAULT_MAX_AGE_S
    on_failure: str | None = None
    on_success: str | None = None
    dead_letters: str | None = None


# (ARN of a queue or function, body, message attributes)
Deliver = Callable[[str, str, Mapping[str, str]], None]


class Asynchronous:
    """The asynchronous events of all functions."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        settings: Mapping[str, AsyncSettings],
        invoker: Invoker,
        clock: Clock,
        deliver: Deliver,
        is_repeated: Callable[[str], bool] = lambda function_id: False,
    ) -> None:
        self._functions = functions
        self._settings = settings
        self._invoker = invoker
        self._clock = clock
        self._deliver = deliver
        self._is_repeated = is_repeated
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, function_id: str, event: Any) -> None:
        """Take an event; it runs soon, and once more where a fault says so."""
        for _ in range(2 if self._is_repeated(function_id) else 1):
            task = asyncio.get_running_loop().create_task(self._carry_out(function_id, event))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Forget what waits."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _carry_out(self, function_id: str, event: Any) -> None:
        settings = self._settings.get(function_id, AsyncSettings())
        give_up_at = self._clock.now_s() + settings.max_age_s
        request_id = str(uuid.uuid4())
        tries, throttle_s = 0, THROTTLE_DELAYS_S[0]
        while True:
            outcome = await self._invoker.invoke(function_id, event)
            if not isinstance(outcome, Failed):
                if settings.on_success is not None:
                    record = self._record(
                        function_id, request_id, event, tries + 1, outcome.payload
                    )
                    self._deliver(settings.on_success, json.dumps(record), {})
                return
            if outcome.error_type == THROTTLED:
                wait_s, throttle_s = throttle_s, min(throttle_s * 2, THROTTLE_DELAYS_S[1])
            else:
                tries += 1
                if tries > settings.max_retries:
                    break
                wait_s = RETRY_DELAYS_S[min(tries, len(RETRY_DELAYS_S)) - 1]
            if self._clock.now_s() + wait_s > give_up_at:
                self._give_up(
                    settings, function_id, request_id, event, tries, outcome, "EventAgeExceeded"
                )
                return
            await self._clock.sleep_until(self._clock.now_s() + wait_s)
        self._give_up(settings, function_id, request_id, event, tries, outcome, "RetriesExhausted")

    def _give_up(
        self,
        settings: AsyncSettings,
        function_id: str,
        request_id: str,
        event: Any,
        tries: int,
        failed: Failed,
        condition: str,
    ) -> None:
        if settings.on_failure is not None:
            report = {"errorMessage": failed.message, "errorType": failed.error_type}
            record = self._record(function_id, request_id, event, tries, report)
            record["requestContext"]["condition"] = condition
            record["responseContext"]["functionError"] = "Unhandled"
            self._deliver(settings.on_failure, json.dumps(record), {})
        if settings.dead_letters is not None:
            attributes = {
                "RequestID": request_id,
                "ErrorCode": "200",
                "ErrorMessage": failed.message,
            }
            self._deliver(settings.dead_letters, json.dumps(event), attributes)

    def _record(
        self, function_id: str, request_id: str, event: Any, tries: int, answer: Any
    ) -> dict[str, Any]:
        """Write what a destination receives: Developer Guide, "Example invocation record"."""
        name = self._functions[function_id].name or function_id
        now = datetime.fromtimestamp(self._clock.now_s(), UTC)
        return {
            "version": "1.0",
            "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": request_id,
                "functionArn": f"{function_arn(name)}:$LATEST",
                "condition": "Success",
                "approximateInvokeCount": tries,
            },
            "requestPayload": event,
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
            "responsePayload": answer,
        }
