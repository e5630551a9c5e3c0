"""How many messages a second does one room take, and where does it begin to say `busy`?

    python -m benchmarks.bench_contention [--seconds 60] [--rates 1 10 40 100]

The action `send_message` as it is, over the reference store, each call of which takes as long as
DynamoDB's may: half of a drawn time before it and half after, 5 ms in the median and 20 ms at the
99th percentile. Messages are offered at random moments by as many people as it takes, whatever
became of those before. Time is virtual: the figures are those of the design and of the store's
times alone, and the same on every machine. What a handler computes comes on top (`bench_send`).
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from teahouse.actions.append import Accepted
from teahouse.actions.send_message import send_message
from teahouse.domain.entry import Position
from teahouse.domain.errors import Busy, StalePosition

from benchmarks.machine import machine
from tests.cast import ANN, user
from tests.virtual_time import VirtualTime
from tests.world import CountedIds, memory_app, open_den, start_of

MEDIAN_S, P99_S = 0.005, 0.020
SPREAD = math.log(P99_S / MEDIAN_S) / statistics.NormalDist().inv_cdf(0.99)
ON_THE_WAY = ("log", "members")  # to the acknowledgement; what follows it is not measured
PEOPLE = 100
RATES = (1, 10, 20, 40, 60, 80, 100)


class Distant:
    """A port whose calls take their time."""

    def __init__(self, port: Any, time: VirtualTime, draw: random.Random) -> None:
        self._port = port
        self._time = time
        self._draw = draw

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            half_s = self._draw.lognormvariate(math.log(MEDIAN_S), SPREAD) / 2
            self._time.sleep(half_s)
            try:
                return found(*args, **kwargs)
            finally:
                self._time.sleep(half_s)

        return call


@dataclass
class Answers:
    """Notes when each connection was first posted to."""

    time: VirtualTime
    at_s: dict[str, float] = field(default_factory=dict)

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        for connection_id in connection_ids:
            self.at_s.setdefault(connection_id, self.time.monotonic_s())
        return []

    def close(self, connection_id: str) -> None: ...


class Room:
    """One room, in which everybody has seen what was acknowledged until now."""

    def __init__(self, seed: int) -> None:
        self._time = VirtualTime()
        self._draw = random.Random(seed)
        self._people = [ANN, *(user(f"talker-{number}") for number in range(PEOPLE - 1))]
        self._answers = Answers(self._time)
        ids = CountedIds(drawn=random.Random(seed))
        near = memory_app(clock=self._time, ids=ids, broadcaster=self._answers)
        self._den = open_den(near, *self._people[1:])
        self._position = start_of(near, self._den)
        far: dict[str, Any] = {
            name: Distant(getattr(near, name), self._time, self._draw) for name in ON_THE_WAY
        }
        self._app = replace(near, **far)
        self._taken_ms: list[float] = []
        self._busy = 0

    def offer(self, rate: float, seconds: float) -> dict[str, Any]:
        """Offer so many messages a second, and tell what became of them."""
        at_s, offered = self._draw.expovariate(rate), 0
        while at_s < seconds:
            self._time.begin(at_s, self._sending(offered, at_s))
            at_s += self._draw.expovariate(rate)
            offered += 1
        self._time.run()
        taken = sorted(self._taken_ms)
        if len(taken) + self._busy != offered:
            raise SystemExit(f"{offered} offered, {len(taken)} taken, {self._busy} refused")
        return {
            "offered_per_s": rate,
            "messages": offered,
            "p50_ms": round(statistics.median(taken)) if taken else None,
            "p99_ms": round(taken[int(len(taken) * 0.99)]) if taken else None,
            "busy": self._busy,
        }

    def _sending(self, number: int, due_s: float) -> Any:
        def send() -> None:
            connection_id = f"answer-{number}"
            accepted: Accepted | None = None
            while accepted is None:
                try:
                    accepted = send_message(
                        self._app,
                        sender_id=self._people[number % PEOPLE].id,
                        room_id=self._den,
                        client_message_id=f"message-{number:020}",
                        position=self._position,
                        text="a cup of tea",
                        connection_id=connection_id,
                    )
                except StalePosition:  # nothing was written: catch up, and the same again
                    continue
                except Busy:
                    self._busy += 1
                    return
            self._taken_ms.append((self._answers.at_s[connection_id] - due_s) * 1000)
            if accepted.entry.seq > self._position.seq:
                self._position = Position(epoch=accepted.epoch, seq=accepted.entry.seq)

        return send


def main() -> None:
    """Offer each rate to a room of its own, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rates", type=float, nargs="+", default=RATES)
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for rate in given.rates:
        rows.append(Room(int(rate)).offer(rate, max(given.seconds, 300 / rate)))
        print(", ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    told = {
        "benchmark": "contention",
        "rates": rows,
        "busy_from_per_s": next((r["offered_per_s"] for r in rows if r["busy"]), None),
        "machine": machine("msgspec"),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
