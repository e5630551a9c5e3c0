"""What is asked and answered over HTTP/1.1? Two values, and how an answer is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass
class Request:
    """One request, complete with its body."""

    method: str
    target: str  # path and query, as on the wire
    headers: tuple[tuple[str, str], ...]  # names as the client wrote them
    body: bytes
    source_ip: str
    is_upgrade: bool = False  # "Connection: upgrade" with "Upgrade: websocket"
    keep_alive: bool = True
    # Headers by lower-case name; the last of a repeated one wins.
    fields: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.fields = {name.lower(): value for name, value in self.headers}

    @property
    def path(self) -> str:
        """The path as on the wire, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query_string(self) -> str:
        """The query as on the wire, without its question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """Find a header by its lower-case name."""
        return self.fields.get(name)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; Content-Length and Connection are added when it is written."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    close: bool = field(default=False, kw_only=True)  # the connection ends with this answer

    def to_bytes(self, *, is_head: bool = False, keep_alive: bool = True) -> bytes:
        """Write the response; a HEAD is answered with the length its body would have."""
        closes = self.close or not keep_alive
        head = _head(self.status, self.headers, len(self.body), closes=closes)
        return head if is_head or self.status in (204, 304) else head + self.body


@lru_cache(maxsize=256)
def _head(
    status: int, headers: tuple[tuple[str, str], ...], body_bytes: int, *, closes: bool
) -> bytes:
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, '')}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in headers]
    if status not in (204, 304):  # RFC 9110, 8.6: a 204 has no Content-Length
        lines.append(f"Content-Length: {body_bytes}\r\n")
    if closes:
        lines.append("Connection: close\r\n")
    lines.append("\r\n")
    return "".join(lines).encode("latin-1")


def json_answer(
    status: int, content: object, *headers: tuple[str, str], close: bool = False
) -> Answer:
    """Answer with a JSON body."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return Answer(status, (("Content-Type", "application/json"), *headers), body, close=close)
