"""Where does a test get a store? One embedded engine a test process, with the template's tables."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.engines import find_engine

ROOT = Path(__file__).parent.parent
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@contextmanager
def running_engine(database: Path | None = None) -> Iterator[str]:
    """Run this machine's engine, or `$STORE_ENGINE`, in memory or on a file; yields its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = find_engine().start("127.0.0.1", port, database)
    engine = subprocess.Popen(
        start.command,
        env={**os.environ, **start.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url)
        yield url
    finally:
        engine.kill()
        engine.wait()


def client(url: str) -> Any:
    """Make a plain DynamoDB client for an engine."""
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def create_tables(url: str) -> None:
    """Create the four tables with the keys the template gives them."""
    dynamodb = client(url)
    _create_tables(dynamodb)
    dynamodb.close()


def empty_tables(url: str) -> None:
    """Forget what other tests of this process have written."""
    dynamodb = client(url)
    forget_all(dynamodb)
    dynamodb.close()


def forget_all(dynamodb: Any) -> None:
    """Make the tables anew, through a client that is there."""
    for name in dynamodb.list_tables()["TableNames"]:
        dynamodb.delete_table(TableName=name)
    _create_tables(dynamodb)


def _create_tables(dynamodb: Any) -> None:
    for name, hash_key, range_key, range_type in (
        ("LogTable", "room", "seq", "N"),
        ("RoomsTable", "pk", "sk", "S"),
        ("ConnectionsTable", "pk", "sk", "S"),
        ("AccountsTable", "pk", "sk", "S"),
    ):
        dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": hash_key, "AttributeType": "S"},
                {"AttributeName": range_key, "AttributeType": range_type},
            ],
            KeySchema=[
                {"AttributeName": hash_key, "KeyType": "HASH"},
                {"AttributeName": range_key, "KeyType": "RANGE"},
            ],
        )


def _wait_until_ready(url: str) -> None:
    dynamodb = client(url)
    for _ in range(500):
        try:
            dynamodb.list_tables()
            dynamodb.close()
            return
        except (BotoCoreError, ClientError):
            time.sleep(0.02)
    raise RuntimeError("the embedded store did not start within 10 s")
