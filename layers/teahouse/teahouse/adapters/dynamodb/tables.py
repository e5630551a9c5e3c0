"""Which keys do the tables have? Drawn once, for every adapter.

    LOG          room              seq            one immutable slot of a room's log

    ROOMS        pk                sk
                 R#<room>          ROOM           the room
                 R#<room>          SUMMARY        what a list shows of it; at most 1 KB
                 R#<room>          M#<user>       a member's row: role, profile, deciding slot
                 R#<room>          O#<user>#<op>  an operation without a position: its seq
                 U#<user>          R#<room>       a person's list: role, read position
                 C#<code's hash>   CODE           where an invitation leads
                 PUBLIC            <time>#<room>  the public rooms

    CONNECTIONS  pk                sk
                 R#<room>          <connection>   who hears the room: u (user), ttl
                 R#<room>          !<user>        tombstone of a removal: skip this person
                 C#<connection>    C              the connection, or the tombstone of its end
                 C#<connection>    R#<room>       the rooms it hears, to take back
                 U#<user>          <connection>   a person's connections

    ACCOUNTS     pk                sk
                 U#<user>          USER           the profile
                 U#<user>          S#<session>    a sign-in: hash of its secret, times
                 N#<user name>     NAME           lower-case name: user id, password hash
                 T#<ticket's hash> TICKET         leave to open one socket
                 KEYS              <time>#<kid>   keys that sign access tokens

`ttl` is in epoch seconds and only reclaims space: DynamoDB deletes late, so every reader compares
it with the clock. Log slots have none. A row of a room's listeners stays under 100 bytes, so that
40 of them are one read unit of 4 KB.
"""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import Any

from pynamodb.connection import Connection, TableConnection
from pynamodb.models import Model as PynamoModel

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


LogMeta: Any = meta("LOG_TABLE", "LogTable")
RoomsMeta: Any = meta("ROOMS_TABLE", "RoomsTable")
ConnectionsMeta: Any = meta("CONNECTIONS_TABLE", "ConnectionsTable")
AccountsMeta: Any = meta("ACCOUNTS_TABLE", "AccountsTable")

__all__ = ["AccountsMeta", "ConnectionsMeta", "LogMeta", "Model", "RoomsMeta", "connection"]
