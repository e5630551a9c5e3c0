"""Do the declared tables exist, with their TTL, and is what expired swept away?"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from local_cloud.engine_client import Address, call
from local_cloud.resources import Table
from local_cloud.store import Store
from local_cloud.tables import PAGE_ITEMS, create_tables, sweep

KEYS: dict[str, Any] = {
    "AttributeDefinitions": [
        {"AttributeName": "room", "AttributeType": "S"},
        {"AttributeName": "seq", "AttributeType": "N"},
    ],
    "KeySchema": [
        {"AttributeName": "room", "KeyType": "HASH"},
        {"AttributeName": "seq", "KeyType": "RANGE"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
TICKETS = Table("Tickets", "tickets", {"TableName": "tickets", **KEYS}, "ttl")
LOG = Table("Log", "the-log", {"TableName": "the-log", **KEYS})


@pytest.fixture
async def address() -> AsyncIterator[Address]:
    store = Store(None)
    await store.start()
    yield store.address
    await store.stop()


async def test_declared_tables_are_created_once(address: Address) -> None:
    first = await create_tables(address, [TICKETS, LOG])
    await call(address, "PutItem", {"TableName": "the-log", "Item": item(1)})
    second = await create_tables(address, [TICKETS, LOG])

    assert (first, second) == (["tickets", "the-log"], [])
    kept = await call(address, "Scan", {"TableName": "the-log"})
    assert kept["Count"] == 1


async def test_ttl_is_on_where_the_template_says_so(address: Address) -> None:
    await create_tables(address, [TICKETS, LOG])

    described = [
        (await call(address, "DescribeTimeToLive", {"TableName": name}))["TimeToLiveDescription"]
        for name in ("tickets", "the-log")
    ]

    assert described[0] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    assert described[1]["TimeToLiveStatus"] == "DISABLED"


async def test_expired_items_are_swept_and_no_others(address: Address) -> None:
    now_s = time.time()
    await create_tables(address, [TICKETS])
    kept = [
        item(1, ttl=int(now_s) + 60),
        item(2),
        item(3, ttl=12),  # DynamoDB takes more than five years ago for a mistake
        {**item(4), "ttl": {"S": "1"}},
    ]
    expired = [item(10 + number, ttl=int(now_s) - 1) for number in range(PAGE_ITEMS + 5)]
    for one in [*kept, *expired]:
        await call(address, "PutItem", {"TableName": "tickets", "Item": one})

    swept = await sweep(address, TICKETS, now_s)

    left = await call(address, "Scan", {"TableName": "tickets"})
    assert swept == PAGE_ITEMS + 5
    assert sorted(one["seq"]["N"] for one in left["Items"]) == ["1", "2", "3", "4"]


def item(seq: int, ttl: int | None = None) -> dict[str, Any]:
    """Return an item, in a few partitions."""
    made: dict[str, Any] = {"room": {"S": f"room {seq % 3}"}, "seq": {"N": str(seq)}}
    return made if ttl is None else {**made, "ttl": {"N": str(ttl)}}
