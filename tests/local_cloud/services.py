"""What do the tests of the services share? A cloud with the sample, and calls by its handlers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from local_cloud.cloud import LocalCloud, running
from local_cloud.invocation import Succeeded
from local_cloud.physical_names import queue_url
from tests.local_cloud.conftest import SAMPLES

TEMPLATE = SAMPLES / "parcels" / "template.yaml"
PATIENCE_S = 15
PARCELS, LOST, FAILURES, REPORTS = (
    queue_url(name) for name in ("local-parcels", "Lost", "Failures", "Reports")
)


@dataclass(frozen=True)
class Agent:
    """Calls services as the function Agent, or as one that may do nothing."""

    cloud: LocalCloud

    async def call(
        self,
        service: str,
        operation: str,
        *,
        caller: str = "Agent",
        version: str | None = None,
        **parameters: Any,
    ) -> Any:
        """Call an operation; `version` chooses the signature's."""
        event = {
            "service": service,
            "operation": operation,
            "version": version,
            "parameters": parameters,
        }
        outcome = await self.cloud.runner.invoke(caller, event)
        assert isinstance(outcome, Succeeded), outcome
        return outcome.payload

    async def received(self, queue: str, wait_s: int = 5) -> list[str]:
        """Take what is in a queue, waiting for the first message."""
        answer = await self.call(
            "sqs", "receive_message", QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=wait_s
        )
        messages = answer.get("Messages", [])
        for message in messages:
            await self.call(
                "sqs", "delete_message", QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"]
            )
        return [message["Body"] for message in messages]

    async def report(self) -> str:
        """Wait for the next thing a handler reports."""
        [report] = await self.reports(1)
        return report

    async def reports(self, count: int) -> list[str]:
        """Wait for at least so many reports, in whatever order they come."""
        found: list[str] = []
        async with asyncio.timeout(PATIENCE_S):
            while len(found) < count:
                found += await self.received(REPORTS)
        return sorted(found)


@asynccontextmanager
async def agent(**options: Any) -> AsyncIterator[Agent]:
    """Run the sample with an agent in it."""
    async with running(TEMPLATE, **{"data": None, **options}) as cloud:
        yield Agent(cloud)
