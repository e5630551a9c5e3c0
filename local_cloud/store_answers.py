"""How does DynamoDB write its answers and its errors? As bytes of HTTP."""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Mapping
from typing import Any

CORAL = "com.amazon.coral.service#"
DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 500: "Internal Server Error"}


def failure(status: int, kind: str, text: str, **more: Any) -> bytes:
    """Write an error as DynamoDB does."""
    return written(status, error_body(kind, text, **more), {})


def error_body(kind: str, text: str, **more: Any) -> bytes:
    """Write the body of an error."""
    return json.dumps({"__type": kind, "message": text, **more}).encode()


def restarting() -> bytes:
    """Write what DynamoDB answers when it has a problem of its own; SDKs try again."""
    return failure(500, DYNAMODB + "InternalServerError", "The store is being restarted")


def written(
    status: int, body: bytes, headers: Mapping[str, str], *, is_changed: bool = True
) -> bytes:
    """Write an answer; SDKs compare its checksum, which follows the body."""
    checksum = None if is_changed else headers.get("x-amz-crc32")
    request_id = headers.get("x-amzn-requestid") or secrets.token_hex(26).upper()
    head = (
        f"HTTP/1.1 {status} {REASONS.get(status, '')}\r\n"
        f"Content-Type: {headers.get('content-type', 'application/x-amz-json-1.0')}\r\n"
        f"x-amzn-RequestId: {request_id}\r\n"
        f"x-amz-crc32: {zlib.crc32(body) if checksum is None else checksum}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("latin-1") + body
