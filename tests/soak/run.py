"""How does a run go? People enter, speak while everything fails, fall silent, and are judged.

calm: enter, join -> storm: speak; kill, restore, remove, revoke -> calm: drain, read -> dump
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tests.checker.history import History, read_history
from tests.soak.client import Client, Pace
from tests.soak.ending import Ending
from tests.soak.house import House
from tests.soak.plan import Scale
from tests.soak.recorder import Recorder
from tests.soak.rest import NoAnswerError, Person
from tests.soak.troublemakers import KINDS, Troublemaker
from tests.soak.waiting import until

TROUBLE = 20  # one client in so many
CHANGES = 0.15  # of what somebody does; the rest is something to say
START_LIMIT_S = 600.0  # until everybody's screen has begun
TOGETHER = 8  # who enter at the same time
WHOLE = 3  # rooms in which a screen that starts afresh scrolls back to the first message
TELL_EVERY_S = 60.0
ENTERING, SPEAKING = "1000", "3"  # the rates, times this: who floods is told so


class Run:
    """One run in one folder."""

    def __init__(self, scale: Scale, folder: Path, recorder: Recorder) -> None:
        self._scale = scale
        self._recorder = recorder
        self._draw = random.Random(scale.seed)
        self.house = House(
            folder,
            limits=scale.limits,
            parameters={"CookieSecure": "false", "RateScale": ENTERING},
        )
        self.clients: list[Client] = []
        self.trouble: list[Troublemaker] = []
        self.rooms: list[str] = []
        self._owners: dict[str, Client] = {}
        self.home_s = 0.0  # from the last fault until everybody stood at the head
        self.is_cut = False  # by who started it, before enough was done
        self._speaking = True
        self._steady = asyncio.Event()  # the house stands: neither killed nor being restored
        self._steady.set()
        self._storm_began_at = 0.0

    async def __call__(self) -> None:
        """Do it all; the histories and dumps are in the folder afterwards."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.cut_short)
        teller = asyncio.create_task(self._tells())
        await self.house.start()
        try:
            await self._enter()
            await self.house.stop()
            self.house.parameters["RateScale"] = SPEAKING
            await self.house.start()
            lives = [asyncio.create_task(client.runs()) for client in self.clients]
            try:
                await until(self._all_started, START_LIMIT_S)
                await self.house.plan(self._scale.faults)
                await self._storm()
                ending = Ending(self._recorder, self.clients, self._owners)
                self.home_s = await ending.drain(self._scale.drain_s)
                await ending.read()
            finally:
                for life in lives:
                    life.cancel()
                await asyncio.gather(*lives, return_exceptions=True)
        finally:
            teller.cancel()
            await self.house.stop()
            self.house.dump()
            for name, count in self.house.injected.items():
                self._recorder.write("fault", name=name, count=count)

    def cut_short(self) -> None:
        """Say and break no more; what there is will be judged."""
        self.is_cut = True

    # Before --------------------------------------------------------------------------------------

    async def _enter(self) -> None:
        scale = self._scale
        people = [
            Person(self.house.port, f"soak-{number:04}", is_account=number % 5 == 4)
            for number in range(scale.clients)
        ]
        turns = asyncio.Semaphore(TOGETHER)

        async def enters(person: Person) -> None:
            async with turns:
                await person.enters()

        await asyncio.gather(*(enters(person) for person in people))
        pace = Pace(
            ping_s=scale.ping_s,
            answer_s=scale.answer_s,
            spread_s=scale.spread_s,
            backoff_s=max(10.0, 2 * scale.spread_s),
        )
        for person in people:
            self.clients.append(Client(self._recorder, person, person.name, pace, scale.seed))
        codes: dict[str, str] = {}
        for owner in self.clients[: scale.rooms]:
            answer = await owner.person.asks("POST", "/api/rooms", {"name": owner.name})
            assert answer.status == 201, answer
            room = answer.body["room"]
            codes[room["id"]] = room["code"]
            self._owners[room["id"]] = owner
            self.rooms.append(room["id"])
            owner.follows(room["id"], room["code"])
            owner.healing.reads_all = len(self.rooms) <= WHOLE
        guests = self.clients[scale.rooms :]
        for number, guest in enumerate(guests):
            room = self.rooms[number % scale.rooms]
            guest.follows(room, codes[room])

        async def gets_in(guest: Client) -> None:
            async with turns:
                assert all([await guest.gets_in(room) for room in guest.rooms])

        await asyncio.gather(*(gets_in(guest) for guest in guests))
        troubled = self.clients[-max(1, scale.clients // TROUBLE) :]
        for client in troubled:
            foreign = [room for room in self.rooms if room not in client.rooms] or self.rooms
            client.is_watched = True
            self.trouble.append(Troublemaker(self._recorder, client, foreign, scale.seed))

    # The storm -----------------------------------------------------------------------------------

    async def _storm(self) -> None:
        self._storm_began_at = asyncio.get_running_loop().time()
        honest = self.clients[: len(self.clients) - len(self.trouble)]
        speakers = [asyncio.create_task(self._speaks(client)) for client in honest]
        nuisances: list[asyncio.Task[Any]] = [
            asyncio.create_task(KINDS[n % len(KINDS)](self.trouble[n % len(self.trouble)]))
            for n in range(max(len(KINDS), len(self.trouble)))
        ]
        upheaval = asyncio.create_task(self._upheaval())
        doors = asyncio.create_task(self._doors(honest))
        try:
            enough = asyncio.create_task(
                until(self._is_enough, self._scale.limit_s, is_demanded=False)
            )
            await asyncio.wait([enough])
            await upheaval
            await doors
        finally:
            self._speaking = False
            for task in (*nuisances, upheaval, doors):
                task.cancel()
            await asyncio.gather(*nuisances, upheaval, doors, return_exceptions=True)
        await self.house.plan({})
        await asyncio.wait(speakers, timeout=self._scale.drain_s)
        for task in speakers:
            task.cancel()
        await asyncio.gather(*speakers, return_exceptions=True)

    async def _speaks(self, client: Client) -> None:
        draw = random.Random(f"{self._scale.seed} {client.name}")
        count = 0
        while self._speaking:
            await asyncio.sleep(draw.uniform(0, 2 * self._scale.pause_s))
            for room, view in client.rooms.items():
                if not view.applied or not client.is_let_in[room]:
                    continue
                if draw.random() < CHANGES:
                    is_owner = self._owners[room] is client
                    await client.changes(room, may_delete_all=is_owner)
                else:
                    count += 1
                    await client.says(room, f"{client.name} says {count}" + " tea" * (count % 50))

    async def _upheaval(self) -> None:
        """Kill everything, some of the times restoring an older copy, spread over the run."""
        scale = self._scale
        steps = ["kill"] * scale.kills + ["restore"] * scale.restores
        self._draw.shuffle(steps)
        if scale.restores:
            steps.insert(0, "kill")  # the first copy is taken at a kill
        for number, step in enumerate(steps):
            share = (number + 1) / (len(steps) + 1)
            await until(partial(self._is_at, share), scale.limit_s)
            if self.is_cut:
                return
            self._steady.clear()
            await self.house.kill()
            self._recorder.write("fault", name="gateway_killed")
            if step == "restore":
                await asyncio.to_thread(self.house.dump)
                self.house.restore()
                self._recorder.write("fault", name="store_restored")
            elif scale.restores:
                self.house.copy()
            await self.house.start()
            self._steady.set()

    async def _doors(self, honest: list[Client]) -> None:
        """Remove members and let them in again, mute and promote them; end sessions."""
        scale = self._scale
        guests = [client for client in honest if client not in self._owners.values()]
        victims = guests[: max(1, len(guests) // 6)]
        accounts = [client for client in guests if client.person.is_account] or guests
        for victim in victims:
            victim.is_watched = True
        steps: list[Callable[[], Awaitable[None]]] = []
        for number in range(scale.removals):
            steps.append(partial(self._removes, victims[number % len(victims)]))
        for number in range(scale.revocations):
            steps.append(partial(self._revokes, accounts[number % len(accounts)]))
        for number in range(scale.removals):
            steps.append(partial(self._decides, victims[-1 - number % len(victims)]))
        self._draw.shuffle(steps)
        for number, step in enumerate(steps):
            share = (number + 1) / (len(steps) + 1)
            await until(partial(self._is_at, share), scale.limit_s)
            if self.is_cut:
                return
            await step()

    async def _removes(self, victim: Client) -> None:
        (room,) = victim.rooms
        owner = self._owners[room]
        await self._steady.wait()
        victim.is_let_in[room] = False
        self._recorder.write("removes", user=victim.person.id, room=room)
        path = f"/api/rooms/{room}/members/{victim.person.id}"
        for _ in range(40):
            with suppress(NoAnswerError):
                answer = await owner.person.asks("DELETE", path)
                if answer.status in (204, 404):
                    self._recorder.write("removed", user=victim.person.id, room=room)
                    self._recorder.write("fault", name="member_removed")
                    break
            await asyncio.sleep(0.2)
        await asyncio.sleep(self._draw.uniform(0.2, 1.0))
        await victim.gets_in(room)
        victim.is_let_in[room] = True

    async def _decides(self, client: Client) -> None:
        """Mute somebody for a moment, or change what they may do."""
        (room,) = client.rooms
        await self._steady.wait()
        moment = round(time.time() * 1000) + self._draw.randint(500, 3_000)
        decided = self._draw.choice(({"mutedUntil": moment}, {"role": "moderator"}))
        path = f"/api/rooms/{room}/members/{client.person.id}"
        for body in (decided, {"role": "member"}):
            with suppress(NoAnswerError):
                await self._owners[room].person.asks("PATCH", path, body)

    async def _revokes(self, client: Client) -> None:
        await self._steady.wait()
        with suppress(NoAnswerError):
            answer = await client.person.asks("DELETE", "/api/sessions/current")
            if answer.status == 204:
                self._recorder.write("fault", name="session_revoked")

    # Waiting -------------------------------------------------------------------------------------

    async def _all_started(self) -> bool:
        return all(view.applied for c in self.clients for view in c.rooms.values())

    def _is_enough(self) -> bool:
        return self.is_cut or self._recorder.acknowledged >= self._scale.acknowledged

    def _is_at(self, share: float) -> bool:
        """Tell whether so much of the storm is over, by messages or by time."""
        passed_s = asyncio.get_running_loop().time() - self._storm_began_at
        said = self._recorder.acknowledged / self._scale.acknowledged
        return self.is_cut or max(said, passed_s / self._scale.limit_s) >= share

    async def _tells(self) -> None:
        """Say every minute how far it is, for who waits."""
        began_at, before = time.monotonic(), 0
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            said, passed_s = self._recorder.acknowledged, time.monotonic() - began_at
            sys.stderr.write(
                f"{passed_s / 60:.0f} min: {said} of {self._scale.acknowledged} acknowledged, "
                f"{(said - before) / TELL_EVERY_S:.0f} a second, "
                f"{self._recorder.delivered} delivered, {self._recorder.connects} connects, "
                f"{self.house.injected.total()} faults, generation {self.house.generation}\n"
            )
            sys.stderr.flush()
            before = said


def judged(folder: Path) -> History:
    """Read what a run has left."""
    return read_history(sorted(folder.glob("*.history.jsonl")), sorted(folder.glob("*.dump.jsonl")))
