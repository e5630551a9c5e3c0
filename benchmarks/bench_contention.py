"""How many messages a second does one room take, and where does it begin to say `busy`?

    python -m benchmarks.bench_contention [--seconds 20] [--rates 1 10 40 100]

The action `send_message` as the socket functions have it, over the embedded store, each call of
which takes as long as DynamoDB's may: half of a drawn time before it and half after, 5 ms in the
median and 20 ms at the 99th percentile. Messages are offered at random moments, by as many people
as it takes, whatever became of those before. The time is from then to the acknowledgement's post;
the posts themselves take none.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from teahouse.actions.send_message import send_message
from teahouse.adapters.system import SystemClock, SystemIds
from teahouse.app import App
from teahouse.domain.entry import Position
from teahouse.domain.errors import Busy

from benchmarks.machine import machine
from tests import engine
from tests.cast import ANN, user
from tests.world import lean_app, listens, open_den, start_of

MEDIAN_S, P99_S = 0.005, 0.020
SPREAD = math.log(P99_S / MEDIAN_S) / statistics.NormalDist().inv_cdf(0.99)
PORTS = ("log", "members", "rooms", "messages", "connections")
PEOPLE = 40
AT_ONCE = 400  # sends on their way; `busy` takes five seconds


class Distant:
    """A port whose calls take their time."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            half_s = random.lognormvariate(math.log(MEDIAN_S), SPREAD) / 2
            time.sleep(half_s)
            try:
                return found(*args, **kwargs)
            finally:
                time.sleep(half_s)

        return call


class Answers:
    """Notes when each connection was first posted to."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        now = time.perf_counter()
        for connection_id in connection_ids:
            self.at.setdefault(connection_id, now)
        return []

    def close(self, connection_id: str) -> None: ...


class Room:
    """One room, in which everybody has seen what was acknowledged until now."""

    def __init__(self, near: App, seed: int) -> None:
        self._draw = random.Random(seed)
        self._people = [ANN, *(user(f"talker-{number}") for number in range(PEOPLE - 1))]
        self._den = open_den(near, *self._people[1:])
        for person in self._people:
            listens(near, self._den, person)
        self._answers = Answers()
        far: dict[str, Any] = {name: Distant(getattr(near, name)) for name in PORTS}
        self._app = replace(near, broadcaster=self._answers, **far)
        self._position = start_of(near, self._den)
        self._lock = threading.Lock()
        self._taken_ms: list[float] = []
        self._busy = 0

    def offer(self, rate: float, seconds: float) -> dict[str, Any]:
        """Offer so many messages a second, and tell what became of them."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            due = time.perf_counter()
            ends = due + seconds
            offered = 0
            while (due := due + self._draw.expovariate(rate)) < ends:
                time.sleep(max(0.0, due - time.perf_counter()))
                threads.submit(self._send, offered, due)
                offered += 1
        taken = sorted(self._taken_ms)
        if len(taken) + self._busy != offered:
            raise SystemExit(f"{offered} offered, {len(taken)} taken, {self._busy} refused")
        return {
            "offered_per_s": rate,
            "messages": offered,
            "p50_ms": round(statistics.median(taken), 1),
            "p99_ms": round(taken[min(len(taken) - 1, int(len(taken) * 0.99))], 1),
            "busy": self._busy,
        }

    def _send(self, number: int, due: float) -> None:
        connection_id = f"answer-{number}"
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
        except Busy:
            with self._lock:
                self._busy += 1
            return
        with self._lock:
            self._taken_ms.append((self._answers.at[connection_id] - due) * 1000)
            if accepted.entry.seq > self._position.seq:
                self._position = Position(epoch=accepted.epoch, seq=accepted.entry.seq)


def main() -> None:
    """Offer each rate to a room of its own, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rates", type=float, nargs="+", default=[1, 10, 40, 60, 80, 100])
    given = parser.parse_args()
    os.environ.update(engine.CREDENTIALS)
    rows: list[dict[str, Any]] = []
    with engine.running_engine() as store:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = store
        engine.create_tables(store)
        near = lean_app(clock=SystemClock(), ids=SystemIds())
        for rate in given.rates:
            rows.append(Room(near, seed=int(rate)).offer(rate, max(given.seconds, 30 / rate)))
            print(json.dumps(rows[-1]), flush=True)
    told = {
        "benchmark": "contention",
        "rates": rows,
        "busy_from_per_s": next((row["offered_per_s"] for row in rows if row["busy"]), None),
        "machine": machine("msgspec"),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
