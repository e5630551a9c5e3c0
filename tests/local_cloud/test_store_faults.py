"""F2, F3, F4, F8: does the store fail as DynamoDB may, on request, and is it noted?"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from local_cloud.faults import FaultPlan, Faults
from local_cloud.resources import Table
from local_cloud.signatures import Signatures
from local_cloud.store import Store
from local_cloud.store_faults import StoreFaults
from local_cloud.store_proxy import StoreProxy
from local_cloud.tables import create_tables

CUPS = Table(
    "Cups",
    "Cups",
    {
        "TableName": "Cups",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "house", "AttributeType": "S"},
            {"AttributeName": "cup", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "house", "KeyType": "HASH"},
            {"AttributeName": "cup", "KeyType": "RANGE"},
        ],
    },
)


def key(cup: int) -> dict[str, Any]:
    return {"house": {"S": "blue"}, "cup": {"N": str(cup)}}


@dataclass
class Troubled:
    """A store whose troubles a test chooses."""

    store: Store
    faults: Faults
    client: Any
    killed_workers: list[str]
    restarted: asyncio.Event

    async def ask(self, use: Callable[[Any], Any]) -> Any:
        return await asyncio.to_thread(use, self.client)

    async def code(self, use: Callable[[Any], Any]) -> Any:
        """Expect an error, and return its code."""
        with pytest.raises(ClientError) as caught:
            await self.ask(use)
        return caught.value.response["Error"]["Code"]

    async def has(self, cup: int) -> bool:
        """Look without faults."""
        plan, self.faults.plan = self.faults.plan, FaultPlan()
        answer = await self.ask(
            lambda c: c.get_item(TableName="Cups", Key=key(cup), ConsistentRead=True)
        )
        self.faults.plan = plan
        return "Item" in answer

    def kinds(self) -> list[str]:
        return [noted.kind for noted in self.faults.injected]


@pytest.fixture
async def troubled() -> AsyncIterator[Troubled]:
    restarted = asyncio.Event()
    store = Store(None, on_event=lambda text: restarted.set())
    await store.start()
    await create_tables(store.address, [CUPS])
    faults, signatures = Faults(), Signatures()
    killed: list[str] = []
    proxy = StoreProxy(
        signatures,
        lambda: store.address,
        tables=[CUPS],
        faults=StoreFaults(
            faults,
            [CUPS],
            kill_store=lambda: os.kill(store.pid, signal.SIGKILL),
            kill_worker=killed.append,
        ),
    )
    await proxy.start()
    keys = signatures.credentials_for("Pour")
    client = boto3.client(
        "dynamodb",
        endpoint_url=proxy.url,
        region_name="us-east-1",
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
        aws_session_token=keys.session_token,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=1),
    )
    yield Troubled(store, faults, client, killed, restarted)
    client.close()
    await proxy.stop()
    await store.stop()


def put(cup: int) -> Callable[[Any], Any]:
    return lambda client: client.put_item(TableName="Cups", Item=key(cup))


def transact(*cups: int) -> Callable[[Any], Any]:
    parts = [{"Put": {"TableName": "Cups", "Item": key(cup)}} for cup in cups]
    return lambda client: client.transact_write_items(TransactItems=parts)


async def test_an_answer_may_be_lost_after_the_write(troubled: Troubled) -> None:
    """F2. Control: a call that is lost on its way has done nothing."""
    troubled.faults.plan = FaultPlan(store_answers_lost=1)
    with pytest.raises(ConnectionClosedError):
        await troubled.ask(put(1))
    troubled.faults.plan = FaultPlan(store_calls_lost=1)
    with pytest.raises(ConnectionClosedError):
        await troubled.ask(put(2))

    assert await troubled.has(1)
    assert not await troubled.has(2)
    assert troubled.kinds() == ["store_answer_lost", "store_call_lost"]
    assert troubled.faults.injected[0].detail == "Pour PutItem"


async def test_an_answer_may_stay_out_until_the_caller_gives_up(troubled: Troubled) -> None:
    """F2, the time-out. Control: the next call, without the fault, is answered."""
    troubled.faults.plan = FaultPlan(store_answers_silent=1, at_most=1)

    with pytest.raises(ReadTimeoutError):
        await troubled.ask(put(1))

    assert await troubled.has(1)
    assert await troubled.ask(put(2))
    assert troubled.kinds() == ["store_answer_silent"]


async def test_a_call_may_be_throttled(troubled: Troubled) -> None:
    """F3. Control: `at_most` one, so that the same call passes afterwards."""
    troubled.faults.plan = FaultPlan(store_throttled=1, at_most=1)

    assert await troubled.code(put(1)) == "ThrottlingException"
    assert not await troubled.has(1)
    assert await troubled.ask(put(1))
    assert troubled.kinds() == ["store_throttled"]


async def test_a_batch_may_come_back_with_a_part_unprocessed(troubled: Troubled) -> None:
    """F3. Control: without the fault nothing is left over."""
    requests = [{"PutRequest": {"Item": key(cup)}} for cup in (1, 2)]

    def write(client: Any) -> Any:
        return client.batch_write_item(RequestItems={"Cups": requests})["UnprocessedItems"]

    def read(client: Any) -> Any:
        keys = {"Cups": {"Keys": [key(1), key(2)], "ConsistentRead": True}}
        answer = client.batch_get_item(RequestItems=keys)
        return answer["Responses"]["Cups"], answer["UnprocessedKeys"]

    troubled.faults.plan = FaultPlan(store_throttled=1)
    assert await troubled.ask(write) == {"Cups": [requests[1]]}
    assert [await troubled.has(1), await troubled.has(2)] == [True, False]
    found, left = await troubled.ask(read)
    assert found == [key(1)]
    assert left == {"Cups": {"Keys": [key(2)], "ConsistentRead": True}}
    single = [requests[1]]
    code = await troubled.code(lambda c: c.batch_write_item(RequestItems={"Cups": single}))
    assert code == "ThrottlingException"
    assert troubled.kinds() == [*["store_throttled_partly"] * 2, "store_throttled"]
    troubled.faults.plan = FaultPlan()
    assert await troubled.ask(write) == {}


async def test_a_write_may_meet_a_transaction(troubled: Troubled) -> None:
    """F3. Control: without the fault the same calls pass."""
    troubled.faults.plan = FaultPlan(store_conflicts=1)

    assert await troubled.code(put(1)) == "TransactionConflictException"
    with pytest.raises(ClientError) as caught:
        await troubled.ask(transact(1, 2, 3))

    response: Any = caught.value.response
    codes = [reason["Code"] for reason in response["CancellationReasons"]]
    assert response["Error"]["Code"] == "TransactionCanceledException"
    assert f"specific reasons [{', '.join(codes)}]" in response["Error"]["Message"]
    assert len(codes) == 3
    assert "TransactionConflict" in codes
    assert not any([await troubled.has(cup) for cup in (1, 2, 3)])
    assert troubled.kinds() == ["store_conflict"] * 2
    troubled.faults.plan = FaultPlan()
    assert await troubled.ask(put(1))
    assert await troubled.ask(transact(1, 2, 3))


async def test_the_reasons_of_a_cancelled_transaction_may_be_mixed(troubled: Troubled) -> None:
    """F3: beside a conflict some items are fine and some throttled."""
    troubled.faults.plan = FaultPlan(store_conflicts=1)
    seen: set[str] = set()

    for _ in range(20):
        with pytest.raises(ClientError) as caught:
            await troubled.ask(transact(1, 2, 3))
        response: Any = caught.value.response
        seen |= {reason["Code"] for reason in response["CancellationReasons"]}

    assert seen == {"None", "TransactionConflict", "ThrottlingError"}


async def test_a_transaction_may_still_be_in_progress(troubled: Troubled) -> None:
    """F3: the SDK adds the token. Control: a call without one passes."""
    troubled.faults.plan = FaultPlan(store_in_progress=1)

    assert await troubled.code(transact(1)) == "TransactionInProgressException"
    assert await troubled.ask(put(1))
    assert troubled.kinds() == ["store_in_progress"]


async def test_one_partition_takes_only_so_many_writes_a_second(troubled: Troubled) -> None:
    """F3: 1,000 units on AWS. Control: as many writes to as many partitions pass."""
    troubled.faults.plan = FaultPlan(store_key_units=3)

    def write(client: Any, houses: list[str]) -> None:
        items = [{"house": {"S": house}, "cup": {"N": "1"}} for house in houses]
        parts = [{"Put": {"TableName": "Cups", "Item": item}} for item in items]
        client.transact_write_items(TransactItems=parts)

    await troubled.ask(lambda client: write(client, ["a", "b", "c", "d"]))
    cups = [{"Put": {"TableName": "Cups", "Item": key(cup)}} for cup in range(4)]
    code = await troubled.code(lambda c: c.transact_write_items(TransactItems=cups))
    assert code == "ThrottlingException"
    assert troubled.kinds() == ["store_key_throttled"]


async def test_an_eventual_read_may_be_stale(troubled: Troubled) -> None:
    """F4. Control: a consistent read of the same item, and an eventual one without the fault."""
    troubled.faults.plan = FaultPlan(store_reads_stale=1, stale_ms=(9_000, 9_000))

    def read(client: Any, *, consistent: bool) -> Any:
        return client.get_item(TableName="Cups", Key=key(1), ConsistentRead=consistent).get("Item")

    def listed(client: Any) -> list[Any]:
        items: list[Any] = client.query(
            TableName="Cups",
            KeyConditionExpression="house = :h",
            ExpressionAttributeValues={":h": {"S": "blue"}},
        )["Items"]
        return items

    assert await troubled.ask(put(1))
    assert await troubled.ask(lambda c: read(c, consistent=False)) is None
    assert await troubled.ask(listed) == []
    assert await troubled.ask(lambda c: read(c, consistent=True)) == key(1)
    assert troubled.kinds() == ["store_read_stale"] * 2
    troubled.faults.plan = FaultPlan(store_reads_stale=1, stale_ms=(0, 0))
    assert await troubled.ask(lambda c: read(c, consistent=False)) == key(1)
    assert await troubled.ask(listed) == [key(1)]


async def test_a_stale_read_gives_what_was_there_before(troubled: Troubled) -> None:
    """F4. Control: the consistent read."""
    troubled.faults.plan = FaultPlan(store_reads_stale=1, stale_ms=(9_000, 9_000))
    old, new = ({**key(1), "tea": {"S": tea}} for tea in ("old", "new"))

    def write(client: Any, item: Any) -> None:
        client.put_item(TableName="Cups", Item=item)

    troubled.faults.plan = FaultPlan()
    await troubled.ask(lambda c: write(c, old))
    troubled.faults.plan = FaultPlan(store_reads_stale=1, stale_ms=(9_000, 9_000))
    await troubled.ask(lambda c: write(c, new))

    stale = await troubled.ask(lambda c: c.get_item(TableName="Cups", Key=key(1)))
    fresh = await troubled.ask(
        lambda c: c.get_item(TableName="Cups", Key=key(1), ConsistentRead=True)
    )
    assert (stale["Item"], fresh["Item"]) == (old, new)


async def test_a_query_may_see_a_later_item_and_not_the_one_before(troubled: Troubled) -> None:
    """F4, delivery: a Query is no snapshot. Control: without the fault it sees them all."""
    troubled.faults.plan = FaultPlan(store_reads_torn=1)

    def cups(client: Any) -> list[str]:
        answer = client.query(
            TableName="Cups",
            KeyConditionExpression="house = :h",
            ExpressionAttributeValues={":h": {"S": "blue"}},
            ConsistentRead=True,
        )
        assert answer["Count"] == len(answer["Items"])
        return [item["cup"]["N"] for item in answer["Items"]]

    for cup in (1, 2, 3):
        await troubled.ask(put(cup))

    assert await troubled.ask(cups) == ["1", "3"]
    assert troubled.kinds() == ["store_read_torn"]
    troubled.faults.plan = FaultPlan()
    assert await troubled.ask(cups) == ["1", "2", "3"]


async def test_a_call_may_take_its_time(troubled: Troubled) -> None:
    """Control: a call without the fault overtakes it."""
    troubled.faults.plan = FaultPlan(store_delayed=1, at_most=1, store_delay_ms=(600, 600))
    slow = asyncio.ensure_future(troubled.ask(put(1)))
    while not troubled.faults.injected:
        await asyncio.sleep(0.001)

    assert not await troubled.has(1)
    assert not slow.done()
    await slow
    [noted] = troubled.faults.injected
    assert (noted.kind, noted.delay_ms) == ("store_delayed", 600)


async def test_the_engine_may_be_killed_and_comes_back(troubled: Troubled) -> None:
    """F8. Control: calls after the restart are answered."""
    troubled.faults.plan = FaultPlan(store_killed=1, at_most=1)

    assert await troubled.code(list_tables) == "InternalServerError"
    await asyncio.wait_for(troubled.restarted.wait(), 10)
    while True:
        try:
            await troubled.ask(list_tables)
            break
        except ClientError:
            continue
    assert troubled.kinds() == ["store_killed"]


def list_tables(client: Any) -> Any:
    return client.list_tables()


async def test_a_worker_may_die_before_or_after_a_call(troubled: Troubled) -> None:
    """F1: before the write; after it, before its answer. A key names the worker."""
    troubled.faults.plan = FaultPlan(handlers_killed_before_calls=1)
    with pytest.raises(ReadTimeoutError):
        await troubled.ask(put(1))
    troubled.faults.plan = FaultPlan(handlers_killed_after_calls=1)
    with pytest.raises(ReadTimeoutError):
        await troubled.ask(put(2))

    assert [await troubled.has(1), await troubled.has(2)] == [False, True]
    assert troubled.kinds() == ["handler_killed_before_call", "handler_killed_after_call"]
    assert len(troubled.killed_workers) == 2
    assert set(troubled.killed_workers) == {troubled.client._request_signer._credentials.access_key}


async def test_faults_keep_to_the_functions_and_operations_they_are_meant_for(
    troubled: Troubled,
) -> None:
    """Control: each of the two plans, meant for this call."""
    for plan in (
        FaultPlan(store_throttled=1, operations=("Query",)),
        FaultPlan(store_throttled=1, functions=("Drink",)),
    ):
        troubled.faults.plan = plan
        assert await troubled.ask(put(1))
    for plan in (
        FaultPlan(store_throttled=1, operations=("PutItem",)),
        FaultPlan(store_throttled=1, functions=("Pour",)),
    ):
        troubled.faults.plan = plan
        assert await troubled.code(put(1)) == "ThrottlingException"
