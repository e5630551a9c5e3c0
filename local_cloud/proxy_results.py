"""What does a function's result mean to the gateway? Read without trust; pure.

Source: API Gateway Developer Guide, "Lambda proxy integrations for WebSocket APIs".
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from local_cloud.gateway_commands import Command, Invoke, Purpose, Refuse, Send
from local_cloud.invocation import Outcome, Succeeded

NO_VERDICT = (
    "answered no verdict of an authorizer: a map with a principalId, a policyDocument, "
    "and a context of texts, numbers and truth values"
)


def status_of(outcome: Outcome) -> int | None:
    """Read the status of a proxy result; None when the function failed or answered junk."""
    if not isinstance(outcome, Succeeded) or not isinstance(outcome.payload, dict):
        return None
    status = outcome.payload.get("statusCode")
    if type(status) is not int or not 200 <= status <= 599:
        return None
    return status


def problem_of(invoke: Invoke, outcome: Outcome, commands: Iterable[Command]) -> str | None:
    """Say why a result is none, to whoever wrote the handler; None when it is one, or failed."""
    if not isinstance(outcome, Succeeded) or invoke.purpose is Purpose.DISCONNECT:
        return None
    is_refused = any(isinstance(one, Refuse) and one.status >= 500 for one in commands)
    if invoke.purpose is Purpose.AUTHORIZE:
        return NO_VERDICT if is_refused else None
    if not isinstance(outcome.payload, dict):
        return f"answered {_kind(outcome.payload)}, not a map with a statusCode"
    status = status_of(outcome)
    if status is None:
        return "answered a map without a statusCode from 200 to 599"
    if is_refused and status <= 299:
        return "answered headers that are no map, or a subprotocol that is no text"
    if invoke.is_two_way and body_of(outcome) is None:
        return "answered a body that is no text, on a route that sends it to the client"
    return None


def body_of(outcome: Outcome) -> bytes | None:
    """Read what a two-way route answers; empty without a body, None when it is no text."""
    payload = outcome.payload if isinstance(outcome, Succeeded) else None
    body = payload.get("body") if isinstance(payload, dict) else None
    if body is None:
        return b""
    return body.encode("utf-8", "replace") if isinstance(body, str) else None


def subprotocol_of(outcome: Outcome) -> str | None:
    """Find the one header of a `$connect` result that is forwarded to the client.

    Raises:
        ValueError: the headers are no map, or this one holds what no header may.
    """
    headers = outcome.payload.get("headers") if isinstance(outcome, Succeeded) else None
    if not isinstance(headers, dict | None):
        raise ValueError("headers of a result are a map")
    for name, value in (headers or {}).items():
        if name.lower() == "sec-websocket-protocol":
            if not isinstance(value, str) or not value.isascii() or not value.isprintable():
                raise ValueError(f"{value!r} is no subprotocol")
            return value
    return None


def refusal_text(status: int) -> str:
    """Return the message of a refused handshake."""
    if status >= 500:
        return "Internal server error"
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"


def error_frame(connection_id: str, message: str, request_id: str) -> Send:
    """Write the frame that tells a sender of a failure."""
    # Spaces as in the frames users report from AWS.
    text = (
        f'{{"message": "{message}", "connectionId":"{connection_id}", "requestId":"{request_id}"}}'
    )
    return Send(connection_id, text.encode("ascii"))


def _kind(payload: Any) -> str:
    """Name a value of JSON, without what it says."""
    if payload is None:
        return "nothing"
    return {str: "a text", list: "a list", bool: "a truth value"}.get(type(payload), "a number")
