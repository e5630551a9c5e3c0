"""How does one program take part, whatever breaks? It follows docs/delivery.md, "The client"."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.soak.outbox import Outbox
from tests.soak.recorder import Event, Recorder, digest, now_ms, what_of
from tests.soak.rest import Answer, Json, NoAnswerError, Person
from tests.soak.room_view import RoomView

PAGE = 200
FIRST_PAGE = 50  # of messages; who scrolls no further back sees no more of them
HEAL_S = (0.15, 0.40)  # before a hole is filled
EMOJIS = ("🍵", "❤️", "👍")
LOST = (OSError, TimeoutError, WebSocketException, NoAnswerError)


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
        self.reads_all = False  # a screen that starts afresh scrolls back to the first message
        self.is_watched = False  # everything that arrives is told, for the checker's `leaked`
        self.codes: dict[str, str] = {}  # invitations, to get in (again)
        self.is_let_in: dict[str, bool] = {}  # False: somebody else says when
        self._recorder = recorder
        self._pace = pace
        self._draw = random.Random(f"{seed}-{name}")
        self._socket: ClientConnection | None = None
        self._answers: dict[str, asyncio.Future[Json]] = {}
        self._asked = 0
        self._must_renew = False
        self._joined: set[str] = set()  # rooms that this line hears
        self._healing: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = asyncio.Event()

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
            fetch=self._events,
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
        return await self._ask(frame)

    async def tells(self, frame: Json) -> None:
        """Send what nobody answers."""
        if self._socket is not None:
            with suppress(*LOST):
                await self._socket.send(json.dumps(frame))

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
            self._socket = socket
            alive = asyncio.create_task(self._keeps(socket))
            try:
                await self._hears(socket)
            finally:
                self._socket = None
                self._ready.clear()
                alive.cancel()
                for waiting in self._answers.values():
                    waiting.cancel()
                self._answers.clear()
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

    async def _keeps(self, socket: ClientConnection) -> None:
        """Say hello, join, then ping; a line that does not answer is closed."""
        try:
            welcome = await self._ask({"action": "hello"})
            if welcome is None or welcome["type"] != "welcome":
                return
            self._recorder.write("connect", client=self.name)
            self._must_renew = False
            self._ready.set()
            await asyncio.gather(*(self._joins(view) for view in list(self.rooms.values())))
            while await self._pings():
                await asyncio.sleep(self._pace.ping_s)
        finally:
            socket.transport.abort()

    async def _pings(self) -> bool:
        positions = {r: v.position for r, v in self.rooms.items() if v.is_started}
        pong = await self._ask({"action": "ping", "positions": positions})
        if pong is None:
            return False
        for room in pong.get("behind", ()):
            self._spawn(self._heals(self.rooms[room], at_once=True))
        for room in pong.get("reset", ()):
            self._spawn(self._resets(self.rooms[room]))
        for view in self.rooms.values():
            if view.room not in self._joined and self.is_let_in[view.room]:
                self._spawn(self._joins(view))
        return True

    async def _joins(self, view: RoomView) -> None:
        asked_at = now_ms()
        frame: Json = {"action": "joinRoom", "roomId": view.room}
        if view.is_started:
            frame["position"] = view.position
        joined = await self._ask(frame)
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
            await self._resets(view)
        elif view.take(joined["epoch"], joined["events"]) and view.applied < joined["head"]:
            await self._heals(view, at_once=True)

    async def _begins(self, view: RoomView, epoch: str) -> None:
        """Show a room from its first entry on."""
        view.start(epoch, 0)
        await self._heals(view, at_once=True)

    async def _not_joined(self, view: RoomView, code: str) -> None:
        if code == "stale_position":
            await self._resets(view)
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

    async def _ask(self, frame: Json) -> Json | None:
        socket = self._socket
        if socket is None:
            return None
        self._asked += 1
        asked = f"q{self._asked}"
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._answers[asked] = waiting
        try:
            async with asyncio.timeout(self._pace.answer_s):
                await socket.send(json.dumps({**frame, "id": asked}))
                return await waiting
        except (*LOST, asyncio.CancelledError):
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            return None
        finally:
            self._answers.pop(asked, None)

    async def _hears(self, socket: ClientConnection) -> None:
        async for data in socket:
            frame = json.loads(data)
            waiting = self._answers.get(frame.get("re", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)
            elif frame.get("type") in (
                "sent",
                "done",
            ):  # late, or twice: it is a word about the log
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
            self._spawn(self._checks_epoch(view))
        elif view.has_hole:
            self._spawn(self._heals(view))

    # Healing -------------------------------------------------------------------------------------

    async def _checks_epoch(self, view: RoomView) -> None:
        """A push of another epoch may be an old one: the log says which is current.

        Pushes come much faster than answers while whole rooms begin afresh: each client asks once
        at a time, and not all of them at the same moment.
        """
        asking = f"epoch {view.room}"
        if asking in self._healing or f"snapshot {view.room}" in self._healing:
            return
        self._healing.add(asking)
        try:
            await asyncio.sleep(self._draw.random() * self._pace.spread_s)
            page = await self._events(view.room, f"after={view.applied}&limit=1")
            if page.status == 200 and page.body["epoch"] != view.epoch:
                await self._resets(view)
        finally:
            self._healing.discard(asking)

    async def _heals(self, view: RoomView, *, at_once: bool = False) -> None:
        """Fetch the entries after `applied` until none is missing."""
        if view.room in self._healing:
            return
        self._healing.add(view.room)
        try:
            if not at_once:
                await asyncio.sleep(self._draw.uniform(*HEAL_S))
                if not view.has_hole:
                    return  # what was overtaken has come
            while view.is_started:
                after, asked_at = view.applied, now_ms()
                page = await self._events(view.room, f"after={after}&limit={PAGE}")
                if page.status != 200:
                    return  # the next ping asks again
                body = page.body
                self._heard(view.room, body["epoch"], body["events"], asked_at)
                if body["epoch"] != view.epoch or body["firstSeq"] > view.applied + 1:
                    self._spawn(self._resets(view))
                    return
                view.take(body["epoch"], body["events"])
                if view.applied >= body["head"] or view.applied == after:
                    return
        except NoAnswerError:
            return
        finally:
            self._healing.discard(view.room)

    async def _resets(self, view: RoomView) -> None:
        """Start afresh from a snapshot, whose head was read before its messages."""
        if f"snapshot {view.room}" in self._healing:
            return
        self._healing.add(f"snapshot {view.room}")
        try:
            snapshot = await self.snapshot(view.room, is_whole=self.reads_all)
            if snapshot is not None:
                epoch, head, messages = snapshot
                is_part = messages and not self.reads_all
                view.start(epoch, head, messages, first=messages[0]["seq"] if is_part else 0)
                await self._heals(view, at_once=True)
        except NoAnswerError:
            return
        finally:
            self._healing.discard(f"snapshot {view.room}")

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

    async def _events(self, room: str, query: str) -> Answer:
        return await self.person.asks("GET", f"/api/rooms/{quote(room)}/events?{query}")

    async def _messages(self, room: str, query: str) -> Answer:
        return await self.person.asks("GET", f"/api/rooms/{quote(room)}/messages?{query}")

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
