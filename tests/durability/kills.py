"""Is what was acknowledged still there after the store was killed, again and again?

The real store of the local cloud runs under its own supervision, the real adapters write to it, and
it gets a `SIGKILL` at random moments of an append.
"""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from teahouse.actions.send_message import send_message
from teahouse.adapters.system import SystemClock, SystemIds
from teahouse.app import App
from teahouse.domain.entry import MessageSent, Position
from teahouse.domain.errors import Busy
from teahouse.ports import OutcomeUnknown

from local_cloud.store import Store
from tests import engine
from tests.cast import ANN, BEN, CLEO
from tests.store_seam import WatchedHttp
from tests.world import lean_app, open_den, start_of

ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB"
WRITERS = (ANN, BEN, CLEO)
PATIENCE_S = 8.0
LONGEST_PAUSE_S = 0.060  # after a restart; an append takes about 5 ms


class SupervisedStore:
    """The local cloud's store, in a thread of its own, so that writers may block."""

    def __init__(self, database: Path | None) -> None:
        self._database = database
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._store: Store

    def start(self) -> None:
        """Start the engine."""
        self._thread.start()
        self._call(self._begin())

    def kill(self) -> None:
        """Kill the engine, and wait until another one answers."""
        restarts = self._store.restarts
        self._loop.call_soon_threadsafe(self._store.kill)
        while self._store.restarts == restarts:
            time.sleep(0.002)

    def stop(self) -> None:
        """Stop engine and thread."""
        self._call(self._store.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return self._store.url

    @property
    def pid(self) -> int:
        return self._store.pid

    async def _begin(self) -> None:
        self._store = Store(self._database)
        await self._store.start()

    def _call(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)  # type: ignore[arg-type]


@contextmanager
def running(database: Path | None) -> Iterator[SupervisedStore]:
    """Run a store with the tables; the adapters of this process write to it meanwhile."""
    store = SupervisedStore(database)
    store.start()
    before = os.environ.get(ENDPOINT)
    os.environ[ENDPOINT] = store.url
    try:
        engine.create_tables(store.url)
        yield store
    finally:
        WatchedHttp.lines.close()
        store.stop()
        del os.environ[ENDPOINT]
        if before is not None:
            os.environ[ENDPOINT] = before


@dataclass
class Talk:
    """People who speak without a pause, and what they were told."""

    app: App = field(default_factory=lambda: lean_app(clock=SystemClock(), ids=SystemIds()))
    den: str = ""
    acknowledged: dict[str, int] = field(default_factory=dict)
    is_over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """Open a room, and let everybody speak."""
        self.den = open_den(self.app, *WRITERS[1:])
        for person in WRITERS:
            thread = threading.Thread(target=self._speak, args=(person.id,))
            self.threads.append(thread)
            thread.start()

    def end(self) -> None:
        """Let everybody finish what is on its way."""
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def in_the_log(self) -> dict[str, int]:
        """Read what the log holds, by text; a text twice is an error."""
        run = self.app.log.read_run(self.den, 1, max_entries=1_000_000, max_bytes=10**9)
        said = [e for e in run.entries if isinstance(e.fact, MessageSent)]
        held = {e.fact.text: e.seq for e in said if isinstance(e.fact, MessageSent)}
        assert len(held) == len(said), "a message stands twice"
        return held

    def lost(self) -> set[str]:
        """Give what was acknowledged and is not where it was."""
        held = self.in_the_log()
        return {text for text, seq in self.acknowledged.items() if held.get(text) != seq}

    def _speak(self, who: str) -> None:
        start = start_of(self.app, self.den)
        number = 0
        while not self.is_over.is_set():
            number += 1
            text = f"{who} {number}"
            while True:
                try:
                    accepted = send_message(
                        self.app,
                        sender_id=who,
                        room_id=self.den,
                        client_message_id=f"{who}-{number:020}",
                        position=start,
                        text=text,
                    )
                    break
                except (Busy, OutcomeUnknown):
                    if self.is_over.is_set():  # a store that has lost all never takes it
                        return
            self.acknowledged[text] = accepted.entry.seq
            if number % 100 == 0:
                start = Position(epoch=accepted.epoch, seq=accepted.entry.seq)


def killed(store: SupervisedStore, talk: Talk, kills: int, seed: int) -> None:
    """Kill the store so often, each time at a random moment of somebody's append."""
    draw = random.Random(seed)
    for _ in range(kills):
        spoken, begun_at = len(talk.acknowledged), time.monotonic()
        while len(talk.acknowledged) == spoken:  # it is up again, and somebody was heard
            if time.monotonic() - begun_at > PATIENCE_S:
                raise TimeoutError("nobody is heard any more")
            time.sleep(0.001)
        time.sleep(draw.random() * LONGEST_PAUSE_S)
        store.kill()
