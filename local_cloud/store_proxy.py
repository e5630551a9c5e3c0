"""Who may speak to the store, and what may they do there? Known functions, as their roles say.

The engine checks nothing and even invites other origins' pages, and a page can reach every port
of 127.0.0.1: so handlers get this address, and the engine's is one that nobody guesses.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from functools import partial

import httptools

from local_cloud.access import Access
from local_cloud.engine_client import Address
from local_cloud.engine_line import EngineAnswer, EngineLines
from local_cloud.loops import stream
from local_cloud.resources import Table
from local_cloud.signatures import Refusal, Request, Signatures
from local_cloud.store_answers import CORAL, failure, restarting, written
from local_cloud.store_calls import Call, partition_keys, read_call
from local_cloud.store_calls import refusal as role_refusal
from local_cloud.store_faults import Intact, StoreFaults
from local_cloud.store_units import StoreCall, asked_for_units, take_units

MAX_BODY_BYTES = 16 * 1024 * 1024 + 65_536  # DynamoDB: BatchWriteItem takes 16 MB
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
    """Listens on the loopback and forwards what is signed; `engine` is asked for its address.

    Without `access`, whoever signs may do everything. `on_call` is told what each call cost.
    """

    def __init__(
        self,
        signatures: Signatures,
        engine: Callable[[], Address],
        *,
        access: Access | None = None,
        tables: Iterable[Table] = (),
        faults: StoreFaults | None = None,
        on_call: Callable[[StoreCall], None] = lambda call: None,
    ) -> None:
        self._signatures = signatures
        self._access = access
        self._keys = partition_keys(tables)
        self._faults = faults
        self._on_call = on_call
        self._lines = EngineLines(engine)
        self._server: asyncio.Server | None = None
        self._clients: set[Client] = set()
        self._tasks: set[asyncio.Task[None]] = set()
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
        for client in list(self._clients):
            client.abort()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._lines.stop()
        if self._server is not None:
            await self._server.wait_closed()

    def opened(self, client: Client) -> None:
        """Remember a client's connection."""
        self._clients.add(client)

    def closed(self, client: Client) -> None:
        """Forget a client's connection."""
        self._clients.discard(client)

    def serve(self, client: Client, request: Request) -> None:
        """Answer a request, now or later."""
        call = self._admitted(request)
        if isinstance(call, bytes):
            client.answer(call)
        elif self._faults is None or not self._faults.are_possible:
            done = partial(self._answered, client, call, time.perf_counter())
            self._lines.send(request, asked_for_units(call), done)
        else:
            task = asyncio.create_task(self._carry_out(self._faults, client, call))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _admitted(self, request: Request) -> Call | bytes:
        """Return the call of a request that may pass, or the answer to one that may not."""
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
        try:
            call = read_call(judged, request)
        except (ValueError, RecursionError):
            return failure(400, CORAL + "SerializationException", "The request cannot be read")
        if self._access is not None:
            refused = role_refusal(self._access, call, self._keys)
            if refused is not None:
                return failure(400, CORAL + "AccessDeniedException", refused)
        return call

    def _answered(
        self, client: Client, call: Call, started_at: float, answer: EngineAnswer | None
    ) -> None:
        if answer is None:
            client.answer(restarting())
            return
        body = self._accounted(call, started_at, answer)
        is_changed = body is not answer.body
        client.answer(written(answer.status, body, answer.headers, is_changed=is_changed))

    def _accounted(self, call: Call, started_at: float, answer: EngineAnswer) -> bytes:
        """Note what a call cost, and return its answer as the caller would have had it."""
        body, read, write = take_units(call, answer.status, answer.body)
        duration_ms = (time.perf_counter() - started_at) * 1000
        facts = (call.function_id, call.operation, call.table, read, write)
        self._on_call(StoreCall(*facts, duration_ms, answer.status))
        return body

    async def _carry_out(self, faults: StoreFaults, client: Client, call: Call) -> None:
        async def forward(changed: Call) -> Intact:
            started_at = time.perf_counter()
            answer = await self._lines.ask(changed.request, asked_for_units(changed))
            if answer is None:
                return None
            return answer.status, self._accounted(changed, started_at, answer)

        async def peek(request: Request) -> Intact:
            answer = await self._lines.ask(request, request.body)
            return None if answer is None else (answer.status, answer.body)

        await faults.carry_out(call, forward, peek, client)


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
        self._transport = stream(transport)
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
        """Write an answer and turn to the next request."""
        if self._transport is not None:
            self._transport.write(data)
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
        self._proxy.serve(self, self._waiting.pop(0))
