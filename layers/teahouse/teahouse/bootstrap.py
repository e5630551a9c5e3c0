"""What does this process work with? Environment to `App`, once per process.

Modules are loaded when a worker starts, not while somebody waits for its first event; clients are
made by the first call that needs one, so that a handler can be imported where there is no store.
"""

from __future__ import annotations

import os

from teahouse.adapters.dynamodb.accounts import DynamoDbAccounts
from teahouse.adapters.dynamodb.connections import DynamoDbConnections
from teahouse.adapters.dynamodb.log import DynamoDbRoomLog
from teahouse.adapters.dynamodb.members import DynamoDbMembers
from teahouse.adapters.dynamodb.rooms import DynamoDbRooms
from teahouse.adapters.management_api import ManagementApiBroadcaster
from teahouse.adapters.passwords import Argon2Passwords
from teahouse.adapters.system import SystemClock, SystemIds
from teahouse.adapters.tokens import JwtTokens
from teahouse.app import App

_app: App | None = None


def app() -> App:
    """Give the process's App, made on first use."""
    global _app
    if _app is None:
        _app = _build()
    return _app


def use(replacement: App | None) -> None:
    """Put another App in its place, or none; for tests."""
    global _app
    _app = replacement


def _build() -> App:
    clock = SystemClock()
    accounts = DynamoDbAccounts()
    return App(
        log=DynamoDbRoomLog(),
        rooms=DynamoDbRooms(),
        members=DynamoDbMembers(),
        connections=DynamoDbConnections(clock),
        accounts=accounts,
        broadcaster=ManagementApiBroadcaster(),
        passwords=Argon2Passwords(),
        tokens=JwtTokens(accounts),
        clock=clock,
        ids=SystemIds(),
        store_generation=os.environ.get("STORE_GENERATION", "1"),
    )
