"""Who does everything wrong? People who lie, flood, or connect and say nothing."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from contextlib import suppress

from websockets.asyncio.client import connect

from tests.soak.client import LOST, Client
from tests.soak.recorder import Recorder, digest, message_id
from tests.soak.rest import Json, NoAnswerError, new_id

BURST = 20
JUNK: tuple[str | bytes, ...] = (
    "",
    "null",
    "[" * 5_000,
    '{"action": ["sendMessage"]}',
    '{"action": "sendMessage", "by": "somebody else"}',
    '{"action": "ping", "positions": {"x": {"epoch": "", "seq": -1}}}',
    "x" * 40_000,  # over the frame: the line closes, 1009
    b"\x00\xff",  # binary: the line closes, 1003
)


class Troublemaker:
    """A client of its own beside one that follows the contract; `foreign` are others' rooms."""

    def __init__(self, recorder: Recorder, client: Client, foreign: list[str], seed: int) -> None:
        self.client = client
        self._recorder = recorder
        self._foreign = foreign
        self._draw = random.Random(f"{seed}-{client.name}")
        self._heard_ids: list[str] = []

    async def lies(self) -> None:
        """Name positions that are not, ids that are taken, rooms of others."""
        await self._settles_in()
        while True:
            await asyncio.sleep(self._draw.uniform(0.1, 0.5))
            for room, view in self.client.rooms.items():
                ahead = {"epoch": view.epoch, "seq": view.applied + self._draw.randint(1, 999)}
                other = {"epoch": "0000.1", "seq": view.applied}
                await self._says(room, self._draw.choice((ahead, other)), new_id())
                taken = new_id()
                position = view.position
                if await self._says(room, position, taken):
                    await self._says(room, position, taken, is_again=True)
            room = self._draw.choice(self._foreign)
            await self._says(room, {"epoch": "0000.1", "seq": 1}, new_id())
            await self._peeks(room)

    async def floods(self) -> None:
        """Send as fast as the line takes it, junk among it."""
        await self._settles_in()
        while True:
            for room, view in self.client.rooms.items():
                said = (self._says(room, view.position, new_id()) for _ in range(BURST))
                await asyncio.gather(*said)
            await self._junk()
            await asyncio.sleep(self._draw.uniform(1, 4))

    async def keeps_silent(self) -> None:
        """Connect and say nothing, or stop in the midst of the handshake, again and again."""
        while True:
            await asyncio.sleep(self._draw.uniform(0.5, 1.5))
            with suppress(*LOST):
                _, writer = await asyncio.open_connection("127.0.0.1", self.client.person.port)
                writer.write(b"GET /ws HTTP/1.1\r\nHost: local")
                await asyncio.sleep(self._draw.random())
                writer.close()
            with suppress(*LOST):
                ticket = await self.client.person.asks("POST", "/api/tickets")
                if ticket.status == 201:
                    await self._sits_there(str(ticket.body["ticket"]))

    async def _sits_there(self, ticket: str) -> None:
        async with connect(
            f"ws://localhost:{self.client.person.port}/ws",
            subprotocols=["teahouse.v1", f"ticket.{ticket}"],  # type: ignore[list-item]
            compression=None,
            ping_interval=None,
            close_timeout=0.1,
            proxy=None,
        ):
            await asyncio.sleep(self._draw.uniform(0.1, 3.0))

    async def _settles_in(self) -> None:
        while not all(view.applied for view in self.client.rooms.values()):
            await asyncio.sleep(0.2)

    async def _says(self, room: str, position: Json, id_: str, *, is_again: bool = False) -> bool:
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
            ticket = await self.client.person.asks("POST", "/api/tickets")
            if ticket.status != 201:
                return
            async with connect(
                f"ws://localhost:{self.client.person.port}/ws",
                subprotocols=["teahouse.v1", f"ticket.{ticket.body['ticket']}"],  # type: ignore[list-item]
                compression=None,
                ping_interval=None,
                close_timeout=0.1,
                proxy=None,
            ) as socket:
                for junk in JUNK:
                    await socket.send(junk)
                await socket.send(json.dumps({"action": "hello", "id": "x" * 65}))
                async with asyncio.timeout(1):
                    async for _ in socket:
                        continue


KINDS: tuple[Callable[[Troublemaker], object], ...] = (
    Troublemaker.lies,
    Troublemaker.floods,
    Troublemaker.keeps_silent,
)
