"""What does a request to the store do? Its actions and tables, as IAM sees them; pure.

Sources: Service Authorization Reference, "Actions, resources, and condition keys for Amazon
DynamoDB"; DynamoDB Developer Guide, "Using IAM with DynamoDB transactions" and "Using IAM policy
conditions for fine-grained access control".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.access import TABLES, Access
from local_cloud.resources import Table
from local_cloud.roles import LEADING_KEYS
from local_cloud.signatures import Request

TARGET = "DynamoDB_20120810."
PARTS = {  # of a transaction -> the action that each needs
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}
_EQUALITY = re.compile(r"([#\w.-]+)\s*=\s*(:\w+)")

Item = Mapping[str, Any]
Keys = Mapping[tuple[str, str | None], str]  # (table, index or None) -> its partition key's name


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a call wants to do; `items` hold the keys it names."""

    action: str
    table: str
    index: str | None = None
    items: tuple[Item, ...] = ()

    @property
    def resource(self) -> str:
        """The resource that a policy has to name."""
        if not self.table:
            return "*"
        return TABLES + (self.table if self.index is None else f"{self.table}/index/{self.index}")


@dataclass(slots=True)
class Call:
    """One request of a function."""

    function_id: str
    operation: str
    body: dict[str, Any]
    request: Request
    demands: list[Demand] = field(default_factory=list)

    @property
    def table(self) -> str:
        """The first table it touches."""
        return self.demands[0].table if self.demands else ""

    @property
    def is_write(self) -> bool:
        """Tell whether it may change anything."""
        return self.operation in WRITES

    @property
    def access_key_id(self) -> str:
        """The key it is signed with; each worker has its own."""
        return self.request.headers["authorization"].partition("Credential=")[2].partition("/")[0]


WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")


def read_call(function_id: str, request: Request) -> Call:
    """Read a request.

    Raises:
        ValueError: it is no call of DynamoDB's JSON protocol.
    """
    target = request.headers.get("x-amz-target", "")
    body = json.loads(request.body or b"{}")
    if not target.startswith(TARGET) or not isinstance(body, dict):
        raise ValueError("no call of DynamoDB's")
    call = Call(function_id, target[len(TARGET) :], body, request)
    try:
        call.demands = list(_demands(call.operation, body))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not as DynamoDB's model describes it") from error
    return call


def refusal(access: Access, call: Call, keys: Keys) -> str | None:
    """Return why the function's role does not allow the call, or None."""
    is_conditional = access.is_conditional(call.function_id)
    for demand in call.demands:
        values = {LEADING_KEYS: list(_leading(demand, call.body, keys))} if is_conditional else None
        refused = access.refusal(call.function_id, demand.action, demand.resource, values)
        if refused is not None:
            return refused
    return None


def partition_keys(tables: Iterable[Table]) -> Keys:
    """Return the name of each table's and each index's partition key."""
    found: dict[tuple[str, str | None], str] = {}
    for table in tables:
        found[table.name, None] = _hash_name(table.create["KeySchema"])
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            for index in table.create.get(kind, ()):
                found[table.name, index["IndexName"]] = _hash_name(index["KeySchema"])
    return found


def _hash_name(schema: Iterable[Mapping[str, str]]) -> str:
    return next(key["AttributeName"] for key in schema if key["KeyType"] == "HASH")


def _demands(operation: str, body: Mapping[str, Any]) -> Iterator[Demand]:
    if operation in ("TransactWriteItems", "TransactGetItems"):
        for item in body["TransactItems"]:
            for kind, part in item.items():
                key = part.get("Item") or part.get("Key") or {}
                yield Demand(PARTS[kind], _table(part), None, (key,))
    elif operation == "BatchGetItem":
        for table, asked in body["RequestItems"].items():
            yield Demand("dynamodb:BatchGetItem", _plain(table), None, tuple(asked["Keys"]))
    elif operation == "BatchWriteItem":
        for table, requests in body["RequestItems"].items():
            items = tuple(
                request.get("Item") or request["Key"]
                for one in requests
                for request in one.values()
            )
            yield Demand("dynamodb:BatchWriteItem", _plain(table), None, items)
    else:
        key = body.get("Item") or body.get("Key")
        items = () if key is None else (key,)
        yield Demand(f"dynamodb:{operation}", _table(body), body.get("IndexName"), items)


def _table(part: Mapping[str, Any]) -> str:
    name = part.get("TableName") or ""
    if not isinstance(name, str):
        raise TypeError("a table's name is a text")
    return _plain(name)


def _plain(name: str) -> str:
    return name.removeprefix(TABLES)  # AWS takes an ARN for a name


def _leading(demand: Demand, body: Mapping[str, Any], keys: Keys) -> Iterator[str]:
    """Yield the values of the partition keys that a call names."""
    name = keys.get((demand.table, demand.index))
    if name is None:
        return
    for item in demand.items:
        if name in item:
            yield _text(item[name])
    if demand.action == "dynamodb:Query":
        yield from _queried(name, body)


def _queried(name: str, body: Mapping[str, Any]) -> Iterator[str]:
    names = body.get("ExpressionAttributeNames") or {}
    values = body.get("ExpressionAttributeValues") or {}
    for found in _EQUALITY.finditer(body.get("KeyConditionExpression") or ""):
        if names.get(found[1], found[1]) == name and found[2] in values:
            yield _text(values[found[2]])
    legacy = (body.get("KeyConditions") or {}).get(name)
    for value in (legacy or {}).get("AttributeValueList", ()):
        yield _text(value)


def _text(value: Mapping[str, Any]) -> str:
    return str(next(iter(value.values())))
