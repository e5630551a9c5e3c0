"""How does the local cloud itself call the store? By DynamoDB's JSON protocol, without an SDK.

The SDK would take a quarter of a second at every start.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httptools

Address = tuple[str, int]  # host and port
UNCHECKED = (  # the engine wants a signature's form and does not read it
    "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=" + "0" * 64
)


class EngineError(Exception):
    """The engine refused a call; `kind` is the exception's name without its namespace."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


async def call(address: Address, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Call one operation over a connection of its own.

    Raises:
        EngineError: the engine refuses it.
        OSError: the engine is not there.
    """
    payload = json.dumps(body).encode()
    head = (
        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        "Content-Type: application/x-amz-json-1.0\r\n"
        f"X-Amz-Target: DynamoDB_20120810.{operation}\r\n"
        "X-Amz-Date: 20200101T000000Z\r\n"
        f"Authorization: {UNCHECKED}\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(head.encode() + payload)
        answer = _Answer(await reader.read())
    finally:
        writer.close()
        await writer.wait_closed()
    content: dict[str, Any] = json.loads(answer.body or b"{}")
    if answer.status != 200:
        kind = str(content.get("__type", "")).rpartition("#")[2]
        raise EngineError(kind, str(content.get("message", content.get("Message", ""))))
    return content


class _Answer:
    """One response, parsed."""

    def __init__(self, data: bytes) -> None:
        self.body = bytearray()
        parser = httptools.HttpResponseParser(self)
        parser.feed_data(data)
        self.status: int = parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self.body += body
