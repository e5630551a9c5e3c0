"""How does a run end? Everybody comes to the head, tells what is shown, and reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from tests.soak.client import Client
from tests.soak.looks import told
from tests.soak.recorder import Recorder
from tests.soak.rest import NoAnswerError
from tests.soak.room_view import RoomView
from tests.soak.waiting import until

TOGETHER = 16  # who read at the same time
MARKED_S = 0.2  # after a mark, before it is looked for
TRIES = 5  # to read a room
AGAIN_S = 0.5


class Ending:
    """The end of one run, without faults; `owners` by room."""

    def __init__(
        self, recorder: Recorder, clients: Sequence[Client], owners: Mapping[str, Client]
    ) -> None:
        self._recorder = recorder
        self._clients = clients
        self._owners = owners

    async def drain(self, limit_s: float) -> float:
        """Wait until everybody stands at the head, tell where each stands, and how long it took."""
        for client in self._clients:
            for room in client.rooms:
                self._recorder.write("expects", client=client.name, room=room)
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        with suppress(TimeoutError):
            await until(self._all_home, limit_s, every_s=1.0)
        home_s = loop.time() - began_at
        heads = {room: await self._head(room) for room in self._owners}
        for client in self._clients:
            for room, view in client.rooms.items():
                if (view.epoch, view.applied) == heads[room]:
                    where = {"epoch": view.epoch, "seq": view.applied}
                    named = {"client": client.name, "room": room, **where}
                    self._recorder.write("drained", **named)
                    looks = {"first": view.looks.first, "digest": view.looks.digest()}
                    self._recorder.write("looks", **named, **looks)
        for room, owner in self._owners.items():
            for _ in range(TRIES):
                with suppress(NoAnswerError):
                    if (snapshot := await owner.healing.snapshot(room, is_whole=True)) is not None:
                        epoch, head, messages = snapshot
                        shown = [told(message) for message in messages]
                        self._recorder.write("page", room=room, epoch=epoch, seq=head, shown=shown)
                        break
                await asyncio.sleep(AGAIN_S)
        return home_s

    async def _all_home(self) -> bool:
        heads = {room: await self._head(room) for room in self._owners}
        return all(
            (view.epoch, view.applied) == heads[room]
            for client in self._clients
            for room, view in client.rooms.items()
        )

    async def _head(self, room: str) -> tuple[str, int]:
        owner = self._owners[room].person
        for _ in range(TRIES):
            with suppress(NoAnswerError):
                page = await owner.asks("GET", f"/api/rooms/{room}/events?limit=1")
                if page.status == 200:
                    return page.body["epoch"], page.body["head"]
            await asyncio.sleep(AGAIN_S)
        return "", 0

    async def read(self) -> None:
        """Everybody reads half of it, then all, then half again, and is asked after each."""
        for share in (0.5, 1.0, 0.5):
            reading = [
                self._reads(client, view, max(1, int(view.applied * share)))
                for client in self._clients
                for view in client.rooms.values()
            ]
            for start in range(0, len(reading), TOGETHER):
                await asyncio.gather(*reading[start : start + TOGETHER])

    async def _reads(self, client: Client, view: RoomView, seq: int) -> None:
        """Mark as read until the server says so; nothing answers a mark."""
        for _ in range(20):
            await client.tells({"action": "markRead", "roomId": view.room, "seq": seq})
            await asyncio.sleep(MARKED_S)
            with suppress(NoAnswerError):
                answer = await client.person.asks("GET", f"/api/rooms/{view.room}")
                if answer.status == 200 and answer.body["room"]["readSeq"] >= seq:
                    self._recorder.write(
                        "read",
                        user=client.person.id,
                        room=view.room,
                        epoch=view.epoch,
                        readSeq=answer.body["room"]["readSeq"],
                        unread=answer.body["room"]["unread"],
                    )
                    return
