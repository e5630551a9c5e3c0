"""How does one of two thousand sockets come back? By hand, as a browser's client does.

opening --101, welcome--> joining --joined--> at home --lost--> waiting --full jitter--> opening
   |                         | refused, no answer: again, here     ^
   +--refused, or nothing in time----------------------------------+

A browser comes by its cookie, and sees nothing of why a handshake failed: perhaps the session is
over, so one of its tabs renews it, unless it was seen alive within the last minute.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
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
STABLE_S, ALIVE_S = 10.0, 60.0  # .../connection.ts
PING_S = 30.0
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


@dataclass
class Browser:
    """What the tabs of one person share: the cookie, and when its session was last seen alive."""

    person: Person
    alive_at: float = -ALIVE_S


class Device:
    """One tab of one person, in one room."""

    def __init__(self, browser: Browser, room: str, count: Count, seed: str) -> None:
        self.room = room
        self.epoch = ""
        self.applied = 0
        self.is_home = False
        self._browser = browser
        self._person = browser.person
        self._count = count
        self._draw = random.Random(seed)
        self._has_failed = False

    async def runs(self) -> None:
        """Stay connected until cancelled."""
        failures = 0
        while True:
            lived_s = await self._one_line()
            failures = 0 if lived_s >= STABLE_S else failures
            await self._pauses(failures)
            failures += 1

    async def _one_line(self) -> float:
        """Keep one socket until it ends; give how long ago it was welcome."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        welcome_at: float | None = None
        writer: asyncio.StreamWriter | None = None
        self._count.attempts.append(began_at)
        try:
            if self._has_failed and began_at >= self._browser.alive_at + ALIVE_S:
                await self._renews(began_at)
            self._has_failed = True
            async with asyncio.timeout(OPENING_S):
                reader, writer = await self._opened()
            async with asyncio.timeout(ANSWER_S):
                await self._asks(reader, writer, {"action": "hello", "id": "h"})
            self._has_failed = False
            self._browser.alive_at = welcome_at = loop.time()
            await self._joins(reader, writer)
            self.is_home = True
            await self._stays(reader, writer)
        except (OSError, TimeoutError, EOFError, NoAnswerError):
            pass
        finally:
            self._count.dropped += self.is_home
            self.is_home = False
            if writer is not None:
                writer.transport.abort()
        return 0.0 if welcome_at is None else loop.time() - welcome_at

    async def _renews(self, now: float) -> None:
        self._browser.alive_at = now  # before it is known: no other tab asks meanwhile
        self._count.renewals += 1
        body = {"refreshToken": self._person.refresh_token}
        renewed = await ask(self._person.port, "POST", "/api/sessions/renew", body)
        if renewed.status != 200:
            raise NoAnswerError("the session is not renewed")

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
        """Join on this line, again when it is refused or not answered, as in heardRoom.ts."""
        for tries in itertools.count():
            join: Json = {"action": "joinRoom", "roomId": self.room, "id": f"j{tries}"}
            if self.epoch:
                join["position"] = {"epoch": self.epoch, "seq": self.applied}
            with suppress(TimeoutError, NoAnswerError):
                async with asyncio.timeout(ANSWER_S):
                    joined = await self._asks(reader, writer, join)
                await self._joined(joined)
                return
            await self._pauses(tries)

    async def _stays(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take what is pushed, and ask after so much silence whether anything was lost."""
        while True:
            try:
                frame = await _received(reader, PING_S)
            except TimeoutError:
                position = {"epoch": self.epoch, "seq": self.applied}
                _send(writer, {"action": "ping", "positions": {self.room: position}})
                frame = await _received(reader, ANSWER_S)
            if frame is None:
                return
            is_behind = frame.get("type") == "pong" and self.room in frame["behind"]
            if self._take(frame) or is_behind:
                await self._catches_up()

    async def _asks(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, action: Json
    ) -> Json:
        _send(writer, action)
        while (frame := await _received(reader)) is not None:
            if frame.get("re") != action["id"]:
                self._take(frame)
            elif frame["type"] == "refused":
                raise NoAnswerError(frame["code"])
            else:
                return frame
        raise EOFError

    async def _pauses(self, failures: int) -> None:
        longest_s = min(LONGEST_S, FIRST_S * 2.0**failures)
        await asyncio.sleep(self._draw.random() * longest_s)

    async def _joined(self, joined: Json) -> None:
        if not self.epoch:
            self.epoch, self.applied = joined["epoch"], joined["head"]
            return
        assert joined["epoch"] == self.epoch, "nothing was restored"
        self._count.joins_with_entries += bool(joined["events"])
        self._apply(joined["events"])
        if self.applied < joined["head"]:
            await self._catches_up()

    async def _catches_up(self) -> None:
        head = self.applied + 1
        while self.applied < head:
            self._count.pages += 1
            query = f"after={self.applied}&limit={PAGE}"
            page = await self._person.asks("GET", f"/api/rooms/{self.room}/events?{query}")
            if page.status != 200:
                raise NoAnswerError("no page")
            self._apply(page.body["events"])
            head = page.body["head"]

    def _take(self, frame: Json) -> bool:
        """Take what was pushed; tell whether anything before it is missing."""
        if frame.get("type") != "events" or frame["epoch"] != self.epoch:
            return False
        self._apply(frame["events"])
        return bool(frame["events"][-1]["seq"] > self.applied)

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


async def _received(
    reader: asyncio.StreamReader, within_s: float | None = None
) -> dict[str, Any] | None:
    """Read the next text frame, which has to begin in time; None when the server closes."""
    while True:
        async with asyncio.timeout(within_s):
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
