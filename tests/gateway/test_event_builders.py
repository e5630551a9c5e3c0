"""The event builders alone, fed with structured junk: the form holds whatever a client sends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from local_cloud.http_events import http_event
from local_cloud.http_messages import Request
from local_cloud.http_routes import HttpRouter
from local_cloud.lambda_events import (
    Connection,
    Handshake,
    authorizer_event,
    connect_event,
    disconnect_event,
    message_event,
    request_time,
    trace_id,
)
from local_cloud.resources import HttpApi
from tests.gateway.target import HTTP_ROUTES

NOW_MS = 1_742_085_982_306
ID = "L0SM9cOFvHcCIhw="
CONNECTION = Connection("api", "ws", {}, ID, NOW_MS, "203.0.113.7", "Mozilla", "localhost")

NAMES = st.sampled_from(["Cookie", "cookie", "X-A", "x-a", "Connection", "UPGRADE", "Host"])
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=8).map(tuple)
QUERIES = st.text(st.sampled_from("ab=&%2+;é?/"), max_size=30)


def as_sent(event: dict[str, Any]) -> dict[str, Any]:
    """Pass an event through JSON as an invocation does."""
    sent: dict[str, Any] = json.loads(json.dumps(event))
    return sent


@settings(deadline=None)
@given(HEADERS, QUERIES)
def test_a_connect_event_holds_its_form(headers: Any, query: str) -> None:
    handshake = Handshake(headers, query, "203.0.113.7", 8787)

    event = connect_event(CONNECTION, handshake, ID, NOW_MS)

    assert as_sent(event) == event
    assert set(event["headers"]) == set(event["multiValueHeaders"])
    for name, value in event["headers"].items():
        assert event["multiValueHeaders"][name][-1] == value
    assert not {"connection", "upgrade", "content-length"} & {n.lower() for n in event["headers"]}
    assert ("queryStringParameters" in event) == bool(handshake.query())
    assert "authorizer" not in event["requestContext"]


@settings(deadline=None)
@given(HEADERS, QUERIES)
def test_an_authorizer_event_shows_what_connect_sees_and_the_upgrade(
    headers: Any, query: str
) -> None:
    handshake = Handshake(headers, query, "203.0.113.7", 8787)

    event = authorizer_event(CONNECTION, handshake, ID, NOW_MS)
    connect = connect_event(CONNECTION, handshake, ID, NOW_MS)

    assert as_sent(event) == event
    assert event["requestContext"] == connect["requestContext"]
    extra = {"Connection", "Upgrade", "content-length"}
    assert set(event["headers"]) == set(connect["headers"]) | extra
    assert event["queryStringParameters"] == connect.get("queryStringParameters", {})


@settings(deadline=None)
@given(st.text(), st.text())
def test_message_and_disconnect_events_hold_their_form(body: str, reason: str) -> None:
    authorized = replace(CONNECTION, authorizer={"principalId": "u1", "integrationLatency": 5})

    message = message_event(authorized, "$default", body, ID, ID, NOW_MS)
    disconnect = disconnect_event(authorized, 1006, reason, ID, NOW_MS)

    assert set(message) == {"requestContext", "body", "isBase64Encoded"}
    assert message["body"] == body
    assert disconnect["requestContext"]["disconnectReason"] == reason
    for event in (message, disconnect):
        assert event["requestContext"]["authorizer"]["integrationLatency"] == 5
        assert as_sent(event) == event


def test_events_share_nothing_with_one_another() -> None:
    """A handler that changes its event must not change the next one's."""
    authorized = replace(CONNECTION, authorizer={"principalId": "u1"}, stage_variables={"a": "b"})
    first = message_event(authorized, "$default", "", ID, ID, NOW_MS)
    first["requestContext"]["authorizer"]["principalId"] = "mallory"
    first["stageVariables"]["a"] = "c"

    second = message_event(authorized, "$default", "", ID, ID, NOW_MS)

    assert second["requestContext"]["authorizer"] == {"principalId": "u1"}
    assert second["stageVariables"] == {"a": "b"}


ROUTER = HttpRouter([HttpApi("Http", "http123", "$default", HTTP_ROUTES)])


@settings(deadline=None)
@given(
    headers=HEADERS,
    query=QUERIES,
    rest=st.text(st.sampled_from("ab/%2é.+"), min_size=1, max_size=20),
    body=st.binary(max_size=50),
)
def test_an_http_event_holds_its_form(headers: Any, query: str, rest: str, body: bytes) -> None:
    request = Request("PUT", f"/api/{rest}?{query}", headers, body, "203.0.113.7")
    match = ROUTER.find(request.method, request.path)
    assert match is not None

    event = http_event(match, request, 8787, ID, NOW_MS)

    assert as_sent(event) == event
    assert all(name == name.lower() for name in event["headers"])
    assert "cookie" not in event["headers"]
    assert event["rawQueryString"] == query
    assert event["pathParameters"] == {"proxy": event["rawPath"].removeprefix("/api/")}
    assert ("body" in event) == bool(body)
    for name in ("cookies", "queryStringParameters"):
        assert event.get(name, "absent"), "an empty field is absent"


def test_times_and_trace_ids_have_awss_form() -> None:
    """CLF as in the guide's events; X-Ray guide, "Tracing header"."""
    assert request_time(NOW_MS) == "16/Mar/2025:00:46:22 +0000"
    assert request_time(0) == "01/Jan/1970:00:00:00 +0000"
    assert trace_id(ID, NOW_MS) == "Root=1-67d61f5e-4c30534d39634f4676486343"
