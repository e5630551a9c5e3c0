"""Who talks in the room, and how long does it take until everybody has heard? A process of its own.

    python -m benchmarks.peers.crowd socket_io|teahouse PORT MEMBERS

Each line of standard input is a turn: `{"senders": 20, "seconds": 4}`. A sender says the next thing
once every member has the last. A turn is answered by one line of figures, or by the end of the
process if anything was lost.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from array import array
from typing import Any

from benchmarks.peers.dialects import Dialect, LostError, SocketIo, Teahouse
from benchmarks.peers.socket_line import SocketLine

DIALECTS: dict[str, type[SocketIo | Teahouse]] = {"socket_io": SocketIo, "teahouse": Teahouse}
TEXT_CHARS = 200
WARM_UP_S = 1.0
PATIENCE_S = 30.0  # after a turn, until all has arrived
_NUMBER = re.compile(rb"~(\d+)~")


class Crowd:
    """The members of one room, and what they have heard."""

    def __init__(self, dialect: Dialect, members: int) -> None:
        self.frames = 0  # since the first socket
        self.twice = 0  # texts that came once more to the same member
        self._dialect = dialect
        self._members = members
        self._lines: list[SocketLine] = []
        self._number = 0
        self._sender_of: dict[int, int] = {}
        self._sent_at: dict[int, float] = {}
        self._missing: dict[int, bytearray] = {}  # of each text under way: who does not have it
        self._left: dict[int, int] = {}
        self._latencies = array("f")
        self._from = self._until = 0.0
        self._all_heard = asyncio.Event()
        self._failure: Exception | None = None

    async def enter(self) -> None:
        """Let everybody in."""
        self._lines = await self._dialect.enter(self._members, self)

    async def turn(self, senders: int, seconds: float) -> dict[str, Any]:
        """Let so many speak for so long; deliveries of the time after a warm-up count.

        Raises:
            LostError: not everything arrived.
        """
        self._latencies = array("f")
        self._from = time.perf_counter() + WARM_UP_S
        self._until = self._from + seconds
        self._all_heard.clear()
        began_frames, began_twice, began_number = self.frames, self.twice, self._number
        for index in range(senders):
            self._say(index)
        try:
            await asyncio.wait_for(self._all_heard.wait(), WARM_UP_S + seconds + PATIENCE_S)
        except TimeoutError as error:
            raise LostError(f"{len(self._left)} texts were not heard by all") from error
        if self._failure is not None:
            raise self._failure
        if any(line.is_lost for line in self._lines):
            raise LostError("a socket was closed")
        in_order = sorted(self._latencies)
        return {
            "deliveries_per_s": len(in_order) / seconds,
            "p50_ms": in_order[len(in_order) // 2] * 1000,
            "p99_ms": in_order[len(in_order) * 99 // 100] * 1000,
            "texts": self._number - began_number,
            "frames": self.frames - began_frames,
            "twice": self.twice - began_twice,
            "all_frames": self.frames,
        }

    def on_text(self, line: SocketLine, frame: bytes) -> None:
        """Count what a frame brings."""
        now = time.perf_counter()
        self.frames += 1
        try:
            self._dialect.heard(line, frame)
            for found in _NUMBER.finditer(frame):
                self._heard(line, int(found[1]), now)
        except Exception as error:
            self._failure = error
            self._all_heard.set()

    def _heard(self, line: SocketLine, number: int, now: float) -> None:
        missing = self._missing.get(number)
        if missing is None or not missing[line.index]:
            self.twice += 1
            return
        missing[line.index] = 0
        self._left[number] -= 1
        if self._from <= now < self._until:
            self._latencies.append(now - self._sent_at[number])
        if self._left[number]:
            return
        sender = self._sender_of.pop(number)
        del self._missing[number], self._left[number], self._sent_at[number]
        if now < self._until:
            self._say(sender)
        elif not self._left:
            self._all_heard.set()

    def _say(self, sender: int) -> None:
        self._number += 1
        number = self._number
        self._sender_of[number] = sender
        self._missing[number] = bytearray(b"\1" * self._members)
        self._left[number] = self._members
        self._sent_at[number] = time.perf_counter()
        self._dialect.say(self._lines[sender], f"~{number}~".ljust(TEXT_CHARS, "x"))


async def main(kind: str, port: int, members: int) -> None:
    """Let everybody in, then take turns until standard input ends."""
    crowd = Crowd(DIALECTS[kind](port), members)
    await crowd.enter()
    loop = asyncio.get_running_loop()
    turns = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(turns), sys.stdin)
    _say({"members": members, "all_frames": crowd.frames})
    while line := await turns.readline():
        _say(await crowd.turn(**json.loads(line)))


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
