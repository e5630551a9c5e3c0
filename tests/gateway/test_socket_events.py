"""1.11 (4): what handlers receive from a real client.

Fields: API Gateway guide, "Lambda proxy integrations for WebSocket APIs" and "REQUEST
authorizers"; absences, case and the repeated authorizer context: events captured on AWS.
"""

from __future__ import annotations

import re
from typing import Any

from local_cloud.resources import WebSocketAuthorizer
from tests.gateway.target import Target, allow, running, soon, web_socket_api

COMMON = {
    "routeKey",
    "eventType",
    "extendedRequestId",
    "requestTime",
    "messageDirection",
    "stage",
    "connectedAt",
    "requestTimeEpoch",
    "identity",
    "requestId",
    "domainName",
    "connectionId",
    "apiId",
}
ID = re.compile(r"[A-Za-z0-9_-]{15}=")
NOW_MS = 1_742_085_982_306


def check_common(target: Target, event: dict[str, Any], route_key: str, event_type: str) -> None:
    context = event["requestContext"]
    assert "version" not in event  # a WebSocket event has none; powertools tells types by it
    assert "stageVariables" not in event
    assert event["isBase64Encoded"] is False
    assert context["routeKey"] == route_key
    assert context["eventType"] == event_type
    assert context["messageDirection"] == "IN"
    assert context["stage"] == "ws"
    assert context["apiId"] == "abcdef1234"
    assert context["domainName"] == f"{target.host}:{target.port}"
    assert context["requestId"] == context["extendedRequestId"]
    assert ID.fullmatch(context["requestId"])
    assert ID.fullmatch(context["connectionId"])
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["requestTime"] == "16/Mar/2025:00:46:22 +0000"
    assert context["requestTimeEpoch"] == context["connectedAt"] == NOW_MS


async def test_a_connect_event_has_the_clients_headers_and_query() -> None:
    async with running(clock=lambda: NOW_MS) as target:
        headers = [("X-mIxEd", "a"), ("Cookie", "sid=1; t=2"), ("X-mIxEd", "b"), ("Origin", "o")]
        query = "?ticket=t%201&x=1&x=2&empty="
        async with target.connect(query, additional_headers=headers):
            event = await target.event_of("Connect")

    check_common(target, event, "$connect", "CONNECT")
    assert set(event) == {
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "requestContext",
        "isBase64Encoded",
    }
    assert set(event["requestContext"]) == COMMON
    sent = event["headers"]
    assert sent["X-mIxEd"] == "b"
    assert event["multiValueHeaders"]["X-mIxEd"] == ["a", "b"]
    assert sent["Cookie"] == "sid=1; t=2"
    assert sent["Host"] == f"127.0.0.1:{target.port}"
    assert sent["Sec-WebSocket-Version"] == "13"
    assert not {"connection", "upgrade", "content-length"} & {name.lower() for name in sent}
    assert sent["X-Forwarded-For"] == "127.0.0.1"
    assert sent["X-Forwarded-Port"] == str(target.port)
    assert sent["X-Forwarded-Proto"] == "http"
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", sent["X-Amzn-Trace-Id"])
    assert event["queryStringParameters"] == {"ticket": "t 1", "x": "2", "empty": ""}
    assert event["multiValueQueryStringParameters"]["x"] == ["1", "2"]
    assert event["requestContext"]["identity"]["userAgent"] == sent["User-Agent"]


async def test_without_a_query_or_a_user_agent_their_fields_are_absent() -> None:
    async with running(clock=lambda: NOW_MS) as target, target.connect(user_agent_header=None):
        event = await target.event_of("Connect")

    assert "queryStringParameters" not in event
    assert "multiValueQueryStringParameters" not in event
    assert event["requestContext"]["identity"] == {"sourceIp": "127.0.0.1"}


async def test_a_forwarded_for_of_the_client_stays_in_front() -> None:
    async with (
        running() as target,
        target.connect(additional_headers={"x-forwarded-for": "203.0.113.7"}),
    ):
        event = await target.event_of("Connect")

    assert event["headers"]["X-Forwarded-For"] == "203.0.113.7, 127.0.0.1"
    assert "x-forwarded-for" not in event["headers"]
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"


async def test_a_message_event_has_a_body_and_no_headers() -> None:
    async with (
        running(clock=lambda: NOW_MS) as target,
        target.connected() as (socket, connection_id),
    ):
        await socket.send('{"action":"sendMessage","text":"好"}')
        event = await target.event_of("SendMessage")

    check_common(target, event, "sendMessage", "MESSAGE")
    assert set(event) == {"requestContext", "body", "isBase64Encoded"}
    assert set(event["requestContext"]) == COMMON | {"messageId"}
    assert ID.fullmatch(event["requestContext"]["messageId"])
    assert event["requestContext"]["messageId"] != event["requestContext"]["requestId"]
    assert event["requestContext"]["connectionId"] == connection_id
    assert event["body"] == '{"action":"sendMessage","text":"好"}'


