"""Which HTTP/1.1 answer do these bytes hold? Pure: bytes in, an answer or None out.

As much of RFC 9112 as AWS's front ends use: a body is as long as Content-Length says, or chunked,
or goes on until the connection ends. Whatever else comes is nonsense, and the line's end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from teahouse.adapters.aws.failures import NonsenseAnswer

MAX_HEAD_BYTES = 65_536
MAX_BODY_BYTES = 33_554_432  # BatchGetItem answers 16 MB of items; JSON makes it more

_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?\Z")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*\Z")
_LENGTH = re.compile(rb"\d{1,12}\Z")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")


class Answer(NamedTuple):
    """A complete answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


EMPTY_SUCCESS = Answer(200, {}, b"")


def is_empty_success(data: bytes) -> bool:
    """Tell at a glance whether these bytes are one whole 200 without a body, on a line that stays.

    Whatever is not so plain is for `AnswerReader`.
    """
    if not (data.startswith(b"HTTP/1.1 200 ") and data.endswith(b"\r\n\r\n")):
        return False
    fields = data.lower()
    return (
        b"\r\ncontent-length: 0\r\n" in fields
        and fields.count(b"\r\nconnection:") == fields.count(b"\r\nconnection: keep-alive\r\n")
        and b"\r\ntransfer-encoding:" not in fields
        and fields.count(b"\r\ncontent-length:") == 1
        and fields.count(b"\r\n\r\n") == 1
    )


class AnswerReader:
    """Takes the answers of one line, one at a time."""

    def __init__(self) -> None:
        self.has_begun = False  # a byte of the next answer is here
        self.is_last = False  # the line ends with the answer just taken
        self._buffer = bytearray()
        self._head: tuple[int, dict[str, str], bool] | None = None

    def feed(self, data: bytes) -> Answer | None:
        """Take what came, and give the answer if it is complete now.

        Raises:
            NonsenseAnswer: these bytes are no answer, or more than one.
        """
        self.has_begun = True
        self._buffer += data
        return self._take(is_end=False)

    def end(self) -> Answer | None:
        """Say that the line has ended; some answers are complete only then.

        Raises:
            NonsenseAnswer: half an answer was here.
        """
        answer = self._take(is_end=True) if self.has_begun else None
        if answer is None and self.has_begun:
            raise NonsenseAnswer("half an answer, then the end")
        return answer

    def _take(self, *, is_end: bool) -> Answer | None:
        if self._head is None and not self._read_head():
            return None
        assert self._head is not None
        status, headers, closes = self._head
        body: bytes | None
        if status in (204, 304):
            body = b""
        elif "transfer-encoding" in headers:
            body = self._chunked(headers)
        elif "content-length" in headers:
            body = self._counted(headers["content-length"])
        else:
            closes = True
            body = bytes(self._buffer) if is_end else None
            self._limit(len(self._buffer))
            if is_end:
                self._buffer.clear()
        if body is None:
            return None
        if self._buffer:
            raise NonsenseAnswer("more than one answer")
        self._head = None
        self.has_begun = False
        self.is_last = closes
        return Answer(status, headers, body)

    def _read_head(self) -> bool:
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > MAX_HEAD_BYTES or not _may_begin(self._buffer):
                    raise NonsenseAnswer("not HTTP")
                return False
            head = _read_head(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
            if head[0] >= 200:  # RFC 9110, 15.2: answers below 200 come before the answer
                self._head = head
                return True

    def _counted(self, length: str) -> bytes | None:
        if _LENGTH.match(length.encode()) is None:
            raise NonsenseAnswer("a Content-Length that is no number")
        count = int(length)
        self._limit(count)
        if len(self._buffer) < count:
            return None
        body = bytes(self._buffer[:count])
        del self._buffer[:count]
        return body

    def _chunked(self, headers: Mapping[str, str]) -> bytes | None:
        """Read all chunks once the last is here (answers to us are short)."""
        if headers["transfer-encoding"].lower() != "chunked" or "content-length" in headers:
            raise NonsenseAnswer("a body of unknown length")
        body, at = bytearray(), 0
        while True:
            match = _CHUNK.match(self._buffer, at)
            if match is None:
                if len(self._buffer) - at > 1_024 or b"\n" in self._buffer[at:]:
                    raise NonsenseAnswer("a chunk without its length")
                return None
            count = int(match[1], 16)
            self._limit(len(body) + count)
            at = match.end()
            if count == 0:
                break
            if len(self._buffer) < at + count + 2:
                return None
            body += self._buffer[at : at + count]
            if self._buffer[at + count : at + count + 2] != b"\r\n":
                raise NonsenseAnswer("a chunk longer than it says")
            at += count + 2
        # What may follow the last chunk are trailer fields, and an empty line.
        end = at if self._buffer[at : at + 2] == b"\r\n" else self._buffer.find(b"\r\n\r\n", at) + 2
        if end < at or len(self._buffer) < end + 2:
            return None
        del self._buffer[: end + 2]
        return bytes(body)

    def _limit(self, body_bytes: int) -> None:
        if body_bytes > MAX_BODY_BYTES:
            raise NonsenseAnswer("an answer too long to read")


def _may_begin(buffer: bytearray) -> bool:
    return b"HTTP/1.".startswith(buffer[:7])


def _read_head(head: bytes) -> tuple[int, dict[str, str], bool]:
    """Read status and fields, and whether the connection ends after this answer."""
    lines = head.split(b"\r\n")
    status_line = _STATUS_LINE.match(lines[0])
    if status_line is None:
        raise NonsenseAnswer("not HTTP/1.1")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        field = _FIELD.match(line)
        if field is None:
            raise NonsenseAnswer("a header that is none")
        name, value = field[1].decode("ascii").lower(), field[2].decode("latin-1")
        if name == "content-length" and headers.get(name, value) != value:
            raise NonsenseAnswer("two lengths for one body")
        headers[name] = value
    wishes = headers.get("connection", "").lower()
    closes = "close" in wishes or (status_line[1] == b"0" and "keep-alive" not in wishes)
    return int(status_line[2]), headers, closes
