"""How does a client get back what it missed? By pages, from where it stands or from the start."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from tests.soak.recorder import Event, now_ms
from tests.soak.rest import Answer, NoAnswerError, Person
from tests.soak.room_view import RoomView

PAGE = 200
FIRST_PAGE = 50  # of messages; who scrolls no further back sees no more of them
HEAL_S = (0.15, 0.40)  # before a hole is filled


class Healing:
    """What one client asks REST for, at most once at a time for each room.

    `heard` is told all that comes, with the time it was asked for; `spawn` goes on with something.
    """

    def __init__(
        self,
        person: Person,
        draw: random.Random,
        spread_s: float,
        *,
        heard: Callable[[str, str, Sequence[Event], float | None], None],
        spawn: Callable[[Any], None],
    ) -> None:
        self.reads_all = False  # a screen that starts afresh scrolls back to the first message
        self._person = person
        self._draw = draw
        self._spread_s = spread_s
        self._heard = heard
        self._spawn = spawn
        self._at_work: set[str] = set()

    async def checks_epoch(self, view: RoomView) -> None:
        """A push of another epoch may be an old one: the log says which is current.

        Pushes come much faster than answers while whole rooms begin afresh: each client asks once
        at a time, and not all of them at the same moment.
        """
        asking = f"epoch {view.room}"
        if asking in self._at_work or f"snapshot {view.room}" in self._at_work:
            return
        self._at_work.add(asking)
        try:
            await asyncio.sleep(self._draw.random() * self._spread_s)
            page = await self.events(view.room, f"after={view.applied}&limit=1")
            if page.status == 200 and page.body["epoch"] != view.epoch:
                await self.resets(view)
        finally:
            self._at_work.discard(asking)

    async def heals(self, view: RoomView, *, at_once: bool = False) -> None:
        """Fetch the entries after `applied` until none is missing."""
        if view.room in self._at_work:
            return
        self._at_work.add(view.room)
        try:
            if not at_once:
                await asyncio.sleep(self._draw.uniform(*HEAL_S))
                if not view.has_hole:
                    return  # what was overtaken has come
            while view.is_started:
                after, asked_at = view.applied, now_ms()
                page = await self.events(view.room, f"after={after}&limit={PAGE}")
                if page.status != 200:
                    return  # the next ping asks again
                body = page.body
                self._heard(view.room, body["epoch"], body["events"], asked_at)
                if body["epoch"] != view.epoch or body["firstSeq"] > view.applied + 1:
                    self._spawn(self.resets(view))
                    return
                view.take(body["epoch"], body["events"])
                if view.applied >= body["head"] or view.applied == after:
                    return
        except NoAnswerError:
            return
        finally:
            self._at_work.discard(view.room)

    async def resets(self, view: RoomView) -> None:
        """Start afresh from a snapshot, whose head was read before its messages."""
        if f"snapshot {view.room}" in self._at_work:
            return
        self._at_work.add(f"snapshot {view.room}")
        try:
            snapshot = await self.snapshot(view.room, is_whole=self.reads_all)
            if snapshot is not None:
                epoch, head, messages = snapshot
                is_part = messages and not self.reads_all
                view.start(epoch, head, messages, first=messages[0]["seq"] if is_part else 0)
                await self.heals(view, at_once=True)
        except NoAnswerError:
            return
        finally:
            self._at_work.discard(f"snapshot {view.room}")

    async def snapshot(
        self, room: str, *, is_whole: bool
    ) -> tuple[str, int, Sequence[Event]] | None:
        """Read messages as they stand, with the head that was read before them.

        All of them, or one page: what a screen shows of which nobody scrolls back.

        Raises:
            NoAnswerError: nobody knows.
        """
        messages: list[Event] = []
        query, epoch, head = f"limit={PAGE if is_whole else FIRST_PAGE}", "", 0
        while True:
            page = await self._messages(room, query)
            if page.status != 200 or (epoch and page.body["epoch"] != epoch):
                return None
            if not epoch:
                epoch, head = page.body["epoch"], page.body["head"]
            messages[:0] = page.body["messages"]
            if not page.body["messages"] or not is_whole:
                return epoch, head, [m for m in messages if m["seq"] <= head]
            query = f"limit={PAGE}&before={messages[0]['seq']}"

    async def events(self, room: str, query: str) -> Answer:
        return await self._person.asks("GET", f"/api/rooms/{quote(room)}/events?{query}")

    async def _messages(self, room: str, query: str) -> Answer:
        return await self._person.asks("GET", f"/api/rooms/{quote(room)}/messages?{query}")
