"""Do the tables exist that the template declares, and does what expired leave them?

The engine deletes nothing by itself; DynamoDB does, "within a few days". A sweep walks over the
tables here, one small page at a time: the engine serves one request after the other, and chat
goes first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_cloud.engine_client import Address, EngineError, call
from local_cloud.resources import Table

SWEEP_PAUSE_S = 60.0
PAGE_PAUSE_S = 0.2
PAGE_ITEMS = 100
ACTIVE_POLL_S = 0.01
OLDEST_S = 5 * 365 * 86_400  # DynamoDB's TTL ignores times more than five years past


async def create_tables(address: Address, tables: Iterable[Table]) -> list[str]:
    """Create the tables that do not exist, turn their TTL on, and return the new ones' names."""
    created = []
    for table in tables:
        if await _create_if_absent(address, table):
            created.append(table.name)
        await _until_active(address, table.name)
        await _enable_ttl(address, table)
    return created


async def sweep_forever(
    address: Address,
    tables: Iterable[Table],
    on_event: Callable[[str], None] = lambda text: None,
) -> None:
    """Delete expired items now and then, until cancelled."""
    expiring = [table for table in tables if table.ttl_attribute is not None]
    while True:
        await asyncio.sleep(SWEEP_PAUSE_S)
        for table in expiring:
            try:
                await sweep(address, table, time.time(), page_pause_s=PAGE_PAUSE_S)
            except (OSError, EngineError) as error:  # it is being restarted: the next round will do
                on_event(f"the sweep of {table.name} was cut short: {error}")


async def sweep(address: Address, table: Table, now_s: float, *, page_pause_s: float = 0.0) -> int:
    """Delete a table's expired items, and return how many they were."""
    keys = [key["AttributeName"] for key in table.create["KeySchema"]]
    names = {f"#{index}": name for index, name in enumerate(keys)}
    expired = {
        "ExpressionAttributeValues": {
            ":now": {"N": str(int(now_s))},
            ":oldest": {"N": str(int(now_s - OLDEST_S))},
        },
    }
    rule = "#ttl BETWEEN :oldest AND :now"
    scan: dict[str, Any] = {
        "TableName": table.name,
        "Limit": PAGE_ITEMS,
        "FilterExpression": rule,
        "ProjectionExpression": ", ".join(names),
        "ExpressionAttributeNames": {**names, "#ttl": table.ttl_attribute},
        **expired,
    }
    deleted = 0
    while True:
        page = await call(address, "Scan", scan)
        for item in page["Items"]:
            deletion = {
                "TableName": table.name,
                "Key": {name: item[name] for name in keys},
                "ConditionExpression": rule,  # it may have been renewed since the scan
                "ExpressionAttributeNames": {"#ttl": table.ttl_attribute},
                **expired,
            }
            deleted += await _delete(address, deletion)
        if "LastEvaluatedKey" not in page:
            return deleted
        scan["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        await asyncio.sleep(page_pause_s)


async def _create_if_absent(address: Address, table: Table) -> bool:
    try:
        await call(address, "DescribeTable", {"TableName": table.name})
    except EngineError as error:
        if error.kind != "ResourceNotFoundException":
            raise
        await call(address, "CreateTable", table.create)
        return True
    return False


async def _until_active(address: Address, name: str) -> None:
    while True:
        described = await call(address, "DescribeTable", {"TableName": name})
        if described["Table"]["TableStatus"] == "ACTIVE":
            return
        await asyncio.sleep(ACTIVE_POLL_S)


async def _enable_ttl(address: Address, table: Table) -> None:
    """Turn TTL on once: AWS refuses a second time."""
    if table.ttl_attribute is None:
        return
    described = await call(address, "DescribeTimeToLive", {"TableName": table.name})
    if described["TimeToLiveDescription"]["TimeToLiveStatus"] in ("ENABLED", "ENABLING"):
        return
    specification = {"AttributeName": table.ttl_attribute, "Enabled": True}
    await call(
        address,
        "UpdateTimeToLive",
        {"TableName": table.name, "TimeToLiveSpecification": specification},
    )


async def _delete(address: Address, deletion: Mapping[str, Any]) -> bool:
    try:
        await call(address, "DeleteItem", deletion)
    except EngineError as error:
        if error.kind != "ConditionalCheckFailedException":
            raise
        return False
    return True
