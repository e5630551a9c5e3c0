"""Who gets through to the store? Functions that sign; no stranger and no web page."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.exceptions import ClientError

from local_cloud.credentials import Credentials, new_credentials
from local_cloud.engine_client import Address
from local_cloud.signatures import Signatures
from local_cloud.store import Store
from local_cloud.store_proxy import MAX_BODY_BYTES, StoreProxy
from tests.local_cloud.processes import stopped

GET = {"TableName": "Cups", "Key": {"cup": {"S": "ann's"}}}


@dataclass
class Guarded:
    """An engine behind its proxy."""

    store: Store
    proxy: StoreProxy
    signatures: Signatures
    restarted: asyncio.Event
    connected: asyncio.Queue[Address]  # an entry for each connection to the engine

    def client(self, credentials: Credentials | None = None, **config: Any) -> Any:
        keys = credentials or self.signatures.credentials_for("Pour")
        return boto3.client(
            "dynamodb",
            endpoint_url=self.proxy.url,
            region_name="us-east-1",
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=Config(**config),
        )

    async def raw(self, host: str | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Send a GetItem that is rightly signed, with these headers besides."""
        keys = self.signatures.credentials_for("Pour")
        host = host or f"127.0.0.1:{self.proxy.port}"
        request = AWSRequest(
            "POST",
            f"http://{host}/",
            headers={
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": "DynamoDB_20120810.GetItem",
            },
            data=json.dumps(GET).encode(),
        )
        signer = BotocoreCredentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
        SigV4Auth(signer, "dynamodb", "us-east-1").add_auth(request)
        signed = {**dict(request.headers.items()), "Host": host, **headers}
        return await asyncio.to_thread(self._send, signed, request.data)

    def _send(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.port)
        try:
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@pytest.fixture
async def guarded() -> AsyncIterator[Guarded]:
    restarted = asyncio.Event()
    store = Store(None, on_event=lambda text: restarted.set())
    await store.start()
    signatures = Signatures()
    connected: asyncio.Queue[Address] = asyncio.Queue()

    def engine() -> Address:
        connected.put_nowait(store.address)
        return store.address

    proxy = StoreProxy(signatures, engine)
    await proxy.start()
    guarded = Guarded(store, proxy, signatures, restarted, connected)
    await in_thread(guarded.client(), create_cups)
    yield guarded
    await proxy.stop()
    await store.stop()


def create_cups(client: Any) -> None:
    client.create_table(
        TableName="Cups",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "cup", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "cup", "KeyType": "HASH"}],
    )


async def in_thread(client: Any, use: Any) -> Any:
    try:
        return await asyncio.to_thread(use, client)
    finally:
        client.close()


async def test_a_signed_call_passes_both_ways(guarded: Guarded) -> None:
    pot = {"cup": {"S": "ann's"}, "tea": {"S": "乌龙" * 50_000}}

    def put_and_get(client: Any) -> Any:
        client.put_item(TableName="Cups", Item=pot)
        return client.get_item(**GET)["Item"]

    assert await in_thread(guarded.client(), put_and_get) == pot


async def test_connections_are_kept_and_shared(guarded: Guarded) -> None:
    def get_often(client: Any) -> None:
        for _ in range(20):
            client.get_item(**GET)

    await in_thread(guarded.client(), get_often)
    await in_thread(guarded.client(), get_often)

    assert guarded.connected.qsize() == 1, "40 calls of two clients, one connection to the engine"


async def test_a_store_error_arrives_as_the_engine_says_it(guarded: Guarded) -> None:
    def put_twice(client: Any) -> None:
        for _ in range(2):
            client.put_item(
                TableName="Cups",
                Item=GET["Key"],
                ConditionExpression="attribute_not_exists(cup)",
            )

    with pytest.raises(ClientError) as refused:
        await in_thread(guarded.client(), put_twice)

    assert refused.value.response["Error"]["Code"] == "ConditionalCheckFailedException"


