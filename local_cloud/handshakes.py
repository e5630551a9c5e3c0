"""Is this request a WebSocket handshake, and how is it answered? RFC 6455, section 4.2."""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus

from websockets.utils import accept_key

from local_cloud.compression import DEFLATE
from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.lambda_events import Handshake


def handshake_of(request: Request, server_port: int) -> Handshake | Answer:
    """Read the handshake out of an upgrade request, or refuse what is none."""
    if request.method != "GET":
        return upgrade_refusal(426)
    if request.header("sec-websocket-version") != "13":
        return upgrade_refusal(426)
    if not _is_key(request.header("sec-websocket-key") or ""):
        return upgrade_refusal(400)
    return Handshake(request.headers, request.query_string, request.source_ip, server_port)


def upgrade_refusal(status: int) -> Answer:
    """Refuse what asks for a WebSocket in the wrong way or the wrong place."""
    headers = [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")] if status == 426 else []
    return json_answer(status, {"message": HTTPStatus(status).phrase}, *headers, close=True)


def switching_protocols(
    request: Request, subprotocol: str | None, *, is_compressed: bool = False
) -> bytes:
    """Write the 101."""
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept_key(request.header('sec-websocket-key') or '')}",
    ]
    if subprotocol is not None:
        lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
    if is_compressed:
        lines.append(f"Sec-WebSocket-Extensions: {DEFLATE}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
