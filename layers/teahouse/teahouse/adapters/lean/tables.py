"""How is a table read and written, in the words of items and keys?

In expressions `#name` stands for the attribute `name` (many short names are reserved words), and
`:value` for a value given beside.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

from teahouse.adapters.items.values import Item, Key, Number, Text, number
from teahouse.adapters.lean.calls import Calls, StoreRefused
from teahouse.ports import OutcomeUnknown

AnItem = TypeVar("AnItem", bound=Item)
AnAnswer = TypeVar("AnAnswer")
Place = Mapping[str, Text | Number]  # a key, attribute by attribute
Values = Mapping[str, Text | Number]

MAX_GETS = 100  # of one BatchGetItem
MAX_WRITES = 25  # of one BatchWriteItem
_ROUNDS = 4  # of a batch that AWS carries out in part

_NAME = re.compile(r"#(\w+)")


class _Got(msgspec.Struct, Generic[AnItem]):
    """Answer of GetItem."""

    Item: AnItem | None = None


class _Found(msgspec.Struct, Generic[AnItem]):
    """Answer of Query: one page."""

    Items: list[AnItem]
    LastEvaluatedKey: msgspec.Raw = msgspec.Raw()


class _Many(msgspec.Struct, Generic[AnItem]):
    """Answer of BatchGetItem."""

    Responses: dict[str, list[AnItem]]
    UnprocessedKeys: dict[str, msgspec.Raw] = {}


class _Written(msgspec.Struct):
    """Answer of BatchWriteItem."""

    UnprocessedItems: dict[str, msgspec.Raw] = {}


_WRITTEN = msgspec.json.Decoder(_Written)


def place(key: Key) -> Place:
    """Name the two parts of a key."""
    return {"pk": Text(key[0]), "sk": Text(key[1])}


class Table:
    """One table. Reads are strongly consistent unless they say otherwise."""

    def __init__(self, calls: Calls, name: str) -> None:
        self._calls = calls
        self.name = name

    def find(self, key: Place, kind: type[AnItem]) -> AnItem | None:
        """Read one item."""
        request = {"TableName": self.name, "Key": key, "ConsistentRead": True}
        answer = self._calls.call("GetItem", request, is_repeatable=True)
        got: _Got[AnItem] = _read(_decoder(_Got, kind), answer)
        return got.Item

    def query(
        self,
        condition: str,
        values: Values,
        kind: type[AnItem],
        *,
        limit: int | None = None,
        is_descending: bool = False,
        is_consistent: bool = True,
        is_projected: bool = False,
    ) -> Iterator[AnItem]:
        """Read the items of a partition in order, page by page; at most `limit` if there is one.

        `is_projected` leaves out on the way what `kind` has no field for.
        """
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": _names(condition),
            "ExpressionAttributeValues": values,
            "ConsistentRead": is_consistent,
        }
        if is_descending:
            request["ScanIndexForward"] = False
        if is_projected:
            request |= _projection(kind, condition)
        decoder = _decoder(_Found, kind)
        left = limit
        while True:
            if left is not None:
                request["Limit"] = left
            answer = self._calls.call("Query", request, is_repeatable=True)
            found: _Found[AnItem] = _read(decoder, answer)
            yield from found.Items
            if left is not None:
                left -= len(found.Items)
            if not found.LastEvaluatedKey or left == 0:
                return
            request["ExclusiveStartKey"] = found.LastEvaluatedKey

    def find_many(
        self,
        keys: Sequence[Place],
        kind: type[AnItem],
        *,
        is_consistent: bool = True,
        is_projected: bool = False,
    ) -> list[AnItem]:
        """Read items by their keys, in any order; 100 a call.

        Raises:
            OutcomeUnknown: AWS leaves some out, call after call.
        """
        decoder = _decoder(_Many, kind)
        items: list[AnItem] = []
        for start in range(0, len(keys), MAX_GETS):
            part = {"Keys": keys[start : start + MAX_GETS], "ConsistentRead": is_consistent}
            if is_projected:
                part |= _projection(kind)
            wanted: Mapping[str, Any] = {self.name: part}
            for _ in range(_ROUNDS):
                answer = self._calls.call(
                    "BatchGetItem", {"RequestItems": wanted}, is_repeatable=True
                )
                many: _Many[AnItem] = _read(decoder, answer)
                items += many.Responses.get(self.name, [])
                wanted = many.UnprocessedKeys
                if not wanted:
                    break
            else:
                raise OutcomeUnknown("BatchGetItem: not all keys were read")
        return items

    def put(
        self,
        item: Item,
        condition: str = "",
        values: Values | None = None,
        *,
        shows_standing: bool = False,
    ) -> None:
        """Write an item.

        Raises:
            ConditionFailed: the condition does not hold; with `shows_standing` it tells for which
                item (that costs no read unit).
        """
        request = self.putting(item, condition, values)
        if shows_standing:
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        self._calls.call("PutItem", request, is_repeatable=not condition)

    def update(self, key: Place, change: str, condition: str, values: Values) -> None:
        """Change an item. The change must set, not count: it may be done twice.

        Raises:
            ConditionFailed: the condition does not hold.
        """
        request = self.updating(key, change, condition, values)
        self._calls.call("UpdateItem", request, is_repeatable=True)

    def delete(self, key: Place, condition: str = "", values: Values | None = None) -> None:
        """Delete an item.

        Raises:
            ConditionFailed: the condition does not hold.
        """
        request = self.deleting(key, condition, values)
        self._calls.call("DeleteItem", request, is_repeatable=not condition)

    def write_many(self, items: Iterable[Item], gone: Iterable[Place]) -> None:
        """Write some items and delete others, 25 a call.

        Raises:
            OutcomeUnknown: AWS leaves some out, call after call.
        """
        requests: list[Mapping[str, Any]] = [{"PutRequest": {"Item": item}} for item in items]
        requests += [{"DeleteRequest": {"Key": key}} for key in gone]
        for start in range(0, len(requests), MAX_WRITES):
            wanted: Mapping[str, Any] = {self.name: requests[start : start + MAX_WRITES]}
            for _ in range(_ROUNDS):
                answer = self._calls.call(
                    "BatchWriteItem", {"RequestItems": wanted}, is_repeatable=True
                )
                wanted = _read(_WRITTEN, answer).UnprocessedItems
                if not wanted:
                    break
            else:
                raise OutcomeUnknown("BatchWriteItem: not all items were written")

    def putting(self, item: Item, condition: str = "", values: Values | None = None) -> Any:
        """Describe a put; also as a part of a transaction."""
        return {"TableName": self.name, "Item": item} | _conditional(condition, values)

    def updating(
        self, key: Place, change: str, condition: str, values: Values | None = None
    ) -> Any:
        """Describe an update; also as a part of a transaction."""
        request = {"TableName": self.name, "Key": key, "UpdateExpression": change}
        request |= _conditional(condition, values)
        return request | {"ExpressionAttributeNames": _names(change, condition)}

    def deleting(self, key: Place, condition: str = "", values: Values | None = None) -> Any:
        """Describe a deletion; also as a part of a transaction."""
        return {"TableName": self.name, "Key": key} | _conditional(condition, values)

    def checking(self, key: Place, condition: str, values: Values | None = None) -> Any:
        """Describe a check, as a part of a transaction."""
        return self.deleting(key, condition, values)


class Tables:
    """The four tables, as far as one of them asks for another in a transaction."""

    def __init__(self, calls: Calls, names: Mapping[str, str]) -> None:
        self._calls = calls
        self.log = Table(calls, names.get("LOG_TABLE", "LogTable"))
        self.rooms = Table(calls, names.get("ROOMS_TABLE", "RoomsTable"))
        self.connections = Table(calls, names.get("CONNECTIONS_TABLE", "ConnectionsTable"))
        self.accounts = Table(calls, names.get("ACCOUNTS_TABLE", "AccountsTable"))

    def transact(self, *parts: tuple[str, Any]) -> None:
        """Carry out all parts or none; each is a kind ("Put", "ConditionCheck", ...) and its words.

        The token makes a second attempt the same transaction (TransactWriteItems,
        `ClientRequestToken`).

        Raises:
            ConditionFailed: conditions do not hold; it names the places of their parts.
        """
        request = {
            "TransactItems": [{kind: part} for kind, part in parts],
            "ClientRequestToken": secrets.token_hex(16),
        }
        self._calls.call("TransactWriteItems", request, is_repeatable=True)


def _read(decoder: msgspec.json.Decoder[AnAnswer], answer: bytes) -> AnAnswer:
    try:
        return decoder.decode(answer)
    except msgspec.DecodeError as error:
        raise StoreRefused("reading", "UnreadableAnswer") from error


def read_item(standing: bytes, kind: type[AnItem]) -> AnItem:
    """Read the item that a failed condition has told."""
    try:
        return msgspec.json.decode(standing, type=kind)
    except msgspec.DecodeError as error:
        raise StoreRefused("reading", "UnreadableAnswer") from error


@cache
def _decoder(answer: Any, kind: type[Item]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(answer[kind])


@cache
def _names(*expressions: str) -> Mapping[str, str]:
    return {f"#{name}": name for text in expressions for name in _NAME.findall(text)}


@cache
def _projection(kind: type[Item], condition: str = "") -> Mapping[str, Any]:
    projection = ",".join(f"#{name}" for name in kind.__struct_fields__)
    return {
        "ProjectionExpression": projection,
        "ExpressionAttributeNames": _names(projection, condition),
    }


def _conditional(condition: str, values: Values | None) -> dict[str, Any]:
    request: dict[str, Any] = {}
    if condition:
        request["ConditionExpression"] = condition
        request["ExpressionAttributeNames"] = _names(condition)
    if values:
        request["ExpressionAttributeValues"] = values
    return request


def values(**given: str | int) -> Values:
    """Wrap the values of an expression."""
    return {
        f":{name}": Text(value) if isinstance(value, str) else number(value)
        for name, value in given.items()
    }


def places(keys: Iterable[Key]) -> list[Place]:
    """Name the parts of many keys."""
    return [place(key) for key in keys]