async def test_a_disconnect_event_has_four_fixed_headers_and_the_code() -> None:
    async with running(clock=lambda: NOW_MS) as target:
        async with target.connected("?q=1", additional_headers={"Cookie": "s=1"}) as (socket, own):
            await socket.close(1001, "")
        event = await target.event_of("Disconnect")

    check_common(target, event, "$disconnect", "DISCONNECT")
    assert set(event) == {"headers", "multiValueHeaders", "requestContext", "isBase64Encoded"}
    host = f"127.0.0.1:{target.port}"
    assert event["headers"] == {
        "Host": host,
        "x-api-key": "",
        "X-Forwarded-For": "",
        "x-restapi": "",
    }
    assert event["multiValueHeaders"]["Host"] == [host]
    extra = {"disconnectStatusCode", "disconnectReason"}
    assert set(event["requestContext"]) == COMMON | extra
    assert event["requestContext"]["disconnectStatusCode"] == 1001
    assert event["requestContext"]["disconnectReason"] == ""
    assert event["requestContext"]["connectionId"] == own


async def test_an_authorizer_event_shows_the_handshake_with_empty_maps() -> None:
    api = web_socket_api(authorizer=WebSocketAuthorizer("Authorize"))
    async with running(api=api, clock=lambda: NOW_MS) as target:
        target.on("Authorize", allow)
        async with target.connected() as (_, connection_id):
            event = await target.event_of("Authorize")

    assert set(event) == {
        "type",
        "methodArn",
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "stageVariables",
        "requestContext",
    }
    assert event["type"] == "REQUEST"
    arn = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/ws/$connect"
    assert event["methodArn"] == arn
    assert event["headers"]["Connection"] == "upgrade"
    assert event["headers"]["Upgrade"] == "websocket"
    assert event["headers"]["content-length"] == "0"
    assert event["queryStringParameters"] == {}
    assert event["multiValueQueryStringParameters"] == {}
    assert event["stageVariables"] == {}
    assert set(event["requestContext"]) == COMMON
    assert event["requestContext"]["connectionId"] == connection_id


async def test_the_authorizers_context_is_on_every_event_as_strings() -> None:
    """REQUEST authorizers, "Output": they arrive stringified. Control: no authorizer, no field."""
    api = web_socket_api(authorizer=WebSocketAuthorizer("Authorize"))
    async with running(api=api) as target:
        target.on("Authorize", lambda e: allow(e, userId="u1", n=1, half=0.5, yes=True))
        async with target.connect() as socket:
            await socket.send("{}")
            message = await target.event_of("Default")
        connect = await target.event_of("Connect")
        disconnect = await target.event_of("Disconnect")

    for event in (connect, message, disconnect):
        context = dict(event["requestContext"]["authorizer"])
        assert isinstance(context.pop("integrationLatency"), int)
        assert context == {
            "principalId": "u1",
            "userId": "u1",
            "n": "1",
            "half": "0.5",
            "yes": "true",
        }


async def test_stage_variables_are_there_only_if_the_stage_has_some() -> None:
    """Control: `check_common` finds none on a stage without."""
    api = web_socket_api(stage_variables={"color": "red"})
    async with running(api=api) as target, target.connect() as socket:
        await socket.send("{}")
        for function_id in ("Connect", "Default"):
            event = await target.event_of(function_id)
            assert event["stageVariables"] == {"color": "red"}


async def test_connected_at_stays_while_time_passes() -> None:
    """`connectedAt` is fixed for life, `requestTimeEpoch` is the event's own."""
    now = [NOW_MS]
    async with running(clock=lambda: now[0]) as target:
        async with target.connect() as socket:
            now[0] += 1_000
            await socket.send("{}")
            context = (await target.event_of("Default"))["requestContext"]
            now[0] += 1_000
        later = (await target.event_of("Disconnect"))["requestContext"]

    assert (context["connectedAt"], context["requestTimeEpoch"]) == (NOW_MS, NOW_MS + 1_000)
    assert (later["connectedAt"], later["requestTimeEpoch"]) == (NOW_MS, NOW_MS + 2_000)
    assert context["requestTime"] == "16/Mar/2025:00:46:23 +0000"


async def test_each_connection_has_its_own_id(target: Target) -> None:
    """A gateway that mixes two ids up answers the wrong person (architect/sandbox, issue 818)."""
    async with target.connected() as (first, first_id), target.connected() as (second, second_id):
        assert first_id != second_id
        await target.post(first_id, b"for the first")
        await target.post(second_id, b"for the second")
        assert await soon(first.recv()) == "for the first"
        assert await soon(second.recv()) == "for the second"
