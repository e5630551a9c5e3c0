"""What does a handler receive and answer in payload format 1.0? REST APIs, and HTTP APIs that ask.

Source: API Gateway Developer Guide, "Input format of a Lambda function for proxy integration" and
"Output format of a Lambda function for proxy integration".
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl

from local_cloud.gateway import TIMED_OUT
from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.http_routes import (
    INTERNAL_SERVER_ERROR,
    SERVICE_UNAVAILABLE,
    HttpMatch,
    answer_of,
    identified,
)
from local_cloud.invocation import Outcome, Succeeded
from local_cloud.lambda_events import forwarded_for, multi_valued, request_time, trace_id
from local_cloud.resources import ACCOUNT_ID, HttpApi

BAD_GATEWAY = json_answer(502, {"message": "Internal server error"})
GATEWAY_TIMEOUT = json_answer(504, {"message": "Endpoint request timed out"})
HOP_BY_HOP = {"connection", "expect", "keep-alive", "te", "transfer-encoding", "upgrade"}


def http_event_1(
    match: HttpMatch, request: Request, server_port: int, request_id: str, now_ms: int
) -> dict[str, Any]:
    """Build the event of one request; what is empty is null here, and never absent."""
    added = {
        "X-Amzn-Trace-Id": trace_id(request_id, now_ms),
        "X-Forwarded-For": forwarded_for(request.headers, request.source_ip),
        "X-Forwarded-Port": str(server_port),
        "X-Forwarded-Proto": "http",
    }
    replaced = HOP_BY_HOP | {name.lower() for name in added}
    headers = [pair for pair in request.headers if pair[0].lower() not in replaced]
    headers += added.items()
    query = parse_qsl(request.query_string, keep_blank_values=True)
    body, is_encoded = _body(request)
    event = {
        "resource": match.route.path,
        "path": match.path.removeprefix(f"/{match.api.stage}") if match.api.is_rest else match.path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "multiValueHeaders": multi_valued(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": multi_valued(query) or None,
        "pathParameters": dict(match.path_parameters) or None,
        "stageVariables": dict(match.api.stage_variables) or None,
        "requestContext": _context(match, request, request_id, now_ms),
        "body": body,
        "isBase64Encoded": is_encoded,
    }
    return event if match.api.is_rest else {"version": "1.0", **event}


def answer_of_format_1(
    outcome: Outcome, request_id: str, api: HttpApi, *, max_bytes: int
) -> Answer:
    """Turn an outcome into the response of format 1.0, which has no short form."""
    if outcome is TIMED_OUT:
        return identified(GATEWAY_TIMEOUT if api.is_rest else SERVICE_UNAVAILABLE, request_id)
    malformed = BAD_GATEWAY if api.is_rest else INTERNAL_SERVER_ERROR
    payload = outcome.payload if isinstance(outcome, Succeeded) else None
    try:
        plain = _in_format_2(payload)
    except (AttributeError, KeyError, TypeError):
        return identified(malformed, request_id)
    answer = answer_of(Succeeded(plain), request_id, max_bytes=max_bytes)
    is_malformed = answer.status == 500 and answer.body == INTERNAL_SERVER_ERROR.body
    return identified(malformed, request_id) if is_malformed else answer


def _in_format_2(payload: Any) -> dict[str, Any]:
    """Join headers of many values, and take the cookies out of them.

    Raises:
        AttributeError, KeyError, TypeError: it is no result of this format.
    """
    many = payload.get("multiValueHeaders") or {}
    single = {**(payload.get("headers") or {})}
    cookies = [one for name in many if name.lower() == "set-cookie" for one in many[name]]
    for name, values in many.items():
        if name.lower() != "set-cookie":
            single[name] = ", ".join(map(str, values))
    named = {"statusCode": payload["statusCode"], "headers": single, "cookies": cookies}
    return {**payload, **named}


def _context(match: HttpMatch, request: Request, request_id: str, now_ms: int) -> dict[str, Any]:
    host = request.header("host") or ""
    return {
        "accountId": ACCOUNT_ID,
        "apiId": match.api.api_id,
        "domainName": host,
        "domainPrefix": host.split(":")[0].split(".")[0],
        "extendedRequestId": request_id,
        "httpMethod": request.method,
        "identity": {
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "path": match.path,
        "protocol": "HTTP/1.1",
        "requestId": request_id,
        "requestTime": request_time(now_ms),
        "requestTimeEpoch": now_ms,
        "resourcePath": match.route.path,
        "stage": match.api.stage,
    }


def _body(request: Request) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    try:
        return request.body.decode("utf-8"), False
    except UnicodeDecodeError:
        return base64.b64encode(request.body).decode("ascii"), True
