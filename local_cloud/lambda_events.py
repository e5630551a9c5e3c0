"""What does a handler receive for a WebSocket connection? Events as API Gateway builds them; pure.

Sources: API Gateway Developer Guide, "Lambda proxy integrations for WebSocket APIs" and "Lambda
REQUEST authorizer functions for WebSocket APIs"; where they are silent, events captured on AWS.
A WebSocket event has no `version`; what is absent is absent, never null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local_cloud.resources import ACCOUNT_ID, REGION

Event = dict[str, Any]
Headers = Iterable[tuple[str, str]]

# The authorizer sees these three, the $connect integration does not (captured on AWS).
_HANDSHAKE_ONLY = {"Connection": "upgrade", "content-length": "0", "Upgrade": "websocket"}
_HOP_BY_HOP = {name.lower() for name in _HANDSHAKE_ONLY}


@dataclass(slots=True)
class Connection:
    """What every event of one connection repeats."""

    api_id: str
    stage: str
    stage_variables: Mapping[str, str]
    connection_id: str
    connected_at_ms: int
    source_ip: str
    user_agent: str | None
    domain_name: str
    authorizer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Handshake:
    """The upgrade request of a client, header names as it wrote them."""

    headers: tuple[tuple[str, str], ...]
    query_string: str
    source_ip: str
    server_port: int

    def header(self, name: str) -> str | None:
        """Find the last value of a header, whatever the case of its name."""
        wanted = name.lower()
        return next((value for key, value in reversed(self.headers) if key.lower() == wanted), None)

    def query(self) -> list[tuple[str, str]]:
        """Decode the query string, in order and with repetitions."""
        return parse_qsl(self.query_string, keep_blank_values=True)


def authorizer_event(
    connection: Connection, handshake: Handshake, request_id: str, now_ms: int
) -> Event:
    """Build the event of the `$connect` authorizer; its maps are `{}` when empty."""
    headers = [*_HANDSHAKE_ONLY.items(), *_client_headers(handshake, request_id, now_ms)]
    query = handshake.query()
    return {
        "type": "REQUEST",
        "methodArn": method_arn(connection),
        "headers": dict(headers),
        "multiValueHeaders": multi_valued(headers),
        "queryStringParameters": dict(query),
        "multiValueQueryStringParameters": multi_valued(query),
        "stageVariables": dict(connection.stage_variables),
        "requestContext": _request_context(connection, "$connect", "CONNECT", request_id, now_ms),
    }


def connect_event(
    connection: Connection, handshake: Handshake, request_id: str, now_ms: int
) -> Event:
    """Build the event of the `$connect` route: the only one with the client's headers and query."""
    headers = _client_headers(handshake, request_id, now_ms)
    event: Event = {"headers": dict(headers), "multiValueHeaders": multi_valued(headers)}
    if query := handshake.query():
        event["queryStringParameters"] = dict(query)
        event["multiValueQueryStringParameters"] = multi_valued(query)
    context = _request_context(connection, "$connect", "CONNECT", request_id, now_ms)
    return _finish(event, connection, context)


def message_event(
    connection: Connection, route_key: str, body: str, message_id: str, request_id: str, now_ms: int
) -> Event:
    """Build the event of a message: no headers, the body a string, the route that was selected."""
    context = _request_context(connection, route_key, "MESSAGE", request_id, now_ms)
    context["messageId"] = message_id
    event = _finish({}, connection, context)
    event["body"] = body
    return event


def disconnect_event(
    connection: Connection, code: int, reason: str, request_id: str, now_ms: int
) -> Event:
    """Build the event of `$disconnect`: four fixed headers, so neither cookie nor origin."""
    headers = [
        ("Host", connection.domain_name),
        ("x-api-key", ""),
        ("X-Forwarded-For", ""),
        ("x-restapi", ""),
    ]
    context = _request_context(connection, "$disconnect", "DISCONNECT", request_id, now_ms)
    context["disconnectStatusCode"] = code
    context["disconnectReason"] = reason
    event: Event = {"headers": dict(headers), "multiValueHeaders": multi_valued(headers)}
    return _finish(event, connection, context)


def method_arn(connection: Connection) -> str:
    """Name what a `$connect` authorizer's policy has to allow."""
    return (
        f"arn:aws:execute-api:{REGION}:{ACCOUNT_ID}:{connection.api_id}/{connection.stage}/$connect"
    )


def request_time(now_ms: int) -> str:
    """Write a time as CLF does: `16/Mar/2025:00:46:22 +0000`."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")


def trace_id(request_id: str, now_ms: int) -> str:
    """Make an X-Ray root of a request id, which carries the randomness."""
    return f"Root=1-{now_ms // 1000:08x}-{request_id.encode().hex()[:24]:0<24}"


def forwarded_for(headers: Headers, source_ip: str) -> str:
    """Append the caller to what `X-Forwarded-For` he sent, as API Gateway does."""
    sent = [value for name, value in headers if name.lower() == "x-forwarded-for"]
    return ", ".join([*sent, source_ip])


def _client_headers(handshake: Handshake, request_id: str, now_ms: int) -> list[tuple[str, str]]:
    added = {
        "X-Amzn-Trace-Id": trace_id(request_id, now_ms),
        "X-Forwarded-For": forwarded_for(handshake.headers, handshake.source_ip),
        "X-Forwarded-Port": str(handshake.server_port),
        "X-Forwarded-Proto": "http",
    }
    replaced = _HOP_BY_HOP | {name.lower() for name in added}
    sent = [pair for pair in handshake.headers if pair[0].lower() not in replaced]
    return [*sent, *added.items()]


def _request_context(
    connection: Connection, route_key: str, event_type: str, request_id: str, now_ms: int
) -> Event:
    identity = {"sourceIp": connection.source_ip}
    if connection.user_agent is not None:
        identity["userAgent"] = connection.user_agent
    context: Event = {
        "routeKey": route_key,
        "eventType": event_type,
        "extendedRequestId": request_id,
        "requestTime": request_time(now_ms),
        "messageDirection": "IN",
        "stage": connection.stage,
        "connectedAt": connection.connected_at_ms,
        "requestTimeEpoch": now_ms,
        "identity": identity,
        "requestId": request_id,
        "domainName": connection.domain_name,
        "connectionId": connection.connection_id,
        "apiId": connection.api_id,
    }
    if connection.authorizer is not None:
        context["authorizer"] = dict(connection.authorizer)
    return context


def _finish(event: Event, connection: Connection, context: Event) -> Event:
    event["requestContext"] = context
    if connection.stage_variables:
        event["stageVariables"] = dict(connection.stage_variables)
    event["isBase64Encoded"] = False
    return event


def multi_valued(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Collect all values of each name, in order."""
    many: dict[str, list[str]] = {}
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    return many
