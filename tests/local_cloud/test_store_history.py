from __future__ import annotations

from typing import Any

import pytest

from local_cloud.signatures import Request
from local_cloud.store_calls import Call, Demand, Item
from local_cloud.store_history import KEPT_S, TORN_S, StoreHistory

CUP: Item = {"house": {"S": "blue"}, "cup": {"N": "1"}}
ABSENT = {"ConditionExpression": "attribute_not_exists(#h)"}
NAMES = {"ExpressionAttributeNames": {"#h": "house"}}


async def looks_of(operation: str, body: dict[str, Any]) -> list[Item]:
    """Tell at what is looked before a write; nothing is there."""
    looked: list[Item] = []

    async def read(table: str, key: Item) -> Item | None:
        looked.append(key)
        return None

    history = StoreHistory({"Cups": ("house", "cup")})
    demand = Demand(f"dynamodb:{operation}", "Cups", items=(CUP,))
    call = Call("Barista", operation, body, Request("POST", "/", {}, b""), [demand])
    found = await history.before(call, read)
    assert [before for _, before in found] == [None]
    return looked


async def test_nobody_looks_at_what_a_put_replaces_that_replaces_nothing() -> None:
    assert await looks_of("PutItem", {**ABSENT, **NAMES}) == []


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("PutItem", {}),
        ("PutItem", {**ABSENT, "ExpressionAttributeNames": {"#h": "handle"}}),
        ("PutItem", {"ConditionExpression": "attribute_not_exists(house) OR cup = :c"}),
        ("UpdateItem", {**ABSENT, **NAMES}),
    ],
)
async def test_every_other_write_is_looked_at_before(operation: str, body: dict[str, Any]) -> None:
    """The control: without a key that must be absent, something may be there."""
    assert await looks_of(operation, body) == [CUP]


def test_what_was_written_once_is_forgotten_when_nobody_may_miss_it_any_more() -> None:
    now_s = 0.0
    history = StoreHistory({"Cups": ("house", "cup")}, now_s=lambda: now_s)
    for key in "123":
        history.written([(("Cups", key), None)])
    now_s = TORN_S
    history.written([(("Cups", "2"), None)])

    now_s = KEPT_S + 1
    history.written([(("Cups", "4"), None)])

    assert [key for _, key in history._changes] == ["2", "4"]
