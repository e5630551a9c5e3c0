"""What does a REST function work with? PynamoDB for the tables, everything loaded at once."""

from __future__ import annotations

import os

from teahouse.adapters.dynamodb.accounts import DynamoDbAccounts
from teahouse.adapters.dynamodb.connections import DynamoDbConnections
from teahouse.adapters.dynamodb.log import DynamoDbRoomLog
from teahouse.adapters.dynamodb.members import DynamoDbMembers
from teahouse.adapters.dynamodb.messages import DynamoDbMessages
from teahouse.adapters.dynamodb.moderation import DynamoDbModeration
from teahouse.adapters.dynamodb.notifications import DynamoDbNotifications
from teahouse.adapters.dynamodb.proofs import DynamoDbProofs
from teahouse.adapters.dynamodb.rooms import DynamoDbRooms
from teahouse.adapters.dynamodb.safety import DynamoDbSafety
from teahouse.adapters.dynamodb.uploads import DynamoDbUploads
from teahouse.adapters.management_api import ManagementApiBroadcaster
from teahouse.adapters.passwords import Argon2Passwords
from teahouse.adapters.s3_objects import S3Objects
from teahouse.adapters.system import SystemClock, SystemIds
from teahouse.adapters.tokens import JwtTokens
from teahouse.app import App
from teahouse.bootstrap import NotHere, app_made_by, grace_ms


def app() -> App:
    """Give the process's App, made on first use."""
    return app_made_by(build)


def build() -> App:
    """Make the App."""
    clock = SystemClock()
    accounts = DynamoDbAccounts()
    return App(
        log=DynamoDbRoomLog(),
        rooms=DynamoDbRooms(),
        members=DynamoDbMembers(),
        messages=DynamoDbMessages(),
        moderation=DynamoDbModeration(),
        notifications=DynamoDbNotifications(),
        safety=DynamoDbSafety(),
        connections=DynamoDbConnections(clock),
        accounts=accounts,
        proofs=DynamoDbProofs(),
        broadcaster=ManagementApiBroadcaster(),
        passwords=Argon2Passwords(),
        tokens=JwtTokens(accounts, int(os.environ.get("SIGNING_KEY_NUMBER") or 1)),
        uploads=DynamoDbUploads(),
        objects=S3Objects(),
        pictures=NotHere(),
        clock=clock,
        ids=SystemIds(),
        store_generation=os.environ.get("STORE_GENERATION", "1"),
        grace_ms=grace_ms(),
    )
