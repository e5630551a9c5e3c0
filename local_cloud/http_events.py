"""What does a handler receive for an HTTP request? The event of payload format 2.0; pure.

Source: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs".
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl

from local_cloud.http_messages import Request
from local_cloud.http_routes import HttpMatch
from local_cloud.lambda_events import forwarded_for, request_time, trace_id
from local_cloud.resources import ACCOUNT_ID

_TEXT_TYPES = {"application/json", "application/javascript", "application/xml"}
# A proxy keeps these to itself (RFC 9110, 7.6.1); cookies travel in a list of their own.
_LEFT_OUT = {"connection", "cookie", "expect", "keep-alive", "te", "transfer-encoding", "upgrade"}


def http_event(
    match: HttpMatch, request: Request, server_port: int, request_id: str, now_ms: int
) -> dict[str, Any]:
    """Build the event of one request.

    That `rawPath` arrives decoded in spite of its name was seen on AWS (hotsock/voker, pull 8).
    """
    headers = _headers(request, server_port, request_id, now_ms)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route_key,
        "rawPath": match.path,
        "rawQueryString": request.query_string,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": match.api.api_id,
            "domainName": headers["host"],
            "domainPrefix": headers["host"].split(":")[0].split(".")[0],
            "http": {
                "method": request.method,
                "path": match.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.source_ip,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": match.route_key,
            "stage": match.api.stage,
            "time": request_time(now_ms),
            "timeEpoch": now_ms,
        },
        "isBase64Encoded": False,
    }
    _put_optional(event, match, request)
    return event


def _headers(request: Request, server_port: int, request_id: str, now_ms: int) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.headers:
        lower = name.lower()
        if lower not in _LEFT_OUT:
            headers[lower] = f"{headers[lower]},{value}" if lower in headers else value
    headers.setdefault("host", "")
    if request.body:
        headers["content-length"] = str(len(request.body))
    headers["x-amzn-trace-id"] = trace_id(request_id, now_ms)
    headers["x-forwarded-for"] = forwarded_for(request.headers, request.source_ip)
    headers["x-forwarded-port"] = str(server_port)
    headers["x-forwarded-proto"] = "http"
    return headers


def _put_optional(event: dict[str, Any], match: HttpMatch, request: Request) -> None:
    cookies = [
        cookie.strip()
        for name, value in request.headers
        if name.lower() == "cookie"
        for cookie in value.split(";")
        if cookie.strip()
    ]
    if cookies:
        event["cookies"] = cookies
    query: dict[str, str] = {}
    for name, value in parse_qsl(request.query_string, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    if query:
        event["queryStringParameters"] = query
    if match.path_parameters:
        event["pathParameters"] = dict(match.path_parameters)
    if match.api.stage_variables:
        event["stageVariables"] = dict(match.api.stage_variables)
    if request.body:
        event["body"], event["isBase64Encoded"] = _body(request)


def _body(request: Request) -> tuple[str, bool]:
    content_type = (request.header("content-type") or "").split(";")[0].strip().lower()
    if content_type.startswith("text/") or content_type in _TEXT_TYPES:
        try:
            return request.body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode("ascii"), True
