"""How does PynamoDB reach the tables? Over one connection, with models made of the items."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import cache, partial
from typing import Any, TypeVar

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.models import Model as PynamoModel
from pynamodb.pagination import ResultIterator

from teahouse.adapters.items.values import Item, Number

AnItem = TypeVar("AnItem", bound=Item)

_JOINING = threading.Lock()


def meta(variable: str, default: str) -> type:
    """Make a model's `Meta` for the table an environment variable names."""

    class Meta:
        table_name = os.environ.get(variable, default)
        region = os.environ.get("AWS_REGION", "us-east-1")
        # A lost answer is found again by looking: short time-outs, two attempts.
        connect_timeout_seconds = 1
        read_timeout_seconds = 2
        max_retry_attempts = 1
        max_pool_connections = 32

    return Meta


@cache
def connection() -> Connection:
    """Give the one connection of this process that every row and transaction goes through."""
    return Connection(
        region=LogMeta.region,
        connect_timeout_seconds=LogMeta.connect_timeout_seconds,
        read_timeout_seconds=LogMeta.read_timeout_seconds,
        max_retry_attempts=LogMeta.max_retry_attempts,
        max_pool_connections=LogMeta.max_pool_connections,
    )


class Model(PynamoModel):
    """The base of rows. PynamoDB gives each kind of row a client of its own, 50 ms each."""

    @classmethod
    def of(cls, item: Item) -> Any:
        """Make the row of an item."""
        return cls.from_raw_data(msgspec.to_builtins(item))

    def item(self, kind: type[AnItem]) -> AnItem:
        """Make the item of a row."""
        return msgspec.convert(self.to_dynamodb_dict(), kind)

    @classmethod
    def items(
        cls,
        kind: type[AnItem],
        partition: str,
        condition: Any = None,
        *,
        limit: int | None = None,
        is_ascending: bool = True,
    ) -> Iterator[AnItem]:
        """Read many items by a strong Query, without rows in between, which cost a third."""
        table: Any = cls._get_connection()
        asked = {
            "range_key_condition": condition,
            "consistent_read": True,
            "scan_index_forward": is_ascending,
            "limit": limit,
        }
        read = partial(msgspec.convert, type=kind)
        return iter(ResultIterator(table.query, (partition,), asked, map_fn=read, limit=limit))

    @classmethod
    def _get_connection(cls) -> TableConnection:
        table = super()._get_connection()
        shared = connection()
        if table.connection is not shared:
            with _JOINING:
                keys = table.get_meta_table()
                if keys.table_name not in shared._tables:
                    shared.add_meta_table(keys)
                table.connection = shared
        return table


def row_model(kind: type[Item], table: Any) -> Any:
    """Make the model of an item: its fields are the attributes, the two of its key first."""
    body: dict[str, Any] = {"Meta": table, "__doc__": kind.__doc__}
    for place, field in enumerate(msgspec.structs.fields(kind)):
        is_number = field.type in (Number, Number | None)
        make = NumberAttribute if is_number else UnicodeAttribute
        body[field.name] = make(hash_key=place == 0, range_key=place == 1, null=not field.required)
    return type(f"{kind.__name__}Row", (Model,), body)


LogMeta: Any = meta("LOG_TABLE", "LogTable")
RoomsMeta: Any = meta("ROOMS_TABLE", "RoomsTable")
ConnectionsMeta: Any = meta("CONNECTIONS_TABLE", "ConnectionsTable")
AccountsMeta: Any = meta("ACCOUNTS_TABLE", "AccountsTable")

__all__ = [
    "AccountsMeta",
    "ConnectionsMeta",
    "LogMeta",
    "Model",
    "RoomsMeta",
    "connection",
    "row_model",
]
