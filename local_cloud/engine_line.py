"""How does a call reach the engine, and its answer come back? Over connections that are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httptools

from local_cloud.engine_client import Address
from local_cloud.loops import stream
from local_cloud.signatures import Request


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """What the engine answered; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Done = Callable[[EngineAnswer | None], None]  # None: the engine went away before it answered


class EngineLines:
    """The connections to the engine; each serves one call at a time, and is used again."""

    def __init__(self, engine: Callable[[], Address]) -> None:
        self._engine = engine
        self._idle: list[_Line] = []
        self._lines: set[_Line] = set()
        self._connecting: set[asyncio.Task[None]] = set()

    def send(self, request: Request, body: bytes, done: Done) -> None:
        """Send a request with this body over a free connection, or a new one."""
        while self._idle:
            line = self._idle.pop()
            if line.is_open:
                line.send(request, body, done)
                return
        task = asyncio.create_task(self._connect_and_send(request, body, done))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def ask(self, request: Request, body: bytes) -> EngineAnswer | None:
        """Send a request and wait for its answer."""
        answered: asyncio.Future[EngineAnswer | None] = asyncio.get_running_loop().create_future()

        def done(answer: EngineAnswer | None) -> None:
            if not answered.done():  # who asked may have stopped waiting
                answered.set_result(answer)

        self.send(request, body, done)
        return await answered

    async def stop(self) -> None:
        """Close every connection."""
        for task in list(self._connecting):
            task.cancel()
        for line in list(self._lines):
            line.abort()
        if self._connecting:
            await asyncio.wait(self._connecting)

    def opened(self, line: _Line) -> None:
        """Remember a connection."""
        self._lines.add(line)

    def is_free(self, line: _Line) -> None:
        """Use a connection again."""
        self._idle.append(line)

    def closed(self, line: _Line) -> None:
        """Forget a connection."""
        self._lines.discard(line)
        if line in self._idle:
            self._idle.remove(line)

    async def _connect_and_send(self, request: Request, body: bytes, done: Done) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, line = await loop.create_connection(lambda: _Line(self), *self._engine())
        except OSError:
            done(None)
        else:
            line.send(request, body, done)


class _Line(asyncio.Protocol):
    """A connection to the engine."""

    def __init__(self, lines: EngineLines) -> None:
        self._lines = lines
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._done: Done | None = None
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._is_complete = False
        self._is_kept = False

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def send(self, request: Request, body: bytes, done: Done) -> None:
        """Forward a request, reduced to what the engine reads."""
        assert self._transport is not None
        self._done = done
        self._is_complete = False
        self._headers, self._body = {}, []
        headers = request.headers
        head = (
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: {headers.get('content-type', 'application/x-amz-json-1.0')}\r\n"
            f"X-Amz-Target: {headers.get('x-amz-target', '')}\r\n"
            f"X-Amz-Date: {headers['x-amz-date']}\r\n"
            f"Authorization: {headers['authorization']}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(head.encode("latin-1") + body)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = stream(transport)
        self._lines.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lines.closed(self)
        self._finish(None)

    def data_received(self, data: bytes) -> None:
        if self._done is None:
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort()
            return
        if self._is_complete:
            answer = EngineAnswer(
                self._parser.get_status_code(), self._headers, b"".join(self._body)
            )
            done, self._done = self._done, None
            if self._is_kept:
                self._lines.is_free(self)
            else:
                self.abort()
            done(answer)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        self._is_complete = True
        self._is_kept = self._parser.should_keep_alive()  # the parser forgets it after this

    def abort(self) -> None:
        """Cut the connection off."""
        if self._transport is not None:
            self._transport.abort()

    def _finish(self, answer: EngineAnswer | None) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(answer)
