"""How does a test ask a handler? As an HTTP API would, payload 2.0, every event through JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

SITE = "https://chat.example.org"
ADDRESS = "203.0.113.7"
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.body["code"])

    @property
    def cookie(self) -> str:
        """The `name=value` of the only cookie."""
        (cookie,) = self.cookies
        return cookie.partition(";")[0]


def ask(
    handler: Handler,
    route: str,
    body: Any = None,
    *,
    raw: str | None = None,
    cookie: str | None = None,
    token: str | None = None,
    headers: dict[str, str] | None = None,
    is_base64: bool = False,
) -> Answer:
    """Send `METHOD /path?query` to a handler; `raw` is a body as it is."""
    method, target = route.split(" ", 1)
    path, _, query = target.partition("?")
    sent = {"host": "chat.example.org", "content-type": "application/json"} | (headers or {})
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": query,
        "headers": sent,
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": ADDRESS},
            "stage": "$default",
        },
        "isBase64Encoded": is_base64,
    }
    if query:
        event["queryStringParameters"] = dict(parse_qsl(query, keep_blank_values=True))
    if cookie is not None:
        event["cookies"] = [cookie]
    if raw is not None or body is not None:
        event["body"] = json.dumps(body) if raw is None else raw
    answer = json.loads(json.dumps(handler(json.loads(json.dumps(event)), None)))
    return Answer(answer["statusCode"], answer["headers"], answer["cookies"], answer["body"])
