"""What passes between the adapters and the store? Counted, and failed on request.

Sits in `BaseClient._make_api_call`, below boto3 and PynamoDB alike, and around the signed HTTP of
the lean adapters, so the real adapters run. No engine ever answers a conflict, a throttle or a torn
read by itself: they are made here.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from teahouse.adapters.aws.answers import Answer
from teahouse.adapters.aws.failures import TimedOut
from teahouse.adapters.aws.signed_http import SignedHttp

Call = Callable[[], dict[str, Any]]
Send = Callable[[dict[str, Any]], dict[str, Any]]
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

    def through(operation: str, params: dict[str, Any], send: Send) -> dict[str, Any]:
        params = {**params, "ReturnConsumedCapacity": "TOTAL"}

        def call() -> dict[str, Any]:
            answer = send(params)
            seen._count(operation, answer)
            return answer

        return fault(operation, params, call) if fault else call()

    def watched(client: BaseClient, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if client.meta.service_model.service_name != "dynamodb":
            return real(client, operation, params)
        return through(operation, params, lambda given: real(client, operation, given))

    WatchedHttp.through = through
    try:
        with patch.object(BaseClient, "_make_api_call", watched):
            yield seen
    finally:
        WatchedHttp.through = None


class WatchedHttp:
    """The lean adapters' HTTP, with the seam around it while there is one."""

    through: ClassVar[Callable[[str, dict[str, Any], Send], dict[str, Any]] | None] = None
    lines: ClassVar[SignedHttp] = SignedHttp("dynamodb", "AWS_ENDPOINT_URL_DYNAMODB")

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, **limits: Any
    ) -> Answer:
        through = WatchedHttp.through
        if through is None:
            return self.lines.request(method, path, headers, body, **limits)

        def send(params: dict[str, Any]) -> dict[str, Any]:
            sent = json.dumps(params, ensure_ascii=False).encode()
            answer = self.lines.request(method, path, headers, sent, **limits)
            if answer.status != 200:
                raise _Refused(answer)
            answered: dict[str, Any] = json.loads(answer.body)
            return answered

        operation = headers["X-Amz-Target"].rpartition(".")[2]
        try:
            answered = through(operation, json.loads(body), send)
        except _Refused as refused:
            return refused.answer
        except ReadTimeoutError as error:
            raise TimedOut("injected", may_have_happened=True) from error
        except ClientError as error:
            return _refusal(error)
        return Answer(200, {}, json.dumps(answered, ensure_ascii=False).encode())


class _Refused(Exception):
    """The store's own refusal, on its way past a fault."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def _refusal(error: ClientError) -> Answer:
    """Write an injected error as DynamoDB sends it."""
    code = error.response["Error"]["Code"]
    body = {
        "__type": f"com.amazonaws.dynamodb.v20120810#{code}",
        "CancellationReasons": error.response.get("CancellationReasons", []),
    }
    return Answer(500 if code == "InternalServerError" else 400, {}, json.dumps(body).encode())


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
