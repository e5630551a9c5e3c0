"""What do the conformance tests drive? A gateway by its addresses, with handlers they choose.

Tests reach it through real sockets only; a target on AWS would offer the same addresses, with
functions that do what the handlers here do.
"""

from __future__ import annotations

import asyncio
import http.client
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from websockets.asyncio.client import ClientConnection, connect

from local_cloud.faults import FaultPlan, Faults
from local_cloud.invocation import Failed, Outcome, Succeeded
from local_cloud.limits import Limits
from local_cloud.management_api import Verify
from local_cloud.resources import (
    Cloud,
    HttpApi,
    HttpRoute,
    WebSocketApi,
    WebSocketAuthorizer,
    WebSocketRoute,
)
from local_cloud.server import Server

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=..."}
PATIENCE_S = 10  # a test that waits longer has failed

T = TypeVar("T")
Handler = Callable[[dict[str, Any]], Any]


class ScriptedInvoker:
    """Runs plain callables as functions, and lets a test wait for their events."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.invoked: list[str] = []
        self._events: dict[str, asyncio.Queue[dict[str, Any]]] = {}

    async def invoke(self, function_id: str, event: Mapping[str, Any]) -> Outcome:
        own = json.loads(json.dumps(event))
        self.invoked.append(function_id)
        self.events_of(function_id).put_nowait(own)
        try:
            handler: Handler = self.handlers.get(function_id, _succeed)
            result = handler(own)
            if inspect.isawaitable(result):
                result = await result
        except Exception as error:  # whatever a handler raises is an answer, as on Lambda
            return Failed(type(error).__name__, str(error))
        return Succeeded(json.loads(json.dumps(result)))

    def events_of(self, function_id: str) -> asyncio.Queue[dict[str, Any]]:
        return self._events.setdefault(function_id, asyncio.Queue())


def _succeed(event: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": 200}


@dataclass
class HttpReply:
    """What an independent HTTP client read."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Target:
    """One running gateway."""

    host: str
    port: int
    stage: str
    invoker: ScriptedInvoker
    server: Server
    faults: Faults
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def web_socket_url(self) -> str:
        return f"ws://{self.host}:{self.port}/{self.stage}"

    @property
    def management_url(self) -> str:
        return f"http://{self.host}:{self.port}/{self.stage}"

    def on(self, function_id: str, handler: Handler) -> None:
        """Let a function do this from now on."""
        self.invoker.handlers[function_id] = handler

    async def event_of(self, function_id: str) -> dict[str, Any]:
        """Wait for the next event of a function."""
        return await soon(self.invoker.events_of(function_id).get())

    def connect(self, query: str = "", **options: Any) -> connect:
        """Open a WebSocket with an independent client."""
        return connect(self.web_socket_url + query, **{"compression": None, **options})

    @asynccontextmanager
    async def connected(
        self, query: str = "", **options: Any
    ) -> AsyncIterator[tuple[ClientConnection, str]]:
        """Open a WebSocket and tell the id of its connection."""
        async with self.connect(query, **options) as socket:
            event = await self.event_of("Connect")
            yield socket, event["requestContext"]["connectionId"]

    async def http(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpReply:
        """Ask with the standard library's HTTP client."""
        return await asyncio.to_thread(self._http, method, path, body, dict(headers or {}))

    async def post(self, connection_id: str, data: bytes) -> HttpReply:
        """Post to a connection."""
        path = f"/{self.stage}/@connections/{connection_id.replace('=', '%3D')}"
        return await self.http("POST", path, data, SIGNED)

    async def raw(self, data: bytes) -> bytes:
        """Write bytes to a new TCP connection and read what comes until it ends."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(data)
            return await soon(reader.read())
        finally:
            writer.close()

    def management_client(self) -> Any:
        """Make boto3's client, as the handlers have it; it retries nothing."""
        return boto3.client(
            "apigatewaymanagementapi",
            endpoint_url=self.management_url,
            region_name="us-east-1",
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="example",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def _http(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> HttpReply:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            pairs = response.getheaders()
            cookies = [value for name, value in pairs if name.lower() == "set-cookie"]
            lower = {name.lower(): value for name, value in pairs}
            return HttpReply(response.status, lower, cookies, response.read())
        finally:
            connection.close()


class Never:
    """A handler that does not answer until the test lets it end."""

    def __init__(self) -> None:
        self._may_end = asyncio.Event()

    async def handler(self, event: dict[str, Any]) -> dict[str, Any]:
        await self._may_end.wait()
        return {"statusCode": 200}

    def end(self) -> None:
        self._may_end.set()


async def soon(awaitable: Awaitable[T]) -> T:
    """Wait, but not forever."""
    return await asyncio.wait_for(awaitable, PATIENCE_S)


def upgrade_request(path: str = "/ws", method: str = "GET", **headers: str) -> bytes:
    """Write a handshake by hand; its key is the RFC's example (RFC 6455, 1.3)."""
    fields = {
        "Host": "localhost",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def allow(event: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Answer as an authorizer that lets the handshake go on."""
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": event["methodArn"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "u1", "policyDocument": policy, "context": context}


def web_socket_api(
    *, without: tuple[str, ...] = (), authorizer: WebSocketAuthorizer | None = None, **other: Any
) -> WebSocketApi:
    """Declare a WebSocket API with a function for each route."""
    functions = {
        "$connect": "Connect",
        "$disconnect": "Disconnect",
        "$default": "Default",
        "sendMessage": "SendMessage",
    }
    routes = {
        key: WebSocketRoute(key, function_id)
        for key, function_id in functions.items()
        if key not in without
    }
    return WebSocketApi(
        "Sockets", "abcdef1234", "ws", "$request.body.action", routes, authorizer, **other
    )


HTTP_ROUTES = (
    HttpRoute("ANY", "/api/{proxy+}", "Proxy"),
    HttpRoute("GET", "/api/rooms/{roomId}", "GetRoom"),
    HttpRoute("GET", "/api/rooms/public", "PublicRooms"),
    HttpRoute("ANY", "/api/rooms", "AnyRooms"),
    HttpRoute("POST", "/api/rooms", "CreateRoom"),
)


@asynccontextmanager
async def running(
    *,
    api: WebSocketApi | None = None,
    http_apis: tuple[HttpApi, ...] | None = None,
    site: Path | None = None,
    limits: Limits | None = None,
    plan: FaultPlan | None = None,
    verify: Verify | None = None,
    host: str = "127.0.0.1",
    **options: Any,
) -> AsyncIterator[Target]:
    """Run a gateway on a port of its own."""
    api = api or web_socket_api()
    if http_apis is None:
        http_apis = (HttpApi("Http", "http123", "$default", HTTP_ROUTES),)
    invoker, faults = ScriptedInvoker(), Faults(plan)
    told: list[dict[str, Any]] = []
    server = Server(
        cloud=Cloud({}, (api,), http_apis, (), ()),
        invoker=invoker,
        verify=verify or _signed_by,
        site=site,
        limits=limits or Limits(),
        faults=faults,
        on_event=told.append,
        **options,
    )
    await server.start(host, 0)
    try:
        yield Target("127.0.0.1", server.port, api.stage, invoker, server, faults, told)
    finally:
        await server.stop()


def _signed_by(method: str, path: str, headers: Mapping[str, str], body: bytes) -> str | None:
    return "Sender" if headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 ") else None
