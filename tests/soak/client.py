"""How does one program take part, whatever breaks? It follows docs/delivery.md, "The client"."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import connect

from tests.soak.healing import Healing
from tests.soak.line import LOST, Line
from tests.soak.outbox import Outbox
from tests.soak.recorder import Event, Recorder, digest, now_ms, what_of
from tests.soak.rest import Json, NoAnswerError, Person
from tests.soak.room_view import RoomView

EMOJIS = ("🍵", "❤️", "👍")


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a client is."""

    ping_s: float = 5.0
    answer_s: float = 10.0
    spread_s: float = 0.5  # before a first new try, at most; twice as long before each further one
    backoff_s: float = 10.0  # at most, before full jitter


class Client:
    """One device of one person: a socket when there can be one, its rooms, what it says."""

    def __init__(
        self, recorder: Recorder, person: Person, name: str, pace: Pace, seed: int
    ) -> None:
        self.person = person
        self.name = name
        self.rooms: dict[str, RoomView] = {}
        self.outboxes: dict[str, Outbox] = {}
        self.is_watched = False  # everything that arrives is told, for the checker's `leaked`
        self.codes: dict[str, str] = {}  # invitations, to get in (again)
        self.is_let_in: dict[str, bool] = {}  # False: somebody else says when
        self._recorder = recorder
        self._pace = pace
        self._draw = random.Random(f"{seed}-{name}")
        self._line: Line | None = None
        self._must_renew = False
        self._joined: set[str] = set()  # rooms that this line hears
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = asyncio.Event()
        self.healing = Healing(
            person, self._draw, pace.spread_s, heard=self._heard, spawn=self._spawn
        )

    def follows(self, room: str, code: str) -> None:
        """Take part in a room from now on."""
        view = RoomView(self._recorder, self.name, self.person.id, room, self._shown(room))
        self.rooms[room] = view
        self.codes[room] = code
        self.is_let_in[room] = True
        self.outboxes[room] = Outbox(
            self._recorder,
            self.name,
            self.person.id,
            view,
            ask=self.ask,
            fetch=self.healing.events,
            draw=self._draw,
        )

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    async def runs(self) -> None:
        """Stay connected until cancelled."""
        failures = 0
        try:
            while True:
                try:
                    failures = 0 if await self._one_line() else failures + 1
                except LOST:
                    failures += 1
                pace = self._pace
                longest = min(pace.backoff_s, pace.spread_s * 2.0 ** min(failures, 10))
                await asyncio.sleep(self._draw.random() * longest)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ask(self, frame: Json) -> Json | None:
        """Ask on the socket; None when there was no answer in time, or no socket."""
        if not self.is_ready:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.answer_s):
                    await self._ready.wait()
        return None if self._line is None else await self._line.asks(frame)

    async def tells(self, frame: Json) -> None:
        """Send what nobody answers."""
        if self._line is not None:
            await self._line.tells(frame)

    async def says(self, room: str, text: str) -> str:
        """Say something in a room whose screen has begun."""
        return await self.outboxes[room].say(text)

    async def changes(self, room: str, *, may_delete_all: bool) -> str:
        """Change something that was said lately; gives "none" if there is nothing."""
        view, me = self.rooms[room], self.person.id
        known = [(seq, by) for seq, by in view.recent if view.looks.version(seq)]
        mine = [(seq, by) for seq, by in known if by == me]
        kind = self._draw.choices(("react", "edit", "delete"), weights=(5, 4, 1))[0]
        among = known if kind == "react" or (kind == "delete" and may_delete_all) else mine
        if not among:
            return "none"
        seq, _ = self._draw.choice(among)
        outbox = self.outboxes[room]
        if kind == "react":
            emoji, is_on = self._draw.choice(EMOJIS), self._draw.random() < 0.7
            event = "reactionAdded" if is_on else "reactionRemoved"
            frame: Json = {"action": "react", "seq": seq, "emoji": emoji, "on": is_on}
            return await outbox.change(frame, what_of(event, me, {"target": seq, "emoji": emoji}))
        if kind == "delete":
            what = what_of("messageDeleted", me, {"target": seq})
            return await outbox.change({"action": "deleteMessage", "seq": seq}, what)
        version, text = view.looks.version(seq), f"otherwise {self._draw.random()}"
        frame = {"action": "editMessage", "seq": seq, "version": version, "text": text}
        what = what_of("messageEdited", me, {"target": seq, "version": version + 1})
        return await outbox.change(frame, what, digest(text))

    # One line ------------------------------------------------------------------------------------

    async def _one_line(self) -> bool:
        """Keep one socket until it ends; tell whether it was of use."""
        knock = await (self._by_ticket() if self.person.is_account else self._by_cookie())
        if knock is None:
            return False
        async with connect(
            f"ws://localhost:{self.person.port}/ws",
            **knock,
            compression=None,
            ping_interval=None,
            open_timeout=self._pace.answer_s,
            close_timeout=0.2,
            max_size=2**20,
            proxy=None,
        ) as socket:
            line = self._line = Line(socket, self._pace.answer_s)
            alive = asyncio.create_task(self._keeps(line))
            try:
                await self._hears(line)
            finally:
                self._line = None
                self._ready.clear()
                alive.cancel()
                line.gives_up()
                self._joined.clear()
                await asyncio.gather(alive, return_exceptions=True)
        return True

    async def _by_ticket(self) -> dict[str, Any] | None:
        """Come as a program does."""
        ticket = await self.person.asks("POST", "/api/tickets")
        if ticket.status != 201:
            return None
        return {"subprotocols": ["teahouse.v1", f"ticket.{ticket.body['ticket']}"]}

    async def _by_cookie(self) -> dict[str, Any] | None:
        """Come as a browser does: why a handshake failed is hidden, perhaps the session is over."""
        if self._must_renew and not await self.person.renews(self.person.token):
            return None
        self._must_renew = True
        return {
            "subprotocols": ["teahouse.v1"],
            "origin": f"http://localhost:{self.person.port}",
            "additional_headers": {"Cookie": f"sid={self.person.refresh_token}"},
        }

    async def _keeps(self, line: Line) -> None:
        """Say hello, join, then ping; a line that does not answer is closed."""
        try:
            welcome = await line.asks({"action": "hello"})
            if welcome is None or welcome["type"] != "welcome":
                return
            self._recorder.write("connect", client=self.name)
            self._must_renew = False
            self._ready.set()
            await asyncio.gather(*(self._joins(line, view) for view in list(self.rooms.values())))
            while await self._pings(line):
                await asyncio.sleep(self._pace.ping_s)
        finally:
            line.breaks()

    async def _pings(self, line: Line) -> bool:
        positions = {r: v.position for r, v in self.rooms.items() if v.is_started}
        pong = await line.asks({"action": "ping", "positions": positions})
        if pong is None:
            return False
        for room in pong.get("behind", ()):
            self._spawn(self.healing.heals(self.rooms[room], at_once=True))
        for room in pong.get("reset", ()):
            self._spawn(self.healing.resets(self.rooms[room]))
        for view in self.rooms.values():
            if view.room not in self._joined and self.is_let_in[view.room]:
                self._spawn(self._joins(line, view))
        return True

    async def _joins(self, line: Line, view: RoomView) -> None:
        asked_at = now_ms()
        frame: Json = {"action": "joinRoom", "roomId": view.room}
        if view.is_started:
            frame["position"] = view.position
        joined = await line.asks(frame)
        if joined is None:
            return
        if joined["type"] == "refused":
            await self._not_joined(view, joined["code"])
            return
        self._joined.add(view.room)
        self._heard(view.room, joined["epoch"], joined["events"], asked_at)
        if not view.is_started:
            await self._begins(view, joined["epoch"])
        elif joined.get("reset") or joined["firstSeq"] > view.applied + 1:
            await self.healing.resets(view)
        elif view.take(joined["epoch"], joined["events"]) and view.applied < joined["head"]:
            await self.healing.heals(view, at_once=True)

    async def _begins(self, view: RoomView, epoch: str) -> None:
        """Show a room from its first entry on."""
        view.start(epoch, 0)
        await self.healing.heals(view, at_once=True)

    async def _not_joined(self, view: RoomView, code: str) -> None:
        if code == "stale_position":
            await self.healing.resets(view)
        elif code == "not_a_member" and self.is_let_in[view.room]:
            await self.gets_in(view.room)

    async def gets_in(self, room: str) -> bool:
        """Follow the invitation, again and again until it is settled."""
        self._recorder.write("admits", user=self.person.id, room=room)
        for _ in range(20):
            with suppress(NoAnswerError):
                answer = await self.person.asks(
                    "POST", "/api/memberships", {"code": self.codes[room]}
                )
                if not answer.is_retryable:
                    return answer.status in (200, 201)
            await asyncio.sleep(self._draw.random() * 0.5)
        return False

    async def _hears(self, line: Line) -> None:
        async for frame in line.unasked():
            if frame.get("type") in ("sent", "done"):  # late, or twice: it is a word about the log
                view = self.rooms.get(frame["roomId"])
                if view is not None and view.is_started:
                    view.take(frame["epoch"], [frame["event"]])
            elif frame.get("type") == "events":
                self._pushed(frame)
            elif frame.get("type") == "roomRemoved":
                self._joined.discard(frame["roomId"])
            elif frame.get("type") == "goodbye":
                return

    def _pushed(self, frame: Json) -> None:
        self._heard(frame["roomId"], frame["epoch"], frame["events"], None)
        view = self.rooms.get(frame["roomId"])
        if view is None or not view.is_started:
            return
        if not view.take(frame["epoch"], frame["events"]):
            self._spawn(self.healing.checks_epoch(view))
        elif view.has_hole:
            self._spawn(self.healing.heals(view))

    # What is told --------------------------------------------------------------------------------

    def _shown(self, room: str) -> Any:
        return lambda epoch, events: self.outboxes[room].compare(epoch, events)

    def _heard(
        self, room: str, epoch: str, events: Sequence[Event], asked_at: float | None
    ) -> None:
        if not self.is_watched:
            return
        asked = {} if asked_at is None else {"asked": round(asked_at, 1)}
        for event in events:
            self._recorder.write(
                "heard",
                client=self.name,
                user=self.person.id,
                room=room,
                epoch=epoch,
                seq=event["seq"],
                **asked,
            )

    def _spawn(self, work: Any) -> None:
        async def guarded() -> None:
            with suppress(*LOST):
                await work

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
