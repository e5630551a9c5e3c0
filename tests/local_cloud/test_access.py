"""Do the store and the connections obey the roles, and refuse as AWS does?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_cloud.access import Access, connection_arn
from local_cloud.resources import Table
from local_cloud.roles import Role, read_statements
from local_cloud.signatures import Signatures
from local_cloud.store import Store
from local_cloud.store_proxy import StoreProxy
from local_cloud.tables import create_tables
from tests.gateway.target import SIGNED, Target, running

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/"
CUP = {"cup": {"S": "ann's"}}
CUPS = Table(
    "Cups",
    "Cups",
    {
        "TableName": "Cups",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "cup", "AttributeType": "S"},
            {"AttributeName": "tea", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "cup", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "ByTea",
                "KeySchema": [{"AttributeName": "tea", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    },
)


@dataclass
class Guarded:
    """A store whose roles a test writes."""

    proxy: StoreProxy
    signatures: Signatures
    roles: dict[str, Role] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)

    def allow(self, actions: Any, resource: Any = f"{ARN}Cups", **more: Any) -> None:
        """Give the function Pour one statement."""
        statement = {"Effect": "Allow", "Action": actions, "Resource": resource, **more}
        document = {"Statement": [statement]}
        self.roles["Pour"] = Role("PourRole", tuple(read_statements("Policy", document)))

    async def ask(self, use: Callable[[Any], Any]) -> Any:
        """Let boto3 ask as Pour."""
        keys = self.signatures.credentials_for("Pour")
        client = boto3.client(
            "dynamodb",
            endpoint_url=self.proxy.url,
            region_name="us-east-1",
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=Config(retries={"total_max_attempts": 1}),
        )
        try:
            return await asyncio.to_thread(use, client)
        finally:
            client.close()

    async def refusal(self, use: Callable[[Any], Any]) -> Mapping[str, Any]:
        """Expect a refusal, and return what it says."""
        with pytest.raises(ClientError) as caught:
            await self.ask(use)
        response: Mapping[str, Any] = caught.value.response
        return response


@pytest.fixture
async def guarded() -> AsyncIterator[Guarded]:
    store = Store(None)
    await store.start()
    await create_tables(store.address, [CUPS])
    roles: dict[str, Role] = {}
    told: list[dict[str, Any]] = []
    signatures = Signatures()
    access = Access(roles, told.append)
    proxy = StoreProxy(signatures, lambda: store.address, access=access, tables=[CUPS])
    await proxy.start()
    yield Guarded(proxy, signatures, roles, told)
    await proxy.stop()
    await store.stop()


def put(client: Any) -> Any:
    return client.put_item(TableName="Cups", Item=CUP)


async def test_a_call_outside_the_role_is_refused_in_awss_words(guarded: Guarded) -> None:
    """Control: the same call, once the role allows it."""
    guarded.allow("dynamodb:GetItem")

    refused = await guarded.refusal(put)

    assert refused["Error"]["Code"] == "AccessDeniedException"
    assert refused["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused["Error"]["Message"] == (
        "User: arn:aws:sts::123456789012:assumed-role/PourRole/Pour is not authorized to perform: "
        "dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/Cups "
        "because no identity-based policy allows the dynamodb:PutItem action"
    )
    [told] = guarded.told
    assert (told["event"], told["action"]) == ("access_denied", "dynamodb:PutItem")
    guarded.allow("dynamodb:PutItem")
    assert await guarded.ask(put)


async def test_a_deny_says_that_it_is_one(guarded: Guarded) -> None:
    guarded.allow("dynamodb:PutItem", Effect="Deny")

    refused = await guarded.refusal(put)

    assert refused["Error"]["Message"].endswith("with an explicit deny in an identity-based policy")


async def test_a_function_without_a_role_may_do_nothing(guarded: Guarded) -> None:
    refused = await guarded.refusal(put)

    assert refused["Error"]["Code"] == "AccessDeniedException"


PARTS = {
    "dynamodb:PutItem": {"Put": {"TableName": "Cups", "Item": {"cup": {"S": "1"}}}},
    "dynamodb:UpdateItem": {
        "Update": {
            "TableName": "Cups",
            "Key": {"cup": {"S": "2"}},
            "UpdateExpression": "SET tea = :t",
            "ExpressionAttributeValues": {":t": {"S": "oolong"}},
        }
    },
    "dynamodb:DeleteItem": {"Delete": {"TableName": "Cups", "Key": {"cup": {"S": "3"}}}},
    "dynamodb:ConditionCheckItem": {
        "ConditionCheck": {
            "TableName": "Cups",
            "Key": {"cup": {"S": "4"}},
            "ConditionExpression": "attribute_not_exists(cup)",
        }
    },
}


@pytest.mark.parametrize("missing", PARTS)
async def test_a_transaction_needs_leave_for_each_of_its_parts(
    guarded: Guarded, missing: str
) -> None:
    """Control: with all four it passes."""

    def transact(client: Any) -> Any:
        return client.transact_write_items(TransactItems=list(PARTS.values()))

    guarded.allow([action for action in PARTS if action != missing])
    refused = await guarded.refusal(transact)
    assert f"to perform: {missing} on" in refused["Error"]["Message"]
    guarded.allow(list(PARTS))
    assert await guarded.ask(transact)


@pytest.mark.parametrize(
    ("use", "action", "resource"),
    [
        (lambda c: c.get_item(TableName="Cups", Key=CUP), "GetItem", "Cups"),
        (lambda c: c.scan(TableName="Cups"), "Scan", "Cups"),
        (lambda c: c.scan(TableName="Cups", IndexName="ByTea"), "Scan", "Cups/index/ByTea"),
        (
            lambda c: c.query(
                TableName="Cups",
                IndexName="ByTea",
                KeyConditionExpression="tea = :t",
                ExpressionAttributeValues={":t": {"S": "oolong"}},
            ),
            "Query",
            "Cups/index/ByTea",
        ),
        (
            lambda c: c.batch_get_item(RequestItems={"Cups": {"Keys": [CUP]}}),
            "BatchGetItem",
            "Cups",
        ),
        (
            lambda c: c.batch_write_item(RequestItems={"Cups": [{"PutRequest": {"Item": CUP}}]}),
            "BatchWriteItem",
            "Cups",
        ),
        (
            lambda c: c.transact_get_items(
                TransactItems=[{"Get": {"TableName": "Cups", "Key": CUP}}]
            ),
            "GetItem",
            "Cups",
        ),
        (lambda c: c.describe_table(TableName="Cups"), "DescribeTable", "Cups"),
        (lambda c: c.delete_table(TableName="Cups"), "DeleteTable", "Cups"),
    ],
)
async def test_each_call_asks_for_its_own_action_and_resource(
    guarded: Guarded, use: Callable[[Any], Any], action: str, resource: str
) -> None:
    """Allowed by exactly this; refused when either is another."""
    guarded.allow(f"dynamodb:{action}", f"{ARN}Others")
    assert f"{ARN}{resource} because" in (await guarded.refusal(use))["Error"]["Message"]
    guarded.allow("dynamodb:UpdateItem", f"{ARN}{resource}")
    assert f": dynamodb:{action} on" in (await guarded.refusal(use))["Error"]["Message"]
    guarded.allow(f"dynamodb:{action}", f"{ARN}{resource}")
    assert await guarded.ask(use)


async def test_a_list_of_tables_is_a_resource_of_its_own(guarded: Guarded) -> None:
    guarded.allow("dynamodb:ListTables", f"{ARN}*")
    assert " on resource: * " in (await guarded.refusal(list_tables))["Error"]["Message"]
    guarded.allow("dynamodb:ListTables", "*")
    assert await guarded.ask(list_tables)


def list_tables(client: Any) -> Any:
    return client.list_tables()


@pytest.mark.parametrize(
    "use",
    [
        lambda c, key: c.get_item(TableName="Cups", Key={"cup": {"S": key}}),
        lambda c, key: c.put_item(TableName="Cups", Item={"cup": {"S": key}}),
        lambda c, key: c.query(
            TableName="Cups",
            KeyConditionExpression="#c = :c",
            ExpressionAttributeNames={"#c": "cup"},
            ExpressionAttributeValues={":c": {"S": key}},
        ),
        lambda c, key: c.batch_get_item(
            RequestItems={"Cups": {"Keys": [{"cup": {"S": "ann-1"}}, {"cup": {"S": key}}]}}
        ),
        lambda c, key: c.transact_write_items(
            TransactItems=[{"Put": {"TableName": "Cups", "Item": {"cup": {"S": key}}}}]
        ),
    ],
    ids=["get", "put", "query", "batch", "transaction"],
)
async def test_a_condition_on_leading_keys_keeps_to_its_partitions(
    guarded: Guarded, use: Callable[[Any, str], Any]
) -> None:
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["ann-*"]}}
    guarded.allow("dynamodb:*", Condition=condition)

    assert await guarded.ask(lambda client: use(client, "ann-2"))
    refused = await guarded.refusal(lambda client: use(client, "ben-1"))
    assert refused["Error"]["Code"] == "AccessDeniedException"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"TableName":[]}', b"[" * 100_000])
async def test_a_request_that_cannot_be_read_never_reaches_the_engine(
    guarded: Guarded, body: bytes
) -> None:
    """Else it might mean something else there than here."""
    guarded.allow("*", "*")

    def send(client: Any) -> Any:
        client.meta.events.register("before-call", lambda params, **_: params.update(body=body))
        return put(client)

    refused = await guarded.refusal(send)

    assert refused["Error"]["Code"] in ("SerializationException", "ValidationException")


# The management API.


async def test_posts_and_closes_need_leave_of_their_own() -> None:
    """Control: each is allowed once the role says so; a GET never is."""
    roles: dict[str, Role] = {}
    told: list[dict[str, Any]] = []
    async with running(access=Access(roles, told.append)) as target:
        api = target.server._endpoints["ws"].gateway.api
        async with target.connected() as (_, connection_id):

            async def statuses() -> list[int]:
                path = f"/ws/@connections/{connection_id.replace('=', '%3D')}"
                answers = [
                    await target.http(method, path, b"", SIGNED)
                    for method in ("GET", "POST", "DELETE")
                ]
                refused = [answer for answer in answers if answer.status == 403]
                assert {answer.body for answer in refused} <= {b'{"message":"Forbidden"}'}
                errors = {answer.headers["x-amzn-errortype"] for answer in refused}
                assert errors <= {"ForbiddenException"}
                return [answer.status for answer in answers]

            assert await statuses() == [403, 403, 403]
            assert {event["resource"] for event in told} == {
                connection_arn(api.api_id, "ws", method, connection_id)
                for method in ("GET", "POST", "DELETE")
            }
            roles["Sender"] = sender(api.api_id, "POST")
            assert await statuses() == [403, 200, 403]
            roles["Sender"] = sender(api.api_id, "DELETE")
            assert await statuses() == [403, 403, 204]


def sender(api_id: str, method: str) -> Role:
    resource = connection_arn(api_id, "ws", method, "*")
    statement = {
        "Effect": "Allow",
        "Action": "execute-api:ManageConnections",
        "Resource": resource,
    }
    return Role("SenderRole", tuple(read_statements("Policy", {"Statement": statement})))


@pytest.mark.parametrize(
    "header", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_a_browser_is_refused_at_the_connections(
    target: Target, header: dict[str, str]
) -> None:
    """Control: without the header that only browsers send, the post passes."""
    async with target.connected() as (_, connection_id):
        path = f"/ws/@connections/{connection_id.replace('=', '%3D')}"
        refused = await target.http("POST", path, b"x", {**SIGNED, **header})
        assert refused.status == 403
        assert (await target.http("POST", path, b"x", SIGNED)).status == 200


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    async with running() as target:
        yield target
