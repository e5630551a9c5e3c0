"""What was in the store a moment ago? Enough of it to answer as an eventual read may.

Only kept while a plan asks for stale or torn reads: each write then costs a read of what it
replaces, unless its condition says that it can only replace nothing.
"""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.resources import Table
from local_cloud.store_calls import Call, Item

KEPT_S = 10.0
ABSENT = re.compile(r"attribute_not_exists\((#?\w+)\)")
TORN_S = 2.0  # the age up to which a Query may miss an item

Key = tuple[str, str]  # the table, and the key as JSON
Read = Callable[[str, Item], Awaitable[Item | None]]  # (table, key) -> the item now


@dataclass(frozen=True, slots=True)
class Change:
    """One write: what was there before it."""

    at_s: float
    before: Item | None


@dataclass(slots=True)
class StoreHistory:
    """The changes of the last seconds; `now_s` is a monotonic clock."""

    key_names: Mapping[str, tuple[str, ...]]
    now_s: Callable[[], float] = time.monotonic
    _changes: dict[Key, deque[Change]] = field(default_factory=dict)  # the last written is last

    async def before(self, call: Call, read: Read) -> list[tuple[Key, Item | None]]:
        """Look at what a write is about to replace."""
        found = []
        for demand in call.demands:
            if demand.action == "dynamodb:ConditionCheckItem":
                continue
            for item in demand.items:
                key = self._key(demand.table, item)
                if key is None:
                    continue
                is_new = self._replaces_nothing(call)
                found.append(
                    (key, None if is_new else await read(demand.table, json.loads(key[1])))
                )
        return found

    def _replaces_nothing(self, call: Call) -> bool:
        if call.operation != "PutItem":
            return False
        condition = ABSENT.fullmatch(call.body.get("ConditionExpression", ""))
        if condition is None:
            return False
        name = call.body.get("ExpressionAttributeNames", {}).get(condition[1], condition[1])
        return name in self.key_names.get(call.table, ())

    def written(self, replaced: Iterable[tuple[Key, Item | None]]) -> None:
        """Note that a write has succeeded."""
        now_s = self.now_s()
        horizon_s = now_s - KEPT_S
        for key, before in replaced:
            changes = self._changes[key] = self._changes.pop(key, deque())
            changes.append(Change(now_s, before))
            while changes[0].at_s < horizon_s:
                changes.popleft()
        self._forget_before(horizon_s)

    def _forget_before(self, horizon_s: float) -> None:
        """Forget items that nobody has written since: most are written once."""
        while self._changes:
            key = next(iter(self._changes))
            if self._changes[key][-1].at_s >= horizon_s:
                return
            del self._changes[key]

    def stale(self, call: Call, answer: dict[str, Any], age_s: float) -> dict[str, Any] | None:
        """Return the answer as it was; None when it was the same, or cannot be known."""
        if call.body.get("ConsistentRead") or "ProjectionExpression" in call.body:
            return None
        if call.operation == "GetItem":
            then = self._then(call.table, call.body["Key"], age_s)
            if then is None:
                return None
            older = {name: value for name, value in answer.items() if name != "Item"}
            return older if then.before is None else {**older, "Item": then.before}
        if call.operation != "Query":
            return None
        changed = [self._then(call.table, item, age_s) for item in answer.get("Items", ())]
        if not any(changed):
            return None
        pairs = zip(answer["Items"], changed, strict=True)
        items = [item if then is None else then.before for item, then in pairs]
        kept = [item for item in items if item is not None]
        return {**answer, "Items": kept, "Count": len(kept)}

    def torn(self, call: Call, answer: dict[str, Any]) -> list[int]:
        """Return the places of the items that a Query might have missed, though it saw the next."""
        items = answer.get("Items", ()) if call.operation == "Query" else ()
        places = range(1, len(items) - 1)  # the first one asked for has long been read
        return [place for place in places if self._is_new(call.table, items[place])]

    def _is_new(self, table: str, item: Item) -> bool:
        then = self._then(table, item, TORN_S)
        return then is not None and then.before is None

    def _then(self, table: str, item: Item, age_s: float) -> Change | None:
        """Find the first change that a reader so far behind has not seen."""
        key = self._key(table, item)
        changes = self._changes.get(key, ()) if key is not None else ()
        horizon_s = self.now_s() - age_s
        return next((change for change in changes if change.at_s > horizon_s), None)

    def _key(self, table: str, item: Item) -> Key | None:
        names = self.key_names.get(table, ())
        if not names or not all(name in item for name in names):
            return None
        return table, json.dumps({name: item[name] for name in names}, sort_keys=True)


def key_names(tables: Iterable[Table]) -> dict[str, tuple[str, ...]]:
    """Return the names of each table's key attributes."""
    return {
        table.name: tuple(key["AttributeName"] for key in table.create["KeySchema"])
        for table in tables
    }
