"""How does what one says or changes get into a room's log, once, whatever breaks on the way?"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.soak.recorder import Event, Recorder, digest, face_of, message_id
from tests.soak.rest import Answer, Json, NoAnswerError, new_id
from tests.soak.room_view import RoomView

PAGE = 200
GIVE_UP_S = 120.0
PAUSES_S = (0.05, 2.0)
WITH_POSITION = 0.5  # of all changes

Ask = Callable[[Json], Awaitable[Json | None]]  # None: no answer
Fetch = Callable[[str, str], Awaitable[Answer]]


@dataclass
class Item:
    """Something on its way; `position` is that of the first attempt.

    A message's is moved over what is shown, among which it is looked for.
    """

    id: str
    frame: Json
    position: Json | None  # None: the server keeps a record of the operation
    is_message: bool = True
    attempts: int = 0
    is_open: bool = False  # an attempt's outcome is unknown
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    outcome: str = ""


class Outbox:
    """One room's messages of one client: one at a time, the same id until it is settled."""

    def __init__(
        self,
        recorder: Recorder,
        client: str,
        user: str,
        view: RoomView,
        *,
        ask: Ask,
        fetch: Fetch,
        draw: random.Random,
    ) -> None:
        self._recorder = recorder
        self._client = client
        self._user = user
        self._view = view
        self._ask = ask
        self._fetch = fetch
        self._draw = draw
        self._item: Item | None = None

    async def say(self, text: str) -> str:
        """Say it until it is settled; gives "ok", "fail" or "unknown"."""
        id_ = new_id()
        frame = {"action": "sendMessage", "clientMessageId": id_, "text": text}
        return await self._insist(Item(id_, frame, dict(self._view.position)), "", digest(text))

    async def change(self, frame: Json, what: str, text: str = "") -> str:
        """Change a message until it is settled; the entry will be `what`, `text` its digest."""
        id_ = new_id()
        position = dict(self._view.position) if self._draw.random() < WITH_POSITION else None
        item = Item(id_, {**frame, "operationId": id_}, position, is_message=False)
        return await self._insist(item, what, text)

    async def _insist(self, item: Item, what: str, text: str) -> str:
        loop = asyncio.get_running_loop()
        self._item = item
        more = {} if item.is_message else {"what": what, "unordered": True}
        self._tell("invoke", item, user=self._user, text=text, **more)
        give_up_at = loop.time() + GIVE_UP_S
        while not item.outcome and loop.time() < give_up_at:
            await self._attempt(item)
            if not item.outcome:
                longest = min(PAUSES_S[1], PAUSES_S[0] * 2.0**item.attempts)
                await _first_of(item.settled.wait(), self._draw.random() * longest)
        if not item.outcome:
            self._settle(item, "unknown")
        self._item = None
        return item.outcome

    def compare(self, epoch: str, events: Sequence[Event]) -> None:
        """Entries are shown: look for one's own, and move the position over the others."""
        item = self._item
        if item is None or item.outcome or not item.is_message or item.position is None:
            return
        for event in events:
            if event.get("clientMessageId") == item.id and event["by"] == self._user:
                self._acknowledged(item, epoch, event["seq"])
                return
        first, last = events[0]["seq"], events[-1]["seq"]
        if item.position["epoch"] == epoch and first <= item.position["seq"] + 1 <= last:
            item.position = {"epoch": epoch, "seq": last}

    async def _attempt(self, item: Item) -> None:
        item.attempts += 1
        position = {} if item.position is None else {"position": item.position}
        asking = asyncio.ensure_future(
            self._ask({**item.frame, "roomId": self._view.room, **position})
        )
        seen = asyncio.create_task(item.settled.wait())
        try:  # an answer that was lost is not waited for once the message is seen in the log
            await asyncio.wait((asking, seen), return_when=asyncio.FIRST_COMPLETED)
            if item.outcome:
                return
            answer = await asking
        finally:
            asking.cancel()
            seen.cancel()
        if answer is None:
            item.is_open = True
        elif answer["type"] == "sent":
            self._acknowledged(item, answer["epoch"], answer["seq"])
            self._view.take(answer["epoch"], [answer["event"]])
        elif answer["type"] == "done":
            self._made(item, answer["epoch"], answer["event"])
        elif answer["code"] == "stale_position":
            await self._catch_up(item)
        elif answer["retryable"]:
            item.is_open = item.is_open or answer["code"] != "too_many_requests"
        else:
            self._settle(item, "unknown" if item.is_open else "fail", code=answer["code"])

    async def _catch_up(self, item: Item) -> None:
        """Look for the message in every entry after its position, which may then move there."""
        if not item.is_open:  # nothing was written: any newer position will do
            if self._view.is_started:
                item.position = dict(self._view.position)
            return
        if item.position is None or not item.is_message:  # its entry does not tell whose it is
            self._settle(item, "unknown")
            return
        epoch, seq = item.position["epoch"], item.position["seq"]
        while True:
            try:
                page = await self._fetch(self._view.room, f"after={seq}&limit={PAGE}")
            except NoAnswerError:
                return
            if item.outcome or page.status != 200:
                return
            if page.body["epoch"] != epoch or page.body["firstSeq"] > seq + 1:
                self._settle(item, "unknown")
                return
            events = page.body["events"]
            for event in events:
                if event.get("clientMessageId") == item.id and event["by"] == self._user:
                    self._acknowledged(item, epoch, event["seq"])
                    return
            if not events:
                return
            seq = events[-1]["seq"]
            item.position = {"epoch": epoch, "seq": seq}
            if seq >= page.body["head"]:
                return

    def _acknowledged(self, item: Item, epoch: str, seq: int) -> None:
        if not item.outcome:
            item.outcome = "ok"
            self._tell("ok", item, epoch=epoch, seq=seq)
            item.settled.set()

    def _made(self, item: Item, epoch: str, event: Event) -> None:
        """The change is made, by this entry or one that was there before."""
        item.outcome = "ok"
        id_, what, text = face_of(event)
        self._recorder.write(
            "changed",
            client=self._client,
            room=self._view.room,
            epoch=epoch,
            seq=event["seq"],
            id=id_,
            what=what,
            text=text,
        )
        item.settled.set()
        self._view.take(epoch, [event])

    def _settle(self, item: Item, outcome: str, **more: Any) -> None:
        item.outcome = outcome
        self._tell("fail" if outcome == "fail" else "info", item, **more)
        item.settled.set()

    def _tell(self, kind: str, item: Item, **fields: Any) -> None:
        named = {"client": self._client, "room": self._view.room}
        self._recorder.write(kind, **named, id=message_id(self._user, item.id), **fields)


async def _first_of(waiting: Awaitable[object], limit_s: float) -> None:
    try:
        async with asyncio.timeout(limit_s):
            await waiting
    except TimeoutError:
        return
