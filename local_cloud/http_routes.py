"""Which function answers an HTTP request, and what does its result become? Pure.

Sources: API Gateway Developer Guide, "Create routes for HTTP APIs" and "Create AWS Lambda proxy
integrations for HTTP APIs" (payload format 2.0).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from local_cloud.http_messages import Answer, json_answer
from local_cloud.invocation import Failed, Outcome
from local_cloud.resources import HttpApi, HttpRoute

INTERNAL_SERVER_ERROR = json_answer(500, {"message": "Internal Server Error"})
SERVICE_UNAVAILABLE = json_answer(503, {"message": "Service Unavailable"})
NOT_FOUND = json_answer(404, {"message": "Not Found"})
TOO_LARGE = json_answer(413, {"message": "Request Entity Too Large"})

_DEFAULT = "$default"
_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The server writes these itself.
_SERVERS_OWN = {"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"}


@dataclass(frozen=True, slots=True)
class HttpMatch:
    """The route of one request; `path` is decoded and keeps a named stage's prefix."""

    api: HttpApi
    route: HttpRoute
    path: str
    path_parameters: Mapping[str, str]

    @property
    def route_key(self) -> str:
        """The route as an event names it."""
        return _DEFAULT if self.route.path == _DEFAULT else f"{self.route.method} {self.route.path}"


class HttpRouter:
    """Routes of all HTTP APIs: an explicit stage first, then the most specific path."""

    def __init__(self, apis: Sequence[HttpApi]) -> None:
        named = [api for api in apis if api.stage != _DEFAULT]
        unnamed = [api for api in apis if api.stage == _DEFAULT]
        self._tables = [(api, sorted(map(_Pattern, api.routes))) for api in [*named, *unnamed]]

    def find(self, method: str, raw_path: str) -> HttpMatch | None:
        """Find the route of a request, the most specific first, `$default` last."""
        path = unquote(raw_path)
        for api, patterns in self._tables:
            within = _within_stage(api, path)
            if within is None:
                continue
            for pattern in patterns:
                parameters = pattern.match(method, within)
                if parameters is not None:
                    return HttpMatch(api, pattern.route, path, parameters)
        return None

    def claims(self, raw_path: str) -> bool:
        """Tell whether a path lies where an API's routes do, so that no page answers there.

        CloudFront sends all of `/api/*` to the API, whether or not a route takes it.
        """
        path = unquote(raw_path)
        for api, patterns in self._tables:
            within = _within_stage(api, path)
            if within is not None and any(pattern.claims(within) for pattern in patterns):
                return True
        return False


class _Pattern:
    """One route's path, ordered by how specific it is."""

    def __init__(self, route: HttpRoute) -> None:
        self.route = route
        self._segments = route.path.split("/")
        self.rank: tuple[int, tuple[int, ...], bool]
        if route.path == _DEFAULT:
            self._expression = re.compile(".*", re.DOTALL)
            self.rank = (1, (), True)
            return
        self._expression = re.compile("/".join(map(_segment, self._segments)), re.DOTALL)
        self.rank = (0, tuple(map(_segment_rank, self._segments)), route.method == "ANY")

    def __lt__(self, other: _Pattern) -> bool:
        return self.rank < other.rank

    def match(self, method: str, path: str) -> dict[str, str] | None:
        if self.route.method not in ("ANY", method) and self.route.path != _DEFAULT:
            return None
        found = self._expression.fullmatch(path)
        return None if found is None else found.groupdict()

    def claims(self, path: str) -> bool:
        first = self._segments[1] if len(self._segments) > 1 else ""
        return bool(first) and not _VARIABLE.match(first) and path.split("/")[1:2] == [first]


def answer_of(outcome: Outcome, request_id: str, *, max_bytes: int) -> Answer:
    """Turn a function's outcome into the response of payload format 2.0."""
    answer = None if isinstance(outcome, Failed) else _answer_of_payload(outcome.payload, max_bytes)
    return identified(answer or INTERNAL_SERVER_ERROR, request_id)


def identified(answer: Answer, request_id: str) -> Answer:
    """Add the header with which API Gateway names a request."""
    headers = (*answer.headers, ("apigw-requestid", request_id))
    return Answer(answer.status, headers, answer.body, close=answer.close)


def _within_stage(api: HttpApi, path: str) -> str | None:
    if api.stage == _DEFAULT:
        return path
    prefix = f"/{api.stage}"
    if path == prefix:
        return "/"
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else None


def _segment(segment: str) -> str:
    variable = _VARIABLE.fullmatch(segment)
    if variable is None:
        return re.escape(segment)
    return f"(?P<{variable[1]}>{'.+' if variable[2] else '[^/]+'})"


def _segment_rank(segment: str) -> int:
    variable = _VARIABLE.fullmatch(segment)
    return 0 if variable is None else 2 if variable[2] else 1


def _answer_of_payload(payload: Any, max_bytes: int) -> Answer | None:
    if not isinstance(payload, dict) or "statusCode" not in payload:
        # "If your Lambda function returns valid JSON and doesn't return a statusCode": 200.
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        return _checked(
            Answer(200, (("content-type", "application/json"),), _bytes(text)), max_bytes
        )
    try:
        headers = _headers(payload.get("headers") or {}, payload.get("cookies") or [])
        body = payload.get("body") or ""
        if payload.get("isBase64Encoded"):
            data = base64.b64decode(body, validate=True)
        else:
            data = _bytes(body)
        status = int(payload["statusCode"])
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return None
    return _checked(Answer(status, headers, data), max_bytes)


def _checked(answer: Answer, max_bytes: int) -> Answer | None:
    is_sane = 200 <= answer.status <= 599 and len(answer.body) <= max_bytes
    return answer if is_sane else None


def _headers(headers: Mapping[str, Any], cookies: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    written = [
        (_checked_name(name), _header_text(value))
        for name, value in headers.items()
        if name.lower() not in _SERVERS_OWN
    ]
    if not any(name.lower() == "content-type" for name, _ in written):
        written.append(("content-type", "text/plain;charset=UTF-8"))
    return (*written, *(("set-cookie", _header_text(cookie)) for cookie in cookies))


def _checked_name(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"{name!r} is no header name")
    return name


def _header_text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if not isinstance(value, str | int | float) or any(ord(c) < 32 or ord(c) > 255 for c in text):
        raise ValueError(f"{value!r} is no header value")  # a line break would start a new header
    return text


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError("a body is a string")
    return text.encode("utf-8", "replace")
