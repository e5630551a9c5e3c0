"""What does a client's end of a WebSocket cost, if it only counts? RFC 6455, as little as does."""

from __future__ import annotations

import asyncio
import base64
import secrets
import socket
from collections.abc import Callable

OnText = Callable[["SocketLine", bytes], None]
TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A


class SocketLine(asyncio.Protocol):
    """One member's socket; `is_lost` once it has ended."""

    def __init__(self, index: int, on_text: OnText) -> None:
        self.index = index
        self.is_lost = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._on_text = on_text
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed inside the handshake"))

    def data_received(self, data: bytes) -> None:
        """Hand out every whole text frame."""
        data = self._buffer + data if self._buffer else data
        if not self.opened.done():
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                self.opened.set_exception(ConnectionError(head.decode("latin-1")))
                return
            self.opened.set_result(None)
        at = 0
        while (frame := _frame(data, at)) is not None:
            start, end_at = frame
            if data[at] == TEXT:
                self._on_text(self, data[start:end_at])
            elif data[at] == PING:
                self._send(PONG, data[start:end_at])
            at = end_at
        self._buffer = data[at:]

    def send(self, text: bytes) -> None:
        """Send a text frame."""
        self._send(TEXT, text)

    def close(self) -> None:
        """End it."""
        if self._transport is not None:
            self._transport.abort()

    def shake_hands(self, host: str, path: str, subprotocols: str) -> None:
        """Ask for a WebSocket."""
        assert self._transport is not None
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {host}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            *([f"Sec-WebSocket-Protocol: {subprotocols}"] if subprotocols else []),
        ]
        self._transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def _send(self, first: int, payload: bytes) -> None:
        # A mask of zeros is a mask (RFC 6455, 5.3), and costs a client nothing.
        assert self._transport is not None
        length = len(payload)
        if length < 126:
            head = bytes((first, 0x80 | length, 0, 0, 0, 0))
        else:
            head = bytes((first, 0xFE, *length.to_bytes(2, "big"), 0, 0, 0, 0))
        self._transport.write(head + payload)


async def open_socket(
    index: int, port: int, path: str, subprotocols: str, on_text: OnText
) -> SocketLine:
    """Open a socket.

    Raises:
        ConnectionError: it is refused.
    """
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(lambda: SocketLine(index, on_text), "127.0.0.1", port)
    line.shake_hands(f"localhost:{port}", path, subprotocols)
    await line.opened
    transport = line._transport
    assert transport is not None
    transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _frame(data: bytes, at: int) -> tuple[int, int] | None:
    """Find where the payload of the frame at `at` begins and ends, once it is all there."""
    have = len(data) - at
    if have < 2:
        return None
    length, start = data[at + 1], at + 2
    if length == 126:
        length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
    elif length == 127:
        length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
    return None if have < start - at + length else (start, start + length)
