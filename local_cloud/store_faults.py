"""What befalls a call to the store? What AWS may do, and no engine ever does by itself.

Sources: DynamoDB Developer Guide, "Error handling with DynamoDB" and "Managing complex workflows
with DynamoDB transactions"; texts of errors as AWS gives them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any, Protocol

from local_cloud.faults import Faults
from local_cloud.resources import Table
from local_cloud.signatures import Request
from local_cloud.store_answers import DYNAMODB, error_body, restarting, written
from local_cloud.store_calls import Call, Item
from local_cloud.store_history import StoreHistory, key_names

THROTTLING = (
    "com.amazon.coral.availability#ThrottlingException",
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically "
    "scaling your table or index so please try again shortly.",
)
CONFLICT = "Transaction is ongoing for the item"
UNPROCESSED = {"BatchWriteItem": "UnprocessedItems", "BatchGetItem": "UnprocessedKeys"}
THROTTLED_PART = 4  # one of so many of the other items is throttled, where one is in conflict

Intact = tuple[int, bytes] | None  # status and body; None: the engine is being restarted
Forward = Callable[[Call], Awaitable[Intact]]
Peek = Callable[[Request], Awaitable[Intact]]  # on nobody's account


class Line(Protocol):
    """The connection of who asks."""

    def answer(self, data: bytes) -> None:
        """Write an answer and turn to the next request."""

    def abort(self) -> None:
        """Cut the connection off."""


class StoreFaults:
    """Carries calls out, or not, or not as asked.

    `kill_store` kills the engine, `kill_worker` the worker that signs with a key.
    """

    def __init__(
        self,
        faults: Faults,
        tables: Iterable[Table],
        *,
        kill_store: Callable[[], None] = lambda: None,
        kill_worker: Callable[[str], None] = lambda access_key_id: None,
    ) -> None:
        self._faults = faults
        self._history = StoreHistory(key_names(tables))
        self._kill_store = kill_store
        self._kill_worker = kill_worker
        self._writes: Counter[tuple[str, str]] = Counter()  # of this second, by partition
        self._second = 0

    @property
    def are_possible(self) -> bool:
        """Tell whether a call has to come by here."""
        return self._faults.may_befall_store

    async def carry_out(self, call: Call, forward: Forward, peek: Peek, line: Line) -> None:
        """Answer a call on its line, or cut the line, or leave it silent."""
        if self._kills("before", call):
            return
        if self._hits("store_delayed", call):
            delay_ms = self._faults.drawn("store_delayed", self._faults.plan.store_delay_ms)
            self._note("store_delayed", "store_delayed", call, delay_ms)
            await asyncio.sleep(delay_ms / 1000)
        if self._strikes("store_calls_lost", "store_call_lost", call):
            line.abort()
            return
        refused = self._refused(call)
        if refused is not None:
            line.answer(written(400, refused, {}))
            return
        answer = await self._forwarded(call, forward, peek)
        if self._kills("after", call):
            return
        if self._strikes("store_answers_lost", "store_answer_lost", call):
            line.abort()
        elif not self._strikes("store_answers_silent", "store_answer_silent", call):
            line.answer(restarting() if answer is None else written(*answer, {}))

    # Before the call.

    def _refused(self, call: Call) -> bytes | None:
        if self._is_over_key_limit(call):
            self._note("store_throttled", "store_key_throttled", call)
            return error_body(*THROTTLING)
        if call.operation not in UNPROCESSED and self._strikes(
            "store_throttled", "store_throttled", call
        ):
            return error_body(*THROTTLING)
        transacts = call.operation in ("TransactWriteItems", "TransactGetItems")
        writes_one = call.operation in ("PutItem", "UpdateItem", "DeleteItem")
        if (transacts or writes_one) and self._strikes("store_conflicts", "store_conflict", call):
            if writes_one:
                return error_body(DYNAMODB + "TransactionConflictException", CONFLICT)
            return self._cancelled(len(call.demands))
        if "ClientRequestToken" in call.body and self._strikes(
            "store_in_progress", "store_in_progress", call
        ):
            text = "Transaction token is in use for a transaction that is still in progress"
            return error_body(DYNAMODB + "TransactionInProgressException", text)
        return None

    def _cancelled(self, count: int) -> bytes:
        """Write a cancelled transaction: one conflict, and now and then a throttle beside it."""
        reasons: list[dict[str, str]] = [{"Code": "None"} for _ in range(count)]
        for place in range(count):
            if self._faults.chosen("store_conflicts", THROTTLED_PART) == 0:
                reasons[place] = {"Code": "ThrottlingError", "Message": THROTTLING[1]}
        place = self._faults.chosen("store_conflicts", count)
        reasons[place] = {"Code": "TransactionConflict", "Message": CONFLICT}
        codes = ", ".join(reason["Code"] for reason in reasons)
        text = "Transaction cancelled, please refer cancellation reasons for specific reasons "
        kind = DYNAMODB + "TransactionCanceledException"
        body = {"__type": kind, "CancellationReasons": reasons, "Message": f"{text}[{codes}]"}
        return json.dumps(body).encode()

    def _is_over_key_limit(self, call: Call) -> bool:
        limit = self._faults.plan.store_key_units
        if limit is None or not call.is_write:
            return False
        second = int(time.monotonic())
        if second != self._second:
            self._second = second
            self._writes.clear()
        for demand in call.demands:
            for item in demand.items:
                name = self._history.key_names.get(demand.table, ("",))[0]
                self._writes[demand.table, json.dumps(item.get(name))] += 1
        return any(count > limit for count in self._writes.values())

    # The call itself.

    async def _forwarded(self, call: Call, forward: Forward, peek: Peek) -> Intact:
        if self._strikes("store_killed", "store_killed", call):
            self._kill_store()
        plan = self._faults.plan
        remembers = bool(plan.store_reads_stale or plan.store_reads_torn)
        if call.is_write and remembers:
            replaced = await self._history.before(call, _reading(call, peek))
            answer = await forward(call)
            if answer is not None and answer[0] == 200:
                self._history.written(replaced)
            return answer
        if call.operation in UNPROCESSED and self._hits("store_throttled", call):
            return await self._partly(call, forward)
        answer = await forward(call)
        if remembers and answer is not None and answer[0] == 200:
            return 200, self._seen(call, answer[1])
        return answer

    async def _partly(self, call: Call, forward: Forward) -> Intact:
        """Hold the last request of a batch back, and say so."""
        asked = json.loads(call.request.body)["RequestItems"]
        table, requests = next(reversed(asked.items()))
        keys = requests["Keys"] if call.operation == "BatchGetItem" else requests
        if len(asked) == 1 and len(keys) == 1:  # "if none of the items can be processed"
            self._note("store_throttled", "store_throttled", call)
            return 400, error_body(*THROTTLING)
        self._note("store_throttled", "store_throttled_partly", call)
        last = keys.pop()
        held = {**requests, "Keys": [last]} if call.operation == "BatchGetItem" else [last]
        if not keys:
            del asked[table]
        answer = await forward(_changed(call, RequestItems=asked))
        if answer is None or answer[0] != 200:
            return answer
        body = json.loads(answer[1])
        body[UNPROCESSED[call.operation]] = {table: held}
        return 200, json.dumps(body).encode()

    def _seen(self, call: Call, body: bytes) -> bytes:
        """Return what a reader sees that is behind, or looks while something is written."""
        faults, history = self._faults, self._history
        if self._hits("store_reads_stale", call):
            age_ms = faults.drawn("store_reads_stale", faults.plan.stale_ms)
            stale = history.stale(call, json.loads(body), age_ms / 1000)
            if stale is not None:
                self._note("store_reads_stale", "store_read_stale", call, age_ms)
                return json.dumps(stale).encode()
        if self._hits("store_reads_torn", call):
            answer = json.loads(body)
            places = history.torn(call, answer)
            if places:
                del answer["Items"][places[faults.chosen("store_reads_torn", len(places))]]
                answer["Count"] = len(answer["Items"])
                self._note("store_reads_torn", "store_read_torn", call)
                return json.dumps(answer).encode()
        return body

    # Chance.

    def _kills(self, when: Any, call: Call) -> bool:
        if not self._faults.is_killed_at_call(when, call.function_id):
            return False
        self._kill_worker(call.access_key_id)
        return True

    def _hits(self, share: str, call: Call) -> bool:
        return self._faults.hits(share, function_id=call.function_id, operation=call.operation)

    def _strikes(self, share: str, kind: str, call: Call) -> bool:
        if not self._hits(share, call):
            return False
        self._note(share, kind, call)
        return True

    def _note(self, share: str, kind: str, call: Call, delay_ms: int = 0) -> None:
        detail = f"{call.function_id} {call.operation}"
        self._faults.note(share, kind, call.table, delay_ms=delay_ms, detail=detail)


def _reading(call: Call, peek: Peek) -> Callable[[str, Item], Awaitable[Item | None]]:
    """Return a way to look at an item; the call lends its headers."""

    async def read(table: str, key: Item) -> Item | None:
        wanted = {"TableName": table, "Key": key, "ConsistentRead": True}
        headers = {**call.request.headers, "x-amz-target": "DynamoDB_20120810.GetItem"}
        answer = await peek(Request("POST", "/", headers, json.dumps(wanted).encode()))
        item: Item | None = None if answer is None else json.loads(answer[1]).get("Item")
        return item

    return read


def _changed(call: Call, **more: Any) -> Call:
    body = {**call.body, **more}
    request = Request(
        call.request.method, call.request.path, call.request.headers, json.dumps(body).encode()
    )
    return replace(call, body=body, request=request)
