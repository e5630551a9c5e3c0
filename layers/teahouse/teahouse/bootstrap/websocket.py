"""What does a socket function work with? The lean adapters, and no SDK.

A test holds the list of modules that may be loaded (`tests/architecture/test_cold_start.py`).
"""

from __future__ import annotations

import os

from teahouse.adapters.lean.accounts import LeanAccounts
from teahouse.adapters.lean.calls import regular_calls
from teahouse.adapters.lean.connections import LeanConnections
from teahouse.adapters.lean.log import LeanRoomLog
from teahouse.adapters.lean.members import LeanMembers
from teahouse.adapters.lean.messages import LeanMessages
from teahouse.adapters.lean.notifications import LeanNotifications
from teahouse.adapters.lean.rooms import LeanRooms
from teahouse.adapters.lean.tables import Tables
from teahouse.adapters.lean.uploads import LeanUploads
from teahouse.adapters.management_api import ManagementApiBroadcaster
from teahouse.adapters.s3_objects import S3Objects
from teahouse.adapters.system import SystemClock, SystemIds
from teahouse.app import App
from teahouse.bootstrap import NotHere, app_made_by, grace_ms


def app() -> App:
    """Give the process's App, made on first use."""
    return app_made_by(_build)


def _build() -> App:
    clock = SystemClock()
    tables = Tables(regular_calls(), os.environ)
    return App(
        log=LeanRoomLog(tables),
        rooms=LeanRooms(tables),
        members=LeanMembers(tables),
        messages=LeanMessages(tables),
        moderation=NotHere(),
        notifications=LeanNotifications(tables),
        safety=NotHere(),
        connections=LeanConnections(tables, clock),
        accounts=LeanAccounts(tables),
        proofs=NotHere(),
        broadcaster=ManagementApiBroadcaster(),
        passwords=NotHere(),
        tokens=NotHere(),
        uploads=LeanUploads(tables),
        objects=S3Objects(),
        pictures=NotHere(),
        clock=clock,
        ids=SystemIds(),
        store_generation=os.environ.get("STORE_GENERATION", "1"),
        grace_ms=grace_ms(),
    )
