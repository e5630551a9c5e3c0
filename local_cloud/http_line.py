"""How are requests taken from one TCP connection, and answers written to it?

One request is answered at a time, in order; what a client sends ahead of the answers waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.http_parser import HttpParser, Stage
from local_cloud.limits import Limits
from local_cloud.loops import stream

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_TIMEOUT = json_answer(408, {"message": "Request Timeout"}, close=True)
_AHEAD = 32  # requests a client may send before their answers


class Owner(Protocol):
    """Who answers the requests of a line."""

    limits: Limits

    def line_made(self, line: HttpLine) -> None:
        """Take note of a new TCP connection."""

    def handle(self, request: Request, line: HttpLine) -> Answer | None:
        """Answer at once, or None and call `line.answer` or `line.upgrade` later."""

    def line_lost(self, line: HttpLine) -> None:
        """Take note that it ended, or has become a WebSocket."""


class HttpLine(asyncio.Protocol):
    """One TCP connection, until it ends or becomes a WebSocket."""

    def __init__(self, owner: Owner, loop: asyncio.AbstractEventLoop) -> None:
        self.when_lost: Callable[[], None] | None = None  # while a handshake is pending
        self._owner = owner
        self._loop = loop
        self._limits = owner.limits
        self._transport: asyncio.Transport | None = None
        self._parser = HttpParser(owner.limits, "")
        self._waiting: deque[Request | Answer] = deque()
        self._current: Request | None = None
        self._is_handling = False
        self._is_blocked = False  # the client does not read its answers
        self._is_paused = False  # we do not read its requests
        self._is_half_closed = False
        self._is_ending = False  # the last answer is written
        self._deadline = 0.0
        self._set_deadline(owner.limits.header_ms)

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = stream(transport)
        peer = transport.get_extra_info("peername")
        self._parser = HttpParser(self._limits, peer[0] if peer else "")
        self._owner.line_made(self)

    def data_received(self, data: bytes) -> None:
        """Take the requests that are complete now, and answer them in order."""
        if self._is_ending:
            return
        parser = self._parser
        before = (parser.requests_begun, parser.stage)
        found = parser.feed(data)
        if (parser.requests_begun, parser.stage) != before and parser.stage is not Stage.NONE:
            is_headers = parser.stage is Stage.HEADERS
            self._set_deadline(self._limits.header_ms if is_headers else self._limits.request_ms)
        if parser.after_upgrade and len(parser.after_upgrade) > self._limits.message_bytes:
            self.abort()  # frames before the handshake is answered have their limit too
        if found:
            self._waiting += found
            self._work()
        if parser.expects_continue and not self._is_handling and not self._is_ending:
            parser.expects_continue = False
            self._send(_CONTINUE)

    def eof_received(self) -> bool:
        """Stay for the answers of a client that has only finished asking."""
        self._is_half_closed = True
        return self._parser.after_upgrade is None and (self._is_handling or bool(self._waiting))

    def pause_writing(self) -> None:
        """Answer no more requests of a client that does not read."""
        self._is_blocked = True

    def resume_writing(self) -> None:
        """Go on."""
        self._is_blocked = False
        self._work()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._leave()

    # What the owner calls.

    def answer(self, answer: Answer) -> None:
        """Answer the request that `handle` left open; no matter if the client is gone."""
        self._is_handling = False
        self._write(answer)
        self._work()

    def upgrade(self, head: bytes, protocol: asyncio.Protocol) -> bytes:
        """Write a 101 and hand the connection over; answer what was sent ahead of it."""
        transport, self.when_lost = self._transport, None
        if transport is None:
            return b""
        transport.write(head)
        if self._is_paused:
            transport.resume_reading()
        self._leave()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        return bytes(self._parser.after_upgrade or b"")

    def check(self, now: float) -> None:
        """Let go of a client that is too slow, or has nothing to ask."""
        if now < self._deadline or self._transport is None or self._is_handling:
            return
        if self._is_ending or self._transport.get_write_buffer_size():
            self.abort()
        elif self._parser.stage is Stage.NONE:
            self._transport.close()
        else:
            self._current = None
            self._write(_TIMEOUT)

    def abort(self) -> None:
        """Let go of the client at once."""
        if self._transport is not None:
            self._transport.abort()

    # In order.

    def _work(self) -> None:
        while self._waiting and not (self._is_handling or self._is_blocked or self._is_ending):
            item = self._waiting.popleft()
            if isinstance(item, Answer):
                self._current = None
                self._write(item)
                continue
            self._current = item
            self._is_handling = True
            answer = self._owner.handle(item, self)
            if answer is not None:
                self._is_handling = False
                self._write(answer)
        self._regulate()

    def _regulate(self) -> None:
        transport = self._transport
        if transport is None:
            return
        is_ahead = len(self._waiting) > _AHEAD and not self._is_ending
        if is_ahead and not self._is_paused:
            transport.pause_reading()
        elif self._is_paused and not is_ahead:
            transport.resume_reading()
        self._is_paused = is_ahead
        if self._is_half_closed and not self._waiting and not self._is_handling:
            transport.close()

    def _write(self, answer: Answer) -> None:
        request = self._current
        keep_alive = request is not None and request.keep_alive
        is_head = request is not None and request.method == "HEAD"
        self._send(answer.to_bytes(is_head=is_head, keep_alive=keep_alive))
        if answer.close or not keep_alive:
            self._end()
        elif self._parser.stage is Stage.NONE:
            self._set_deadline(self._limits.keep_alive_ms)

    def _send(self, data: bytes) -> None:
        if self._transport is not None and not self._is_ending:
            self._transport.write(data)

    def _end(self) -> None:
        """Finish writing but read on: closing on unread bytes would destroy the last answer."""
        self._is_ending = True
        self._set_deadline(self._limits.close_ms)
        self._waiting.clear()
        transport = self._transport
        if transport is not None and not transport.is_closing():
            end = transport.write_eof if transport.can_write_eof() else transport.close  # TLS
            end()

    def _leave(self) -> None:
        self._is_ending = True
        self._waiting.clear()
        if self._transport is not None:
            self._transport = None
            self._owner.line_lost(self)
        if self.when_lost is not None:
            self.when_lost()

    def _set_deadline(self, after_ms: int) -> None:
        self._deadline = self._loop.time() + after_ms / 1000
