"""How does one of two thousand sockets come back? By hand, as a browser's client does.

opening --101, welcome, joined--> at home --lost--> waiting --full jitter--> opening
   |                                                   ^
   +--refused, or nothing in time; renew the session---+

A browser comes by its cookie, and sees nothing of why a handshake failed: perhaps the session is
over, so it renews it before the next attempt, once a minute.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.soak.rest import Json, NoAnswerError, Person, ask

FIRST_S, LONGEST_S = 0.5, 30.0  # clients/javascript/src/backoff.ts
OPENING_S, ANSWER_S = 15.0, 10.0  # .../line.ts
STABLE_S, RENEWED_S = 10.0, 60.0  # .../connection.ts
CLOSE = 8
PAGE = 200


@dataclass
class Count:
    """What all devices together did, in seconds of the loop's clock."""

    attempts: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    dropped: int = 0
    renewals: int = 0
    joins_with_entries: int = 0
    pages: int = 0

    def begin(self) -> None:
        """Count from nothing."""
        self.attempts.clear()
        self.opened.clear()
        self.dropped = self.renewals = self.joins_with_entries = self.pages = 0

    @property
    def reads(self) -> int:
        return self.joins_with_entries + self.pages

    @staticmethod
    def most_in_a_second(times: list[float]) -> int:
        """Give the fullest second of all, wherever it begins."""
        most, first = 0, 0
        for last, at in enumerate(times):
            while times[first] <= at - 1.0:
                first += 1
            most = max(most, last - first + 1)
        return most


class Device:
    """One tab of one person, in one room."""

    def __init__(self, person: Person, room: str, count: Count, seed: str) -> None:
        self.room = room
        self.epoch = ""
        self.applied = 0
        self.is_home = False
        self._person = person
        self._count = count
        self._draw = random.Random(seed)
        self._must_renew = False
        self._renewed_at = -RENEWED_S

    async def runs(self) -> None:
        """Stay connected until cancelled."""
        failures = 0
        while True:
            lived_s = await self._one_line()
            failures = 0 if lived_s >= STABLE_S else failures
            longest_s = min(LONGEST_S, FIRST_S * 2.0**failures)
            failures += 1
            await asyncio.sleep(self._draw.random() * longest_s)

    async def _one_line(self) -> float:
        """Keep one socket until it ends; give how long it was ready."""
        loop = asyncio.get_running_loop()
        ready_at = loop.time()
        writer: asyncio.StreamWriter | None = None
        self._count.attempts.append(ready_at)
        try:
            if self._must_renew and ready_at >= self._renewed_at + RENEWED_S:
                await self._renews()
            self._must_renew = True
            async with asyncio.timeout(OPENING_S):
                reader, writer = await self._opened()
            async with asyncio.timeout(ANSWER_S):
                await self._joins(reader, writer)
            ready_at = loop.time()
            self.is_home, self._must_renew = True, False
            while (frame := await _received(reader)) is not None:
                self._take(frame)
        except (OSError, TimeoutError, EOFError, NoAnswerError):
            pass
        finally:
            self._count.dropped += self.is_home
            lived_s = loop.time() - ready_at if self.is_home else 0.0
            self.is_home = False
            if writer is not None:
                writer.transport.abort()
        return lived_s

    async def _renews(self) -> None:
        self._count.renewals += 1
        body = {"refreshToken": self._person.refresh_token}
        renewed = await ask(self._person.port, "POST", "/api/sessions/renew", body)
        if renewed.status != 200:
            raise NoAnswerError("the session is not renewed")
        self._renewed_at = asyncio.get_running_loop().time()

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host = f"localhost:{self._person.port}"
        reader, writer = await asyncio.open_connection("127.0.0.1", self._person.port)
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET /ws HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            f"Cookie: sid={self._person.refresh_token}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: teahouse.v1\r\n\r\n"
        )
        try:
            writer.write(head.encode())
            answered = await reader.readuntil(b"\r\n\r\n")
            if not answered.startswith(b"HTTP/1.1 101 "):
                raise NoAnswerError("the handshake was refused")
        except BaseException:
            writer.transport.abort()
            raise
        self._count.opened.append(asyncio.get_running_loop().time())
        return reader, writer

    async def _joins(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _send(writer, {"action": "hello", "id": "h"})
        join: Json = {"action": "joinRoom", "roomId": self.room, "id": "j"}
        if self.epoch:
            join["position"] = {"epoch": self.epoch, "seq": self.applied}
        while (frame := await _received(reader)) is not None:
            if frame.get("type") == "refused":
                raise NoAnswerError(frame["code"])
            if frame.get("re") == "h":
                _send(writer, join)
            elif frame.get("re") == "j":
                await self._joined(frame)
                return
            else:
                self._take(frame)
        raise EOFError

    async def _joined(self, joined: Json) -> None:
        if not self.epoch:
            self.epoch, self.applied = joined["epoch"], joined["head"]
            return
        assert joined["epoch"] == self.epoch, "nothing was restored"
        self._count.joins_with_entries += bool(joined["events"])
        self._apply(joined["events"])
        while self.applied < joined["head"]:
            self._count.pages += 1
            query = f"after={self.applied}&limit={PAGE}"
            page = await self._person.asks("GET", f"/api/rooms/{self.room}/events?{query}")
            if page.status != 200:
                raise NoAnswerError("no page")
            self._apply(page.body["events"])

    def _take(self, frame: Json) -> None:
        if frame.get("type") == "events" and frame["epoch"] == self.epoch:
            self._apply(frame["events"])

    def _apply(self, events: list[Json]) -> None:
        for event in events:
            self.applied += event["seq"] == self.applied + 1


def _send(writer: asyncio.StreamWriter, frame: Json) -> None:
    """Write a masked text frame, RFC 6455, 5.2; the mask may be nothing."""
    data = json.dumps(frame).encode()
    length = (
        bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
    )
    writer.write(b"\x81" + length + b"\0\0\0\0" + data)


async def _received(reader: asyncio.StreamReader) -> dict[str, Any] | None:
    """Read the next text frame; None when the server closes."""
    while True:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", await reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", await reader.readexactly(8))
        data = await reader.readexactly(length)
        if first & 0x0F == CLOSE:
            return None
        with suppress(ValueError):
            frame = json.loads(data)
            if isinstance(frame, dict):
                return frame
