"""Who does everything wrong? People who lie, flood, read slowly, say nothing, come again and again.

What each is told (a refusal, a status, the code a line was closed with) is written down: who is
bounded has to hear why.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.soak.client import Client
from tests.soak.line import LOST
from tests.soak.recorder import Recorder, digest, message_id
from tests.soak.rest import Json, NoAnswerError, new_id

BURST = 40
TICKETS = 40  # asked for at once by who comes back again and again
LINES = 12  # the eleventh of one person closes the oldest
SLOW_BYTES = 4_096  # what the system keeps for who reads slowly
SLOW_S = 3.0  # between two frames that it reads
JUNK: tuple[str | bytes, ...] = (
    "",
    "null",
    "[" * 5_000,
    '{"action": ["sendMessage"]}',
    '{"action": "sendMessage", "by": "somebody else"}',
    '{"action": "ping", "positions": {"x": {"epoch": "", "seq": -1}}}',
)
NO_FRAMES: tuple[str | bytes, ...] = ("x" * 40_000, b"\x00\xff")  # the line closes: 1009, 1003


class Troublemaker:
    """A client of its own beside one that follows the contract; `foreign` are others' rooms."""

    def __init__(self, recorder: Recorder, client: Client, foreign: list[str], seed: int) -> None:
        self.client = client
        self._recorder = recorder
        self._foreign = foreign
        self._draw = random.Random(f"{seed}-{client.name}")

    async def lies(self) -> None:
        """Name positions that are not, ids that are taken, rooms of others."""
        await self._settles_in()
        while True:
            await asyncio.sleep(self._draw.uniform(0.3, 1.0))
            for room, view in self.client.rooms.items():
                ahead = {"epoch": view.epoch, "seq": view.applied + self._draw.randint(1, 999)}
                other = {"epoch": "0000.1", "seq": view.applied}
                await self._says("lies", room, self._draw.choice((ahead, other)), new_id())
                taken = new_id()
                position = view.position
                if await self._says("lies", room, position, taken):
                    await self._says("lies", room, position, taken, is_again=True)
                others = [seq for seq, by in view.recent if by != self.client.person.id]
                if others:
                    await self._takes_over(room, self._draw.choice(others))
            room = self._draw.choice(self._foreign)
            await self._says("lies", room, {"epoch": "0000.1", "seq": 1}, new_id())
            await self._peeks(room)

    async def floods(self) -> None:
        """Send as fast as the line takes it, junk among it."""
        await self._settles_in()
        while True:
            for room, view in self.client.rooms.items():
                said = (self._says("floods", room, view.position, new_id()) for _ in range(BURST))
                await asyncio.gather(*said)
            await self._junk()
            await asyncio.sleep(self._draw.uniform(3, 8))

    async def keeps_silent(self) -> None:
        """Connect and say nothing, or stop in the midst of the handshake, until it is ended."""
        while True:
            with suppress(*LOST):
                await asyncio.gather(self._begins_a_handshake(), self._says_no_word())
            await asyncio.sleep(self._draw.uniform(0.5, 1.5))

    async def reads_slowly(self) -> None:
        """Hear a room, and read a frame every few seconds, until the line is cut."""
        await self._settles_in()
        while True:
            await asyncio.sleep(self._draw.uniform(0.5, 1.5))
            with suppress(*LOST):
                async with self._line(is_slow=True) as line:
                    await line.send(json.dumps({"action": "hello", "id": "h"}))
                    for room in self.client.rooms:
                        await line.send(json.dumps({"action": "joinRoom", "roomId": room}))
                    await self._reads_until_cut(line)

    async def comes_again(self) -> None:
        """Open more lines than one may have, ask for more tickets than one gets, go, come again."""
        await self._settles_in()
        while True:
            lines = [asyncio.create_task(self._stays()) for _ in range(LINES)]
            tickets = (self._asks_for_a_ticket() for _ in range(TICKETS))
            await asyncio.gather(*tickets, return_exceptions=True)
            await asyncio.sleep(self._draw.uniform(12, 24))
            for line in lines:
                line.cancel()
            await asyncio.gather(*lines, return_exceptions=True)

    # Lines beside the client's -------------------------------------------------------------------

    async def _begins_a_handshake(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.client.person.port)
        try:
            writer.write(b"GET /ws HTTP/1.1\r\nHost: local")
            answered = await reader.readline()
            if answered.startswith(b"HTTP/1.1 "):
                self._told("keeps_silent", f"status {answered[9:12].decode()}")
        finally:
            writer.close()

    async def _says_no_word(self) -> None:
        async with self._line() as line:
            await line.wait_closed()
            self._told("keeps_silent", f"closed {line.close_code}")

    async def _reads_until_cut(self, line: ClientConnection) -> None:
        try:
            while True:
                await line.recv()
                await line.send(json.dumps({"action": "ping", "positions": {}}))
                await asyncio.sleep(SLOW_S)
        except ConnectionClosed:
            self._told("reads_slowly", f"closed {line.close_code}")

    async def _stays(self) -> None:
        with suppress(*LOST):
            async with self._line() as line:
                await line.send(json.dumps({"action": "hello", "id": "h"}))
                async for data in line:
                    frame = json.loads(data)
                    if frame.get("type") == "goodbye":
                        self._told("comes_again", f"goodbye {frame['code']}")

    async def _asks_for_a_ticket(self) -> None:
        with suppress(NoAnswerError):
            ticket = await self.client.person.asks("POST", "/api/tickets")
            if ticket.status != 201:
                self._told("comes_again", ticket.code or f"status {ticket.status}")

    @asynccontextmanager
    async def _line(self, *, is_slow: bool = False) -> AsyncIterator[ClientConnection]:
        """Open a line of its own; one that is slow takes in next to nothing."""
        ticket = await self.client.person.asks("POST", "/api/tickets")
        if ticket.status != 201:
            raise NoAnswerError("no ticket")
        port = self.client.person.port
        more: dict[str, Any] = {}
        if is_slow:
            more["sock"] = socket.socket()
            more["sock"].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BYTES)
            more["sock"].connect(("127.0.0.1", port))
            more["max_queue"] = 1
        async with connect(
            f"ws://localhost:{port}/ws",
            subprotocols=["teahouse.v1", f"ticket.{ticket.body['ticket']}"],  # type: ignore[list-item]
            compression=None,
            ping_interval=None,
            close_timeout=0.1,
            proxy=None,
            **more,
        ) as line:
            yield line

    # What they say -------------------------------------------------------------------------------

    async def _settles_in(self) -> None:
        while not all(view.applied for view in self.client.rooms.values()):
            await asyncio.sleep(0.2)

    async def _takes_over(self, room: str, seq: int) -> None:
        """Put words into the mouth of somebody else; nobody has said this, should it be shown."""
        frame = {"action": "editMessage", "roomId": room, "seq": seq, "version": 1, "text": "I lie"}
        answer = await self.client.ask({**frame, "operationId": new_id()})
        if answer is not None and answer["type"] == "refused":
            self._told("lies", answer["code"])

    async def _says(
        self, kind: str, room: str, position: Json, id_: str, *, is_again: bool = False
    ) -> bool:
        """Say it once, and tell whether it was taken; else the outcome is unknown."""
        text = f"{self.client.name} {self._draw.random()}"
        named = {"client": self.client.name, "room": room}
        told = message_id(self.client.person.id, id_)
        if not is_again:
            said = {"user": self.client.person.id, "id": told, "text": digest(text)}
            self._recorder.write("invoke", **named, **said, unordered=True)
        answer = await self.client.ask(
            {
                "action": "sendMessage",
                "roomId": room,
                "clientMessageId": id_,
                "position": position,
                "text": text,
            }
        )
        if answer is not None and answer["type"] == "refused":
            self._told(kind, answer["code"])
        if is_again or answer is None or answer["type"] != "sent":
            return False
        self._recorder.write("ok", **named, id=told, epoch=answer["epoch"], seq=answer["seq"])
        if room in self.client.rooms:
            self.client.rooms[room].take(answer["epoch"], [answer["event"]])
        return True

    async def _peeks(self, room: str) -> None:
        """Try to read a room of others; whatever is heard is told to the checker."""
        answers: list[Mapping[str, object]] = []
        joined = await self.client.ask({"action": "joinRoom", "roomId": room})
        if joined is not None and joined["type"] == "joined":
            answers.append(joined)
        for page in ("events", "messages"):
            with suppress(NoAnswerError):
                answer = await self.client.person.asks("GET", f"/api/rooms/{room}/{page}")
                if answer.status == 200:
                    answers.append(answer.body)
        for heard in answers:
            self._recorder.write(
                "heard",
                client=self.client.name,
                user=self.client.person.id,
                room=room,
                epoch=heard["epoch"],
                seq=heard["head"],
            )

    async def _junk(self) -> None:
        with suppress(*LOST):
            async with self._line() as line:
                try:
                    for junk in (*JUNK, self._draw.choice(NO_FRAMES)):
                        await line.send(junk)
                    async with asyncio.timeout(1):
                        await line.wait_closed()
                except ConnectionClosed:
                    pass
                self._told("floods", f"closed {line.close_code}")

    def _told(self, kind: str, why: str) -> None:
        self._recorder.write("told", client=self.client.name, who=kind, why=why)


KINDS: tuple[Callable[[Troublemaker], Coroutine[Any, Any, None]], ...] = (
    Troublemaker.lies,
    Troublemaker.floods,
    Troublemaker.comes_again,
    Troublemaker.keeps_silent,
    Troublemaker.reads_slowly,
)
