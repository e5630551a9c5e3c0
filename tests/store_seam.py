"""What passes between the SDK and the store? Counted, and failed on request.

Sits in `BaseClient._make_api_call`, below boto3 and PynamoDB alike, so the real adapters run. No
engine ever answers a conflict, a throttle or a torn read by itself: they are made here.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

Call = Callable[[], dict[str, Any]]
Fault = Callable[[str, dict[str, Any], Call], dict[str, Any]]

WRITES = ("PutItem", "TransactWriteItems")


@dataclass
class Seam:
    """Units and calls by operation, as the engine's own ConsumedCapacity tells them."""

    read_units: float = 0.0
    write_units: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    injected: Counter[str] = field(default_factory=Counter)

    def _count(self, operation: str, answer: dict[str, Any]) -> None:
        self.calls[operation] += 1
        capacity = answer.get("ConsumedCapacity", [])
        for one in capacity if isinstance(capacity, list) else [capacity]:
            read = one.get("ReadCapacityUnits")
            write = one.get("WriteCapacityUnits")
            if read is None and write is None:
                reads = operation in ("GetItem", "Query", "BatchGetItem", "TransactGetItems")
                read, write = (one["CapacityUnits"], 0) if reads else (0, one["CapacityUnits"])
            self.read_units += read or 0
            self.write_units += write or 0


@contextmanager
def seam(fault: Fault | None = None) -> Iterator[Seam]:
    """Count every DynamoDB call of this process, and let `fault` carry it out."""
    seen = Seam()
    real = BaseClient._make_api_call

    def watched(client: BaseClient, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if client.meta.service_model.service_name != "dynamodb":
            return real(client, operation, params)
        params = {**params, "ReturnConsumedCapacity": "TOTAL"}

        def call() -> dict[str, Any]:
            answer: dict[str, Any] = real(client, operation, params)
            seen._count(operation, answer)
            return answer

        return fault(operation, params, call) if fault else call()

    with patch.object(BaseClient, "_make_api_call", watched):
        yield seen


def refuse(operation: str, code: str) -> ClientError:
    """Make the error DynamoDB answers."""
    return ClientError({"Error": {"Code": code, "Message": "injected"}}, operation)


def lost_answer() -> ReadTimeoutError:
    """Make the error of an answer that never came; the write may have happened."""
    return ReadTimeoutError(endpoint_url="http://store.test")


def storm(seed: int, share: float, seen: Counter[str]) -> Fault:
    """Make conflicts, throttles, lost answers and torn reads, each for a share of the calls."""
    draw = random.Random(seed)

    def fault(operation: str, params: dict[str, Any], call: Call) -> dict[str, Any]:
        chance = draw.random()
        if operation in WRITES and chance < share:
            kind = draw.choice(("conflict", "throttle", "lost_before", "lost_after"))
            seen[kind] += 1
            if kind == "lost_after":
                call()
            if kind.startswith("lost"):
                raise lost_answer()
            if kind == "throttle":
                raise refuse(operation, "ThrottlingException")
            raise refuse(operation, "TransactionConflictException")
        answer = call()
        if operation == "Query" and chance < share and len(answer.get("Items", ())) >= 3:
            seen["torn"] += 1
            torn = list(answer["Items"])
            # Slot n is missing, slot n + 1 is there; the first slot asked for has long been read.
            del torn[draw.randrange(1, len(torn) - 1)]
            return {**answer, "Items": torn, "Count": len(torn)}
        return answer

    return fault
