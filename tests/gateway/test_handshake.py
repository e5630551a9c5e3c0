"""1.11 (1) to (3): who gets a 101, and who another status."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus, NegotiationError

from local_cloud.limits import Limits
from local_cloud.resources import WebSocketAuthorizer
from tests.gateway.target import (
    SIGNED,
    Never,
    Target,
    allow,
    running,
    soon,
    upgrade_request,
    web_socket_api,
)


async def refused(target: Target, query: str = "", **options: Any) -> tuple[int, dict[str, Any]]:
    """Open a WebSocket that must be refused; tell the status and the body."""
    with pytest.raises(InvalidStatus) as caught:
        async with target.connect(query, **options):
            pass
    response = caught.value.response
    return response.status_code, json.loads(response.body or b"{}")


async def test_a_2xx_of_connect_opens_the_socket(target: Target) -> None:
    """WebSocket guide, "$connect": a 2xx lets the connection be made."""
    target.on("Connect", lambda event: {"statusCode": 204})

    async with target.connect() as socket:
        assert socket.response is not None
        assert socket.response.status_code == 101


async def test_the_accept_key_is_that_of_the_rfc(target: Target) -> None:
    """RFC 6455, 1.3: its own example of key and answer."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    writer.write(upgrade_request())

    head = await soon(reader.readuntil(b"\r\n\r\n"))

    writer.close()
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in head


async def test_the_upgrade_waits_for_connect(target: Target) -> None:
    """WebSocket guide, "$connect": the connection is pending until the integration answers."""
    may_answer = asyncio.Event()

    async def slow(event: dict[str, Any]) -> dict[str, Any]:
        await may_answer.wait()
        return {"statusCode": 200}

    target.on("Connect", slow)
    opening = asyncio.ensure_future(soon(target.connect().__aenter__()))
    await target.event_of("Connect")

    assert not opening.done()
    may_answer.set()
    socket = await opening
    await socket.close()


@pytest.mark.parametrize("status", [301, 400, 401, 403, 429, 500, 503])
async def test_another_status_of_connect_refuses_with_it(target: Target, status: int) -> None:
    """WebSocket guide, "$connect": "!2xx" closes with that status; its example is a 400."""
    target.on("Connect", lambda event: {"statusCode": status, "body": "not forwarded"})

    answered, body = await refused(target)

    assert answered == status
    assert set(body) == {"message", "connectionId", "requestId"}
    assert "not forwarded" not in json.dumps(body)


def _raise(event: dict[str, Any]) -> Any:
    raise KeyError("sessions")


@pytest.mark.parametrize(
    "handler",
    [
        _raise,
        lambda event: None,
        lambda event: "200",
        lambda event: {"status": 200},
        lambda event: {"statusCode": "200"},
        lambda event: {"statusCode": True},
        lambda event: {"statusCode": 99},
        lambda event: {"statusCode": 200, "headers": ["a"]},
        lambda event: {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "a\r\nX: y"}},
    ],
)
async def test_a_connect_that_fails_or_answers_junk_is_a_502(target: Target, handler: Any) -> None:
    """Reported by users: 502 when `$connect` raises or its answer is malformed."""
    target.on("Connect", handler)

    status, body = await refused(target)

    assert status == 502
    assert body["message"] == "Internal server error"


async def test_a_connect_that_takes_too_long_is_a_502() -> None:
    """WebSocket quotas, "Integration timeout"; the limit is shrunk here."""
    async with running(limits=Limits(integration_ms=50)) as target:
        target.on("Connect", (never := Never()).handler)

        status, _ = await refused(target)

        assert status == 502
        never.end()


async def test_an_unknown_stage_is_forbidden(target: Target) -> None:
    """An execute-api host answers 403 for a stage it does not know. Control: `/ws` opens."""
    assert (await target.raw(upgrade_request("/prod"))).startswith(b"HTTP/1.1 403 ")
    assert (await target.raw(upgrade_request("/ws/extra"))).startswith(b"HTTP/1.1 403 ")
    assert target.invoker.invoked == []
    async with target.connect():
        pass


