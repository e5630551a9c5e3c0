"""Sections 2.1 to 2.3 and 2.5: HTTP APIs, payload format 2.0.

Sources: API Gateway guide, "Create AWS Lambda proxy integrations for HTTP APIs" and "Create routes
for HTTP APIs"; HTTP API quotas.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from local_cloud.limits import Limits
from local_cloud.resources import HttpApi, HttpRoute
from tests.gateway.target import HTTP_ROUTES, Never, Target, running

NOW_MS = 1_583_348_638_390


async def test_an_event_has_the_form_of_payload_2_0() -> None:
    async with running(clock=lambda: NOW_MS) as target:
        headers = {
            "Content-Type": "application/json",
            "X-MiXed": "a",
            "Cookie": "sid=abc; theme=dark",
            "User-Agent": "curl/8",
        }
        await target.http(
            "POST", "/api/rooms/42?limit=50&x=1&x=2", b'{"a":"\xe5\xa5\xbd"}', headers
        )
        event = await target.event_of("Proxy")

    host = f"127.0.0.1:{target.port}"
    context = event.pop("requestContext")
    request_id = context.pop("requestId")
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", request_id)
    trace_id = event["headers"].pop("x-amzn-trace-id")
    assert re.fullmatch(r"Root=1-5e5ffb9e-[0-9a-f]{24}", trace_id)
    event["headers"].pop("accept-encoding")
    assert event == {
        "version": "2.0",
        "routeKey": "ANY /api/{proxy+}",
        "rawPath": "/api/rooms/42",
        "rawQueryString": "limit=50&x=1&x=2",
        "cookies": ["sid=abc", "theme=dark"],
        "headers": {
            "content-length": "11",
            "content-type": "application/json",
            "host": host,
            "user-agent": "curl/8",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": str(target.port),
            "x-forwarded-proto": "http",
            "x-mixed": "a",
        },
        "queryStringParameters": {"limit": "50", "x": "1,2"},
        "pathParameters": {"proxy": "rooms/42"},
        "body": '{"a":"好"}',
        "isBase64Encoded": False,
    }
    assert context == {
        "accountId": "123456789012",
        "apiId": "http123",
        "domainName": host,
        "domainPrefix": "127",
        "http": {
            "method": "POST",
            "path": "/api/rooms/42",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "curl/8",
        },
        "routeKey": "ANY /api/{proxy+}",
        "stage": "$default",
        "time": "04/Mar/2020:19:03:58 +0000",
        "timeEpoch": NOW_MS,
    }


async def test_what_is_empty_is_absent(target: Target) -> None:
    await target.http("GET", "/api/rooms/public")
    event = await target.event_of("PublicRooms")

    absent = {"cookies", "queryStringParameters", "pathParameters", "body", "stageVariables"}
    assert not absent & set(event)
    assert "authorizer" not in event["requestContext"]
    assert event["rawQueryString"] == ""
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize(
    ("content_type", "is_text"),
    [
        ("text/plain", True),
        ("text/html; charset=utf-8", True),
        ("Application/JSON", True),
        ("application/javascript", True),
        ("application/xml", True),
        ("application/x-www-form-urlencoded", False),
        ("application/octet-stream", False),
        ("", False),
    ],
)
async def test_only_text_travels_unencoded(
    target: Target, content_type: str, is_text: bool
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    await target.http("POST", "/api/x", b"a=1", headers)
    event = await target.event_of("Proxy")

    assert event["isBase64Encoded"] is not is_text
    assert event["body"] == ("a=1" if is_text else base64.b64encode(b"a=1").decode())


async def test_text_that_is_none_travels_encoded(target: Target) -> None:
    await target.http("POST", "/api/x", b"\xff", {"Content-Type": "text/plain"})
    event = await target.event_of("Proxy")

    assert (event["body"], event["isBase64Encoded"]) == ("/w==", True)


async def test_repeated_headers_are_joined(target: Target) -> None:
    request = (
        f"GET /api/x HTTP/1.1\r\nHost: localhost:{target.port}\r\nA: 1\r\nB: x\r\na: 2\r\n"
        "Cookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n"
    )
    await target.raw(request.encode())
    event = await target.event_of("Proxy")

    assert event["headers"]["a"] == "1,2"
    assert event["cookies"] == ["a=1", "b=2"]
    assert not {"cookie", "connection"} & set(event["headers"])


async def test_the_raw_path_is_decoded(target: Target) -> None:
    """Captured on AWS (hotsock/voker, pull 8): `rawPath` of an HTTP API arrives decoded."""
    await target.http("GET", "/api/rooms/%E5%A5%BD%20x?q=%20")
    event = await target.event_of("GetRoom")

    assert event["rawPath"] == "/api/rooms/好 x"
    assert event["pathParameters"] == {"roomId": "好 x"}
    assert event["rawQueryString"] == "q=%20"


async def test_the_most_specific_route_wins(target: Target) -> None:
    """Guide, "Routing API requests": exact, then variable, then greedy; ANY for the rest."""
    for method, path, function_id in (
        ("GET", "/api/rooms/public", "PublicRooms"),
        ("GET", "/api/rooms/42", "GetRoom"),
        ("GET", "/api/rooms/42/members", "Proxy"),
        ("POST", "/api/rooms", "CreateRoom"),
        ("GET", "/api/rooms", "AnyRooms"),
        ("POST", "/api/rooms/public", "Proxy"),
    ):
        target.invoker.invoked.clear()
        assert (await target.http(method, path)).status == 200
        assert target.invoker.invoked == [function_id], path


async def test_what_no_route_takes_is_not_found(target: Target) -> None:
    """Control: `/api/x` is taken."""
    for path in ("/", "/other", "/api", "/api/", "/apiary/x"):
        reply = await target.http("GET", path)
        assert (reply.status, reply.json) == (404, {"message": "Not Found"})
        assert "apigw-requestid" in reply.headers
    assert (await target.http("GET", "/api/x")).status == 200


async def test_default_takes_what_nothing_else_does() -> None:
    routes = (*HTTP_ROUTES, HttpRoute("ANY", "$default", "Fallback"))
    async with running(http_apis=(HttpApi("H", "h", "$default", routes),)) as target:
        await target.http("PUT", "/any/where?x=1")
        event = await target.event_of("Fallback")
        await target.http("GET", "/api/rooms/1")
        await target.event_of("GetRoom")

    assert event["routeKey"] == event["requestContext"]["routeKey"] == "$default"
    assert "pathParameters" not in event


async def test_a_named_stage_is_a_prefix_that_stays_in_the_path() -> None:
    """Guide: the stage first. Captured: `rawPath` contains a named stage."""
    named = HttpApi("N", "n", "dev", (HttpRoute("GET", "/things", "Things"),), {"k": "v"})
    unnamed = HttpApi("H", "h", "$default", HTTP_ROUTES)
    async with running(http_apis=(unnamed, named)) as target:
        await target.http("GET", "/dev/things")
        event = await target.event_of("Things")
        assert (await target.http("GET", "/things")).status == 404
        assert (await target.http("GET", "/api/rooms/1")).status == 200

    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/dev/things"
    assert event["requestContext"]["stage"] == "dev"
    assert event["stageVariables"] == {"k": "v"}


# Answers.


async def test_a_result_becomes_the_response(target: Target) -> None:
    cookies = ["a=1; HttpOnly; Path=/", "b=2"]
    result = {
        "statusCode": 201,
        "headers": {"Content-Type": "application/json", "X-Number": 7},
        "cookies": cookies,
        "body": '{"好":1}',
    }
    target.on("Proxy", lambda event: result)

    reply = await target.http("POST", "/api/x", b"{}")

    assert reply.status == 201
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-number"] == "7"
    assert reply.cookies == cookies
    assert reply.json == {"好": 1}
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", reply.headers["apigw-requestid"])


async def test_a_base64_body_is_decoded(target: Target) -> None:
    body = base64.b64encode(b"\x00\xff").decode()
    target.on("Proxy", lambda e: {"statusCode": 200, "body": body, "isBase64Encoded": True})

    assert (await target.http("GET", "/api/x")).body == b"\x00\xff"


@pytest.mark.parametrize("result", [{"a": 1}, [1], 5, True, None])
async def test_json_without_a_status_is_a_200(target: Target, result: Any) -> None:
    target.on("Proxy", lambda event: result)

    reply = await target.http("GET", "/api/x")

    assert (reply.status, reply.json) == (200, result)
    assert reply.headers["content-type"] == "application/json"


async def test_a_string_without_a_status_is_the_body(target: Target) -> None:
    target.on("Proxy", lambda event: "Hello from Lambda!")

    reply = await target.http("GET", "/api/x")

    assert reply.body == b"Hello from Lambda!"


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "many"},
        {"statusCode": 42},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": {"b": 1}}},
        {"statusCode": 200, "headers": {"A": "x\r\nB: y"}},
        {"statusCode": 200, "headers": {"A b": "x"}},
        {"statusCode": 200, "cookies": ["a=1\r\nB: y"]},
        {"statusCode": 200, "cookies": 5},
    ],
)
async def test_a_malformed_result_is_a_500(target: Target, result: Any) -> None:
    """Control: the results above."""
    target.on("Proxy", lambda event: result)

    reply = await target.http("GET", "/api/x")

    assert (reply.status, reply.json) == (500, {"message": "Internal Server Error"})
    assert "b" not in reply.headers


async def test_a_failing_function_is_a_500_without_a_trace(target: Target) -> None:
    target.on("Proxy", lambda event: 1 / 0)

    reply = await target.http("GET", "/api/x")

    assert (reply.status, reply.json) == (500, {"message": "Internal Server Error"})


async def test_a_slow_function_is_a_503() -> None:
    """Reported by users for HTTP APIs; quotas, "Maximum integration timeout": 30 s, shrunk here."""
    async with running(limits=Limits(http_integration_ms=50)) as target:
        target.on("Proxy", (never := Never()).handler)

        reply = await target.http("GET", "/api/x")

        assert (reply.status, reply.json) == (503, {"message": "Service Unavailable"})
        never.end()


async def test_a_head_has_headers_only(target: Target) -> None:
    target.on("Proxy", lambda event: {"statusCode": 200, "body": "12345"})

    reply = await target.http("HEAD", "/api/x")

    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", "5")


# Sizes.


async def test_a_body_too_large_for_the_api_is_refused_unread() -> None:
    """HTTP API quotas, "Payload size": 10 MB; shrunk here. Control: one byte less is taken."""
    async with running(limits=Limits(http_body_bytes=1_000)) as target:
        assert (await target.http("POST", "/api/x", b"x" * 1_000)).status == 200
        assert (await target.http("POST", "/api/x", b"x" * 1_001)).status == 413
        head = f"POST /api/x HTTP/1.1\r\nHost: localhost:{target.port}\r\n"
        chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n" + "64\r\n" + "x" * 100 + "\r\n"
        endless = chunked + 10 * ("64\r\n" + "x" * 100 + "\r\n")
        assert b" 413 " in await target.raw(endless.encode())
        # The answer arrives although its reader is still sending: RFC 9112, 9.6.
        length = f"{head}Content-Length: 8000000\r\n\r\n".encode()
        assert b" 413 " in await target.raw(length + b"x" * 8_000_000)
        assert target.invoker.invoked == ["Proxy"]


async def test_a_body_too_large_for_lambda_is_refused() -> None:
    """Lambda quotas: 6 MB each way, so also of a body that grew by base64, and of a result."""
    async with running(limits=Limits(lambda_payload_bytes=1_000)) as target:
        assert (await target.http("POST", "/api/x", b"x" * 800)).status == 413
        text = {"Content-Type": "text/plain"}
        assert (await target.http("POST", "/api/x", b"x" * 800, text)).status == 200
        target.on("Proxy", lambda event: {"statusCode": 200, "body": "x" * 1_001})
        assert (await target.http("GET", "/api/x")).status == 500


async def test_a_chunked_body_arrives_whole(target: Target) -> None:
    """RFC 9112, 7.1; trailers are dropped."""
    request = (
        f"POST /api/x HTTP/1.1\r\nHost: localhost:{target.port}\r\nConnection: close\r\n"
        "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n7;a=b\r\n, world\r\n0\r\nX-Trailer: 1\r\n\r\n"
    )
    assert b" 200 " in await target.raw(request.encode())
    event = await target.event_of("Proxy")

    assert event["body"] == "hello, world"
    assert event["headers"]["content-length"] == "12"
    assert not {"transfer-encoding", "x-trailer"} & set(event["headers"])


async def test_results_survive_json(target: Target) -> None:
    """A guard of this suite itself: the scripted invoker passes events and results as JSON."""
    target.on("Proxy", lambda event: {"statusCode": 200, "body": json.dumps(event)})

    reply = await target.http("GET", "/api/x")

    assert reply.json == await target.event_of("Proxy")
