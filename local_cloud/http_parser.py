"""Which requests do these bytes hold? HTTP/1.1 read with limits; no I/O.

Fed with junk it answers with a refusal, after which it reads nothing more.
"""

from __future__ import annotations

from enum import Enum, auto

import httptools

from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.limits import Limits

BAD_REQUEST = json_answer(400, {"message": "Bad Request"}, close=True)
BODY_TOO_LARGE = json_answer(413, {"message": "Request Entity Too Large"}, close=True)
HEADERS_TOO_LARGE = json_answer(431, {"message": "Request Header Fields Too Large"}, close=True)

_CHUNKING_BYTES = 1_048_576  # of chunk sizes and trailers around one body


class Stage(Enum):
    """How far the request is that arrives at the moment."""

    NONE = auto()
    HEADERS = auto()
    BODY = auto()


class HttpParser:
    """Bytes in, requests and refusals out."""

    def __init__(self, limits: Limits, source_ip: str) -> None:
        self.stage = Stage.NONE
        self.requests_begun = 0
        self.expects_continue = False  # the client waits for a "100 Continue" before its body
        self.after_upgrade: bytearray | None = None  # what follows a WebSocket handshake
        self._limits = limits
        self._source_ip = source_ip
        self._found: list[Request | Answer] = []
        self._is_done = False
        self._parser = httptools.HttpRequestParser(self)
        self._raw_bytes = 0

    def feed(self, data: bytes) -> list[Request | Answer]:
        """Read on; each request comes out once its body is complete."""
        while data and not self._is_done and self.after_upgrade is None:
            data = self._feed(data)
        if self.after_upgrade is not None:
            self.after_upgrade += data
        found, self._found = self._found, []
        return found

    def _feed(self, data: bytes) -> bytes:
        self._raw_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            rest = data[upgrade.args[0] :]
            if self._is_web_socket:
                self.after_upgrade = bytearray()
            else:  # an offer we do not take, such as h2c: go on in HTTP/1.1
                self._parser = httptools.HttpRequestParser(self)
            return rest
        except httptools.HttpParserError:
            self._refuse(BAD_REQUEST)
        if self.stage is Stage.HEADERS and self._raw_bytes > self._limits.header_bytes:
            self._refuse(HEADERS_TOO_LARGE)
        elif self.stage is Stage.BODY:
            around = self._raw_bytes - self._body_bytes - self._header_bytes
            if around > _CHUNKING_BYTES:
                self._refuse(BAD_REQUEST)
        return b""

    # What httptools calls.

    def on_message_begin(self) -> None:
        """Forget the request before."""
        self.stage = Stage.HEADERS
        self.requests_begun += 1
        self.expects_continue = False
        self._target = b""
        self._raw_headers: list[tuple[bytes, bytes]] = []
        self._header_bytes = 0
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._is_web_socket = False

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one that follows the body (a trailer) is dropped."""
        if self.stage is Stage.HEADERS:
            self._raw_headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Refuse what is too large before its body comes."""
        self.stage = Stage.BODY
        raw = self._raw_headers
        self._header_bytes = len(self._target) + sum([len(n) + len(v) + 4 for n, v in raw])
        self._headers = tuple([(n.decode("latin-1"), v.decode("latin-1")) for n, v in raw])
        names = [name.lower() for name, _ in self._headers]
        fields = dict(zip(names, [value for _, value in self._headers], strict=True))
        is_upgrade = self._parser.should_upgrade()
        self._is_web_socket = is_upgrade and fields.get("upgrade", "").lower() == "websocket"
        length = fields.get("content-length", "0").strip()
        has_body = length != "0" or "transfer-encoding" in fields
        if self._header_bytes > self._limits.header_bytes:
            self._refuse(HEADERS_TOO_LARGE)
        elif len(length) > 15 or int(length) > self._limits.http_body_bytes:
            self._refuse(BODY_TOO_LARGE)
        elif (is_upgrade and has_body) or not self._is_sound(names.count("host")):
            self._refuse(BAD_REQUEST)  # the parser skips the body of a request to upgrade
        self.expects_continue = fields.get("expect", "").lower() == "100-continue"

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > self._limits.http_body_bytes:
            self._refuse(BODY_TOO_LARGE)
        if not self._is_done:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Hand the request out, unless it was refused before its end."""
        self.stage = Stage.NONE
        self.expects_continue = False
        self._raw_bytes = 0
        if self._is_done:
            return
        request = Request(
            method=self._parser.get_method().decode("latin-1"),
            target=self._target.decode("latin-1"),
            headers=self._headers,
            body=b"".join(self._body),
            source_ip=self._source_ip,
            is_upgrade=self._is_web_socket,
            keep_alive=self._parser.should_keep_alive() and not self._is_web_socket,
        )
        self._found.append(request)

    def _is_sound(self, hosts: int) -> bool:
        version = self._parser.get_http_version()
        is_one_host = hosts == 1 or (hosts == 0 and version == "1.0")
        return self._target.startswith(b"/") and version in ("1.0", "1.1") and is_one_host

    def _refuse(self, answer: Answer) -> None:
        if not self._is_done:
            self._is_done = True
            self._body = []
            self._found.append(answer)