async def test_strangers_are_refused_as_dynamodb_refuses_them(guarded: Guarded) -> None:
    right = guarded.signatures.credentials_for("Pour")
    wrong = Credentials(right.access_key_id, "x" * 40, right.session_token)
    assert await in_thread(guarded.client(right), lambda client: client.list_tables())

    for credentials, code in (
        (new_credentials(), "UnrecognizedClientException"),
        (wrong, "InvalidSignatureException"),
    ):
        with pytest.raises(ClientError) as refused:
            await in_thread(guarded.client(credentials), lambda client: client.list_tables())
        assert refused.value.response["Error"]["Code"] == code


async def test_a_request_without_a_signature_is_refused(guarded: Guarded) -> None:
    status, answer = await guarded.raw(Authorization="")

    assert (status, answer["__type"]) == (
        400,
        "com.amazon.coral.service#MissingAuthenticationTokenException",
    )


async def test_web_pages_are_refused(guarded: Guarded) -> None:
    """The control is the first line: without what marks a page the call passes."""
    assert await guarded.raw() == (200, {})

    port = guarded.proxy.port
    refused = [
        await guarded.raw(Origin="http://localhost:8787"),
        await guarded.raw(Origin="null"),
        await guarded.raw(**{"Sec-Fetch-Site": "cross-site"}),
        await guarded.raw(host=f"tea.example:{port}"),  # a name that was rebound to the loopback
        await guarded.raw(host="127.0.0.1"),
    ]

    assert [status for status, _ in refused] == [403] * 5
    assert await guarded.raw(host=f"localhost:{port}") == (200, {})


async def test_a_page_is_not_even_told_that_it_may_ask(guarded: Guarded) -> None:
    """The control is the engine: it allows any origin all that a page asks for."""
    host, port = guarded.store.address
    asked = "OPTIONS / HTTP/1.1\r\nHost: {}:{}\r\nOrigin: http://tea.example\r\n"
    asked += "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n"

    answers = []
    for address in ((host, port), ("127.0.0.1", guarded.proxy.port)):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(asked.format(*address).encode())
        answers.append((await reader.readuntil(b"\r\n\r\n")).lower())
        writer.close()
        await writer.wait_closed()

    assert b"access-control-allow-origin: *" in answers[0]
    assert answers[1].startswith(b"http/1.1 403 ")
    assert b"access-control" not in answers[1]


async def test_only_dynamodbs_one_path_is_served(guarded: Guarded) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", guarded.proxy.port)
    writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{guarded.proxy.port}\r\n\r\n".encode())
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert status == b"HTTP/1.1 400 Bad Request\r\n"


@pytest.mark.parametrize(
    "junk",
    [
        b"tea, please\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n" + b"x" * (MAX_BODY_BYTES + 1),
    ],
)
async def test_junk_ends_the_connection_and_harms_nobody(guarded: Guarded, junk: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", guarded.proxy.port)
    writer.write(junk)

    with contextlib.suppress(ConnectionResetError):
        await asyncio.wait_for(reader.read(), 5.0)
    writer.close()
    with contextlib.suppress(ConnectionResetError):
        await writer.wait_closed()

    assert await guarded.raw() == (200, {})


async def test_a_call_that_meets_a_dead_engine_is_asked_to_try_again(guarded: Guarded) -> None:
    os.kill(guarded.store.pid, signal.SIGSTOP)
    await stopped(guarded.store.pid)
    waiting = asyncio.gather(guarded.raw(), guarded.raw())
    for _ in range(2):  # the first connection is the fixture's
        await guarded.connected.get()
    os.kill(guarded.store.pid, signal.SIGKILL)

    answered = await waiting

    assert [status for status, _ in answered] == [500, 500]
    assert {answer["__type"] for _, answer in answered} == {
        "com.amazonaws.dynamodb.v20120810#InternalServerError"
    }


async def test_a_client_that_tries_again_does_not_notice_a_restart(guarded: Guarded) -> None:
    client = guarded.client(retries={"total_max_attempts": 8, "mode": "standard"})

    def call_through_a_restart(client: Any) -> int:
        client.list_tables()
        os.kill(guarded.store.pid, signal.SIGKILL)
        status: int = client.list_tables()["ResponseMetadata"]["HTTPStatusCode"]
        return status

    assert await in_thread(client, call_through_a_restart) == 200
    assert guarded.restarted.is_set()