async def test_a_plain_request_to_the_stage_must_upgrade(target: Target) -> None:
    """426, seen in a suite that runs on AWS (serverless-offline)."""
    for method in ("GET", "POST", "HEAD", "DELETE"):
        reply = await target.http(method, "/ws?a=1")
        assert reply.status == 426
        assert reply.headers["upgrade"] == "websocket"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (upgrade_request(method="POST"), b"426"),
        (upgrade_request(Sec_WebSocket_Version="8"), b"426"),
        (upgrade_request(Sec_WebSocket_Key="short"), b"400"),
        (upgrade_request(Sec_WebSocket_Key=""), b"400"),
    ],
)
async def test_a_malformed_handshake_is_refused(
    target: Target, request_bytes: bytes, status: bytes
) -> None:
    """RFC 6455, 4.2.1 and 4.4. Control: the request of the RFC's example is accepted, above."""
    assert (await target.raw(request_bytes)).startswith(b"HTTP/1.1 " + status)
    assert target.invoker.invoked == []


async def test_only_the_subprotocol_is_forwarded_from_connect(target: Target) -> None:
    """WebSocket guide, "$connect", "Sec-WebSocket-Protocol"; AWS staff: no other header is."""
    headers = {"sec-websocket-protocol": "teahouse.v1", "Set-Cookie": "a=1", "X-Own": "b"}
    target.on("Connect", lambda event: {"statusCode": 200, "headers": headers, "body": "hi"})

    async with target.connect(subprotocols=["ticket.x", "teahouse.v1"]) as socket:
        assert socket.subprotocol == "teahouse.v1"
        assert socket.response is not None
        assert "Set-Cookie" not in socket.response.headers
        assert "X-Own" not in socket.response.headers
    event = await target.event_of("Connect")
    assert event["headers"]["Sec-WebSocket-Protocol"] == "ticket.x, teahouse.v1"


async def test_no_subprotocol_is_chosen_unless_connect_does(target: Target) -> None:
    """WebSocket guide: a client that asked for one fails then. Control: the test above."""
    async with target.connect(subprotocols=["teahouse.v1"]) as socket:
        assert socket.subprotocol is None
    target.on(
        "Connect", lambda e: {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "other"}}
    )
    with pytest.raises(NegotiationError):
        await target.connect(subprotocols=["teahouse.v1"])


async def test_without_a_connect_route_everybody_is_accepted() -> None:
    """WebSocket guide, "$connect": the route is optional."""
    async with (
        running(api=web_socket_api(without=("$connect",))) as target,
        target.connect() as socket,
    ):
        await socket.send('{"action":"sendMessage"}')
        await target.event_of("SendMessage")


async def test_a_post_during_connect_is_gone(target: Target) -> None:
    """WebSocket guide, "@connections": until `$connect` has answered there is no connection.

    Control: the same post reaches the client once the socket is open.
    """
    statuses: list[int] = []

    async def greet(event: dict[str, Any]) -> dict[str, Any]:
        reply = await target.post(event["requestContext"]["connectionId"], b"too early")
        statuses.append(reply.status)
        return {"statusCode": 200}

    target.on("Connect", greet)
    async with target.connected() as (socket, connection_id):
        assert statuses == [410]
        assert (await target.post(connection_id, b"in time")).status == 200
        assert await soon(socket.recv()) == "in time"


async def test_messages_sent_ahead_of_the_101_arrive(target: Target) -> None:
    """A client may not wait for the 101; its bytes are not lost."""
    frame = bytes([0x81, 0x80 | 2, 0, 0, 0, 0]) + b"{}"
    reader, writer = await asyncio.open_connection(target.host, target.port)

    writer.write(upgrade_request() + frame)

    event = await target.event_of("Default")
    writer.close()
    assert event["body"] == "{}"
    await soon(reader.read())


async def test_who_leaves_during_connect_is_disconnected_if_connect_noted_him(
    target: Target,
) -> None:
    """`$disconnect` follows a `$connect` that succeeded, even when nobody is there any more."""
    may_answer = asyncio.Event()

    async def slow(event: dict[str, Any]) -> dict[str, Any]:
        await may_answer.wait()
        return {"statusCode": 200}

    target.on("Connect", slow)
    _, writer = await asyncio.open_connection(target.host, target.port)
    writer.write(upgrade_request())
    connected = await target.event_of("Connect")
    writer.transport.abort()
    reply = await target.http("GET", "/api/any")  # the lost line has been noticed by then
    assert reply.status == 200

    may_answer.set()

    event = await target.event_of("Disconnect")
    assert event["requestContext"]["disconnectStatusCode"] == 1006
    ids = (connected["requestContext"]["connectionId"], event["requestContext"]["connectionId"])
    assert ids[0] == ids[1]


