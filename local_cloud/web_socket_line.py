"""How do frames travel on one TCP connection? RFC 6455, within API Gateway's limits."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import Protocol

from websockets.extensions import Extension
from websockets.frames import BINARY, CONT, PING, TEXT, CloseCode, Frame
from websockets.protocol import OPEN, SEND_EOF, SERVER
from websockets.protocol import Protocol as Frames

from local_cloud.limits import Limits
from local_cloud.loops import stream

_logger = logging.getLogger("local_cloud.web_socket")


class Owner(Protocol):
    """Who takes the messages of a line."""

    limits: Limits

    def message_received(self, line: WebSocketLine, text: str) -> None:
        """Take a whole text message."""

    def ping_received(self, line: WebSocketLine) -> None:
        """Take note of a ping."""

    def socket_lost(self, line: WebSocketLine, code: int, reason: str) -> None:
        """Take note of the end, and of how it came."""


class WebSocketLine(asyncio.Protocol):
    """One open WebSocket."""

    def __init__(
        self,
        owner: Owner,
        connection_id: str,
        loop: asyncio.AbstractEventLoop,
        deflate: Extension | None = None,
    ) -> None:
        self.connection_id = connection_id
        self._owner = owner
        self._loop = loop
        self._limits = owner.limits
        max_size = (owner.limits.message_bytes, owner.limits.frame_bytes)
        self._frames = Frames(SERVER, state=OPEN, max_size=max_size, logger=_logger)
        if deflate is not None:
            self._frames.extensions = [deflate]
        self._closed_silently: tuple[int, str] | None = None
        self._fragments: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._giving_up: asyncio.TimerHandle | None = None
        self._in_flight = 0
        self._is_open = True

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, right after the 101."""
        self._transport = stream(transport)

    def data_received(self, data: bytes) -> None:
        """Take frames; each complete message goes to the owner."""
        frames = self._frames
        frames.receive_data(data)
        for frame in frames.events_received():
            if isinstance(frame, Frame) and self._is_open:
                self._take(frame)
        self._flush()

    def eof_received(self) -> bool:
        """End with the peer: a WebSocket has no half."""
        self._frames.receive_eof()
        self._is_open = False
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell how it ended: by our close frame, by the client's, or by none (1006)."""
        self._is_open = False
        self._transport = None
        if self._giving_up is not None:
            self._giving_up.cancel()
        sent, received = self._frames.close_sent, self._frames.close_rcvd
        close = received if self._frames.close_rcvd_then_sent else sent or received
        if self._closed_silently is not None:
            self._owner.socket_lost(self, *self._closed_silently)
        elif close is None:
            self._owner.socket_lost(self, CloseCode.ABNORMAL_CLOSURE, "")
        elif close.code == CloseCode.NO_STATUS_RCVD:
            reason = "Client-side close frame status not set"  # captured on AWS
            self._owner.socket_lost(self, close.code, reason)
        else:
            self._owner.socket_lost(self, close.code, close.reason)

    # What the owner calls.

    def send_text(self, data: bytes) -> None:
        """Write one text frame; nothing once the close has begun."""
        if self._is_open and self._transport is not None:
            self._transport.write(text_frame(data))

    def close(self, code: int, reason: str, *, is_silent: bool = False) -> None:
        """Begin the closing handshake; the socket ends soon, with or without the client's part.

        A silent close has neither code nor reason on the wire; the owner hears of them.
        """
        if not self._is_open or self._frames.state is not OPEN:  # the client's close was first
            return
        if is_silent:
            self._closed_silently = (code, reason)
            self._frames.send_close()
        else:
            self._frames.send_close(code, reason)
        self._flush()

    def abort(self) -> None:
        """End at once."""
        if self._transport is not None:
            self._transport.abort()

    def reset(self) -> None:
        """End at once, by a TCP reset."""
        if self._transport is not None:
            reset(self._transport)

    def is_full(self, more_bytes: int) -> bool:
        """Tell whether the client reads too slowly for so many bytes more."""
        transport = self._transport
        if transport is None:
            return False
        waiting = transport.get_write_buffer_size()
        return waiting > 0 and waiting + more_bytes > self._limits.send_buffer_bytes

    def handling_began(self) -> None:
        """Read no further while too many messages of this connection are being handled."""
        self._in_flight += 1
        if self._in_flight == self._limits.messages_in_flight and self._transport is not None:
            self._transport.pause_reading()

    def handling_ended(self) -> None:
        """Read on."""
        self._in_flight -= 1
        if self._in_flight == self._limits.messages_in_flight - 1 and self._transport is not None:
            self._transport.resume_reading()

    # Frames.

    def _take(self, frame: Frame) -> None:
        if frame.opcode is BINARY:
            self._fail(CloseCode.UNSUPPORTED_DATA)
        elif frame.opcode is PING:
            self._owner.ping_received(self)
        elif frame.opcode is TEXT or frame.opcode is CONT:
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                message = b"".join(self._fragments)
                self._fragments.clear()
                self._take_message(message)

    def _take_message(self, message: bytes) -> None:
        try:
            text = message.decode("utf-8")
        except UnicodeDecodeError:
            self._fail(CloseCode.INVALID_DATA)
        else:
            self._owner.message_received(self, text)

    def _fail(self, code: CloseCode) -> None:
        self._frames.fail(code)
        self._is_open = False

    def _flush(self) -> None:
        self._is_open = self._frames.state is OPEN
        writes = self._frames.data_to_send()
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._is_open and self.is_full(0):
            return  # pongs for a client that does not read them
        for data in writes:
            if data == SEND_EOF:
                end = transport.write_eof if transport.can_write_eof() else transport.close  # TLS
                end()
            else:
                transport.write(data)
        if not self._is_open and self._giving_up is None:
            self._giving_up = self._loop.call_later(self._limits.close_ms / 1000, self.abort)


def reset(transport: asyncio.Transport) -> None:
    """End a connection without the usual farewell (RFC 9293, 3.10.7: RST)."""
    connection = transport.get_extra_info("socket")
    if connection is not None:  # else it is encrypted, or gone
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def text_frame(data: bytes) -> bytes:
    """Write an unmasked text frame (RFC 6455, 5.2)."""
    length = len(data)
    if length < 126:
        return bytes((0x81, length)) + data
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2, "big") + data
    return b"\x81\x7f" + length.to_bytes(8, "big") + data
