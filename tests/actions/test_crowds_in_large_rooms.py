"""What does a crowd cost a large room, where a push to everybody takes its time? In posts."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from teahouse.actions.send_message import send_message
from teahouse.app import App
from teahouse.domain import pushing
from teahouse.domain.connection import Attendance, Listener
from teahouse.domain.entry import Position

from tests.cast import ANN, user
from tests.virtual_time import VirtualTime
from tests.world import CountedIds, memory_app, open_den, start_of

MEMBERS, TALKERS, PROCESSES = 1_000, 20, 10
POST_S, CALL_S = 0.000_15, 0.001
AT_A_TIME = 25  # posts of one push, before somebody else has their turn
UNTIL_S = 8.0


@dataclass
class OneDoor:
    """What all requests pass, one after the other; each waits for those before it."""

    time: VirtualTime
    free_at_s: float = 0.0

    def passes(self, seconds: float) -> None:
        """Take so long to pass."""
        now_s = self.time.monotonic_s()
        self.free_at_s = max(now_s, self.free_at_s) + seconds
        self.time.sleep(self.free_at_s - now_s)


@dataclass
class BehindTheDoor:
    """A port of the store."""

    port: Any
    door: OneDoor

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.port, name)

        def called(*args: Any, **kwargs: Any) -> Any:
            self.door.passes(CALL_S)
            return call(*args, **kwargs)

        return called


@dataclass
class Everybody:
    """The members: they hear, and their connections are known."""

    door: OneDoor
    all_have: Callable[[int], None]
    posts: int = 0
    heard: dict[int, set[str]] = field(default_factory=dict)
    ids: tuple[str, ...] = tuple(f"{number:04}=" for number in range(MEMBERS))

    def attendance(self, room_id: str, now_ms: int) -> Attendance:
        return Attendance(
            listeners=[Listener(connection_id=i, user_id=i) for i in self.ids], departures=[]
        )

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        told = json.loads(frame)
        seqs = [event["seq"] for event in told.get("events") or [told["event"]]]
        for start in range(0, len(connection_ids), AT_A_TIME):
            some = connection_ids[start : start + AT_A_TIME]
            self.door.passes(len(some) * POST_S)
            self.posts += len(some)
            for seq in seqs:
                had = len(heard := self.heard.setdefault(seq, set()))
                heard.update(some)
                if had < len(heard) == MEMBERS:
                    self.all_have(seq)
        return []


class Room:
    """Twenty people who say the next thing as soon as everybody has the last."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        door = OneDoor(self.time)
        self.everybody = Everybody(door, self._all_have)
        ids = CountedIds(drawn=random.Random(7))
        near = memory_app(clock=self.time, ids=ids, broadcaster=self.everybody)
        self.people = [ANN, *(user(f"talker-{number:08}") for number in range(TALKERS - 1))]
        self.den = open_den(near, *self.people[1:])
        self.start = start_of(near, self.den)
        far: dict[str, Any] = {
            "log": BehindTheDoor(near.log, door),
            "members": BehindTheDoor(near.members, door),
            "connections": self.everybody,
        }
        self.free = [
            replace(near, **far, summarized_at={}, crowded_at={}, push_ms={})
            for _ in range(PROCESSES)
        ]
        self.waiting: deque[tuple[int, int]] = deque()
        self.said_by: dict[int, int] = {}
        self.texts = 0

    def posts_a_text(self) -> float:
        """Let them talk."""
        for number in range(TALKERS):
            self._says(number, self.start.seq)
        self.time.run()
        return self.everybody.posts / self.texts

    def _says(self, number: int, seen: int) -> None:
        self.time.begin(self.time.monotonic_s(), lambda: self._handle(number, seen))

    def _handle(self, number: int, seen: int) -> None:
        self.waiting.append((number, seen))
        if not self.free:
            return
        app = self.free.pop()
        while self.waiting:
            self._send(app, *self.waiting.popleft())
        self.free.append(app)

    def _send(self, app: App, number: int, seen: int) -> None:
        self.texts += 1
        said = send_message(
            app,
            sender_id=self.people[number].id,
            room_id=self.den,
            client_message_id=f"message-{self.texts:020}",
            position=Position(epoch=self.start.epoch, seq=seen),
            text="a cup of tea",
            connection_id=self.everybody.ids[number],
        )
        self.said_by[said.entry.seq] = number
        if len(self.everybody.heard.get(said.entry.seq, ())) == MEMBERS:
            self._all_have(said.entry.seq)

    def _all_have(self, seq: int) -> None:
        number = self.said_by.pop(seq, None)
        if number is not None and self.time.monotonic_s() < UNTIL_S:
            self._says(number, seq)


def test_a_crowd_in_a_large_room_shares_its_pushes(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the control entries are gathered no longer there than elsewhere."""
    assert Room().posts_a_text() < 250

    monkeypatch.setattr(pushing, "MAX_TOGETHER_MS", pushing.MIN_TOGETHER_MS)
    assert Room().posts_a_text() > 500