# The authorizer.


def deny(event: dict[str, Any]) -> dict[str, Any]:
    answer = allow(event)
    answer["policyDocument"]["Statement"][0]["Effect"] = "Deny"
    return answer


def _unauthorized(event: dict[str, Any]) -> Any:
    raise PermissionError("Unauthorized")


def _unauthorized_otherwise(event: dict[str, Any]) -> Any:
    raise PermissionError("Unauthorized: no ticket")


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (_unauthorized, 401),
        (_unauthorized_otherwise, 500),
        (deny, 403),
        (lambda event: {**allow(event), "policyDocument": {}}, 500),
        (lambda event: None, 500),
        (lambda event: {**allow(event), "context": {"roles": ["a"]}}, 500),
        (lambda event: allow(event, filler="x" * 8_192), 500),
    ],
)
async def test_a_refusing_authorizer_has_its_status(handler: Any, status: int) -> None:
    """WebSocket guide, "Lambda REQUEST authorizers"; quotas, "authorizer result size": 8 KB."""
    async with running(api=web_socket_api(authorizer=WebSocketAuthorizer("Authorize"))) as target:
        target.on("Authorize", handler)

        answered, body = await refused(target)

        assert answered == status
        assert set(body) == {"message", "connectionId", "requestId"}
        assert target.invoker.invoked == ["Authorize"]


async def test_an_allowing_authorizer_runs_once_and_before_connect() -> None:
    """WebSocket guide, "Lambda REQUEST authorizers": on `$connect` only."""
    async with running(api=web_socket_api(authorizer=WebSocketAuthorizer("Authorize"))) as target:
        target.on("Authorize", allow)

        async with target.connect() as socket:
            await socket.send("{}")
            await target.event_of("Default")
        await target.event_of("Disconnect")

        assert target.invoker.invoked == ["Authorize", "Connect", "Default", "Disconnect"]


@pytest.mark.parametrize(
    "source", ["route.request.header.X-Ticket", "route.request.querystring.ticket"]
)
async def test_a_missing_identity_source_is_unauthorized_without_an_invocation(
    source: str,
) -> None:
    """WebSocket guide, "Identity sources": missing or empty is a 401. Control: present."""
    authorizer = WebSocketAuthorizer("Authorize", (source,))
    async with running(api=web_socket_api(authorizer=authorizer)) as target:
        target.on("Authorize", allow)

        assert (await refused(target))[0] == 401
        empty = {"X-Ticket": ""}
        assert (await refused(target, "?ticket=", additional_headers=empty))[0] == 401
        assert target.invoker.invoked == []
        async with target.connect("?ticket=t1", additional_headers={"x-ticket": "t1"}):
            assert target.invoker.invoked == ["Authorize", "Connect"]


async def test_an_authorizer_that_takes_too_long_is_a_500() -> None:
    """Reported by users: an authorizer that fails otherwise is a 500."""
    api = web_socket_api(authorizer=WebSocketAuthorizer("Authorize"))
    async with running(api=api, limits=Limits(authorizer_ms=50)) as target:
        target.on("Authorize", (never := Never()).handler)

        assert (await refused(target))[0] == 500
        never.end()


async def test_posting_while_the_authorizer_runs_is_gone() -> None:
    """The authorizer sees the final id, but there is no connection yet."""
    async with running(api=web_socket_api(authorizer=WebSocketAuthorizer("Authorize"))) as target:
        statuses: list[int] = []

        async def greet(event: dict[str, Any]) -> dict[str, Any]:
            path = event["requestContext"]["connectionId"].replace("=", "%3D")
            reply = await target.http("GET", f"/ws/@connections/{path}", headers=SIGNED)
            statuses.append(reply.status)
            return allow(event)

        target.on("Authorize", greet)
        async with target.connected() as (_, connection_id):
            assert statuses == [410]
            assert (await target.post(connection_id, b"now")).status == 200
