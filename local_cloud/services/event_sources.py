"""Who hands a queue's messages to a function? Event source mappings: batches, at least once.

Source: Lambda Developer Guide, "Using Lambda with Amazon SQS", and there "Implementing partial
batch responses".
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.invocation import Failed, Invoker, Outcome
from local_cloud.resources import REGION
from local_cloud.services.clock import Clock
from local_cloud.services.queues import Message, Queue
from local_cloud.services.sqs_api import system_attributes

CONCURRENCY = 5  # "starts with five concurrent batches"; AWS then grows, this machine does not
POLL_S = 20.0  # long polling
MAX_RECEIVE = 10  # messages a poll


@dataclass(frozen=True, slots=True)
class EventSource:
    """One mapping; the defaults are those of AWS::Lambda::EventSourceMapping."""

    logical_id: str
    queue_arn: str
    function_id: str
    batch_size: int = 10
    window_s: float = 0.0
    reports_failures: bool = False
    concurrency: int = CONCURRENCY


class EventSources:
    """All mappings of a template, running."""

    def __init__(
        self,
        sources: Iterable[EventSource],
        queues: Mapping[str, Queue],
        invoker: Invoker,
        clock: Clock,
    ) -> None:
        self._sources = list(sources)
        self._queues = queues
        self._invoker = invoker
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to poll."""
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(self._poll(source, self._queues[source.queue_arn]))
            for source in self._sources
            for _ in range(source.concurrency)
        ]

    async def stop(self) -> None:
        """Poll no more; what is in flight is seen again by nobody."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _poll(self, source: EventSource, queue: Queue) -> None:
        while True:
            batch = await self._gather(source, queue)
            if batch:
                event = {"Records": [record_of(message, source) for message in batch]}
                outcome = await self._invoker.invoke(source.function_id, event)
                self._settle(source, queue, batch, outcome)

    async def _gather(self, source: EventSource, queue: Queue) -> list[Message]:
        """Collect a batch: until it is full, or its window is over."""
        batch = await queue.receive(min(source.batch_size, MAX_RECEIVE), wait_s=POLL_S)
        ends_at_s = self._clock.now_s() + source.window_s
        while batch and len(batch) < source.batch_size and source.window_s:
            left_s = ends_at_s - self._clock.now_s()
            if left_s <= 0:
                break
            missing = min(source.batch_size - len(batch), MAX_RECEIVE)
            batch += await queue.receive(missing, wait_s=left_s)
        return batch

    def _settle(
        self, source: EventSource, queue: Queue, batch: list[Message], outcome: Outcome
    ) -> None:
        """Delete what was handled; the rest is seen again when its time is over."""
        failed = failed_of(batch, outcome) if source.reports_failures else None
        if isinstance(outcome, Failed):
            failed = {message.message_id for message in batch}
        for message in batch:
            if message.message_id not in (failed or ()):
                queue.delete(message.receipt)


def failed_of(batch: list[Message], outcome: Outcome) -> set[str]:
    """Read a partial batch response; one that cannot be read means the whole batch."""
    everything = {message.message_id for message in batch}
    if isinstance(outcome, Failed):
        return everything
    payload = outcome.payload
    if payload is None or payload == {}:
        return set()
    try:
        failed = {item["itemIdentifier"] for item in payload["batchItemFailures"] or ()}
    except (KeyError, TypeError):
        return everything
    return failed if failed <= everything else everything


def record_of(message: Message, source: EventSource) -> dict[str, Any]:
    """Build one record of the event."""
    return {
        "messageId": message.message_id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": system_attributes(message),
        "messageAttributes": {
            name: {
                "stringValue": value.get("StringValue"),
                "binaryValue": value.get("BinaryValue"),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value.get("DataType"),
            }
            for name, value in message.attributes.items()
        },
        "md5OfBody": message.md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": source.queue_arn,
        "awsRegion": REGION,
    }
