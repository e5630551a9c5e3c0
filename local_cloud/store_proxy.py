"""Who may speak to the store? Known functions, with a valid signature, from this machine.

The engine checks nothing and even invites other origins' pages, and a page can reach every port
of 127.0.0.1: so handlers get this address, and the engine's is one that nobody guesses.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httptools

from local_cloud.engine_client import Address
from local_cloud.signatures import Refusal, Request, Signatures

MAX_BODY_BYTES = 16 * 1024 * 1024 + 65_536  # DynamoDB: BatchWriteItem takes 16 MB
CORAL = "com.amazon.coral.service#"
DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
REFUSALS = {  # texts as DynamoDB gives them
    Refusal.UNSIGNED: ("MissingAuthenticationTokenException", "Missing Authentication Token"),
    Refusal.UNKNOWN_KEY: (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    ),
    Refusal.OUT_OF_TIME: ("InvalidSignatureException", "Signature expired or not yet current"),
    Refusal.WRONG_SCOPE: (
        "InvalidSignatureException",
        "Credential should be scoped to a valid region and service.",
    ),
    Refusal.MISMATCH: (
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided.",
    ),
}


class StoreProxy:
    """Listens on the loopback and forwards what is signed; `engine` is asked for its address."""

    def __init__(self, signatures: Signatures, engine: Callable[[], Address]) -> None:
        self._signatures = signatures
        self._engine = engine
        self._server: asyncio.Server | None = None
        self._clients: set[Client] = set()
        self._idle: list[Engine] = []
        self._engines: set[Engine] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Client(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._connecting):
            task.cancel()
        for client in list(self._clients):
            client.abort()
        for engine in list(self._engines):
            engine.abort()
        if self._connecting:
            await asyncio.wait(self._connecting)
        if self._server is not None:
            await self._server.wait_closed()

    def opened(self, client: Client) -> None:
        """Remember a client's connection."""
        self._clients.add(client)

    def closed(self, client: Client) -> None:
        """Forget a client's connection."""
        self._clients.discard(client)

    def refusal(self, request: Request) -> bytes | None:
        """Return the answer to a request that may not pass."""
        host = request.headers.get("host", "")
        if host not in (f"127.0.0.1:{self.port}", f"localhost:{self.port}"):
            # A page that rebinds its own name to the loopback still sends that name.
            return failure(403, CORAL + "AccessDeniedException", "This host is not served here")
        if "origin" in request.headers or "sec-fetch-site" in request.headers:
            return failure(403, CORAL + "AccessDeniedException", "Browsers are not served here")
        judged = self._signatures.judge(request, service="dynamodb")
        if isinstance(judged, Refusal):
            kind, text = REFUSALS[judged]
            return failure(400, CORAL + kind, text)
        if request.method != "POST" or request.path != "/":
            return failure(400, CORAL + "UnknownOperationException", "")
        return None

    def forward(self, client: Client, request: Request) -> None:
        """Send the request to the engine over a free connection, or a new one."""
        while self._idle:
            engine = self._idle.pop()
            if engine.is_open:
                engine.send(client, request)
                return
        task = asyncio.create_task(self._connect_and_send(client, request))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect_and_send(self, client: Client, request: Request) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, engine = await loop.create_connection(lambda: Engine(self), *self._engine())
        except OSError:
            client.answer(restarting())
        else:
            engine.send(client, request)

    def engine_opened(self, engine: Engine) -> None:
        """Remember a connection to the engine."""
        self._engines.add(engine)

    def engine_idle(self, engine: Engine) -> None:
        """Use the connection again."""
        self._idle.append(engine)

    def engine_closed(self, engine: Engine) -> None:
        """Forget a connection to the engine."""
        self._engines.discard(engine)
        if engine in self._idle:
            self._idle.remove(engine)


class Client(asyncio.Protocol):
    """A handler's connection: one request after the other."""

    def __init__(self, proxy: StoreProxy) -> None:
        self._proxy = proxy
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._waiting: list[Request] = []
        self._is_busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._proxy.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._proxy.closed(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort()

    def on_message_begin(self) -> None:
        self._url, self._headers, self._body = b"", {}, bytearray()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self._headers[key] = f"{self._headers[key]},{text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        if self._headers.get("expect", "").lower() == "100-continue" and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > MAX_BODY_BYTES:
            self.abort()

    def on_message_complete(self) -> None:
        method, path = self._parser.get_method().decode("latin-1"), self._url.decode("latin-1")
        self._waiting.append(Request(method, path, self._headers, bytes(self._body)))
        self._next()

    def answer(self, data: bytes) -> None:
        """Write a whole answer."""
        self.relay(data)
        self.finish()

    def relay(self, data: bytes) -> None:
        """Write a part of an answer."""
        if self._transport is not None:
            self._transport.write(data)

    def finish(self) -> None:
        """Turn to the next request, now that this one is answered."""
        self._is_busy = False
        self._next()

    def abort(self) -> None:
        """Cut the connection off."""
        if self._transport is not None:
            self._transport.abort()

    def _next(self) -> None:
        if self._is_busy or not self._waiting:
            return
        self._is_busy = True
        request = self._waiting.pop(0)
        refusal = self._proxy.refusal(request)
        if refusal is None:
            self._proxy.forward(self, request)
        else:
            self.answer(refusal)


class Engine(asyncio.Protocol):
    """A connection to the engine; it serves one client at a time."""

    def __init__(self, proxy: StoreProxy) -> None:
        self._proxy = proxy
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._client: Client | None = None
        self._has_answered = False
        self._is_complete = False
        self._is_kept = False

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def send(self, client: Client, request: Request) -> None:
        """Forward a request, reduced to what the engine reads."""
        assert self._transport is not None
        self._client = client
        self._has_answered = self._is_complete = False
        headers = request.headers
        head = (
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: {headers.get('content-type', 'application/x-amz-json-1.0')}\r\n"
            f"X-Amz-Target: {headers.get('x-amz-target', '')}\r\n"
            f"X-Amz-Date: {headers['x-amz-date']}\r\n"
            f"Authorization: {headers['authorization']}\r\n"
            f"Content-Length: {len(request.body)}\r\n\r\n"
        )
        self._transport.write(head.encode("latin-1") + request.body)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._proxy.engine_opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._proxy.engine_closed(self)
        if self._client is not None:
            if self._has_answered:
                self._client.abort()
            else:
                self._client.answer(restarting())
            self._client = None

    def data_received(self, data: bytes) -> None:
        if self._client is None:
            self.abort()
            return
        client = self._client
        self._has_answered = True
        client.relay(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort()
            return
        if self._is_complete:
            self._client = None
            if self._is_kept:
                self._proxy.engine_idle(self)
            else:
                self.abort()
            client.finish()

    def on_message_complete(self) -> None:
        self._is_complete = True
        self._is_kept = self._parser.should_keep_alive()  # the parser forgets it after this

    def abort(self) -> None:
        """Cut the connection off."""
        if self._transport is not None:
            self._transport.abort()


def failure(status: int, kind: str, text: str) -> bytes:
    """Write an error as DynamoDB does."""
    body = json.dumps({"__type": kind, "message": text}).encode()
    reason = {400: "Bad Request", 403: "Forbidden", 500: "Internal Server Error"}[status]
    head = (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def restarting() -> bytes:
    """Write what DynamoDB answers when it has a problem of its own; SDKs try again."""
    return failure(500, DYNAMODB + "InternalServerError", "The store is being restarted")
