"""Which worker gets which event? One pool per function: idle workers, new ones, a queue."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from local_cloud.faults import Faults
from local_cloud.invocation import Failed, Outcome
from local_cloud.physical_names import function_arn
from local_cloud.resources import Function
from local_cloud.worker_process import WorkerProcess

CLOCK_VARIABLE = "LOCAL_CLOUD_CLOCK"  # worker.py takes it away before the handler is loaded
SKEWED_CLOCK = Path(__file__).with_name("skewed_clock.py")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that a handler printed; `request_id` is None while its module was imported."""

    function_id: str
    request_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """What Lambda's REPORT line says of one event."""

    function_id: str
    request_id: str
    outcome: Outcome
    duration_ms: float
    waited_ms: float  # for a worker
    init_ms: float | None  # of the worker, when this was its first event


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """What all pools share. `may_start` is asked before a start, `on_started` told after it."""

    on_log: Callable[[LogLine], None]
    on_invocation: Callable[[Invocation], None]
    may_start: Callable[[], bool]
    on_started: Callable[[], None]
    faults: Faults
    credentials: Callable[[str], Mapping[str, str]]  # of a new worker, by function
    on_worker_gone: Callable[[str], None]  # with its key
    max_workers: int
    idle_limit_s: float
    init_limit_s: float


@dataclass(slots=True)
class Job:
    """One event, from Invoke to its answer."""

    event: bytes
    answer: asyncio.Future[Outcome]
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    queued_at: float = field(default_factory=time.perf_counter)


class WorkerPool:
    """The workers of one function, and the events that wait for one."""

    def __init__(self, function: Function, settings: PoolSettings) -> None:
        self.function = function
        self.environment: Mapping[str, str] = {}
        self.workers: set[WorkerProcess] = set()
        self.starting = 0
        self.used_at: float | None = None  # when the last event began
        self._settings = settings
        self._idle: dict[WorkerProcess, asyncio.TimerHandle] = {}  # the last one used is last
        self._waiting: deque[Job] = deque()
        self._running = 0
        self._starts: set[asyncio.Task[Outcome]] = set()
        self._outdated: set[WorkerProcess] = set()
        self._stopped = asyncio.Event()
        self._arn = function_arn(function.name or function.logical_id)

    def submit(self, job: Job) -> None:
        """Give the event to an idle worker, or let it wait for the first that is free."""
        reserved = self.function.reserved_concurrency
        if job.answer.done():  # who asked has stopped waiting
            return
        if self._is_stopped:
            job.answer.set_result(Failed("Runtime.ExitError", "The local cloud has stopped"))
        elif reserved is not None and self._running + len(self._waiting) >= reserved:
            job.answer.set_result(Failed("TooManyRequestsException", "Rate Exceeded."))
        else:
            self._waiting.append(job)
            self.dispatch()

    def dispatch(self) -> None:
        """Match waiting events with idle workers, and start workers for the rest."""
        while self._waiting and self._idle:
            worker, timer = self._idle.popitem()
            timer.cancel()
            if worker.can_run():
                self._run(worker, self._waiting.popleft())
        while (
            len(self._waiting) > self.starting
            and len(self.workers) < self._settings.max_workers
            and self._settings.may_start()
            and not self._is_stopped
        ):
            self._start()

    async def prewarm(self) -> Failed | None:
        """Start a worker if none has today's code, and wait; tell why it cannot be loaded."""
        if self.workers - self._outdated or self._is_stopped:
            return None
        outcome = await asyncio.shield(self._start())
        return outcome if isinstance(outcome, Failed) else None

    def renew(self) -> None:
        """Let new workers take over, which load the code as it is now."""
        self._outdated |= self.workers
        for worker in list(self._idle):
            worker.kill()

    async def stop(self) -> None:
        """Kill all workers, wait for their end, refuse what waited."""
        self._stopped.set()
        for timer in self._idle.values():
            timer.cancel()
        workers = list(self.workers)
        for worker in workers:
            worker.kill()
        if self._starts:
            await asyncio.wait(self._starts)
        for worker in workers:
            await worker.wait()
        while self._waiting:
            self.submit(self._waiting.popleft())

    def kill(self, access_key_id: str) -> None:
        """Kill the worker that has this key, if it is here."""
        for worker in self.workers:
            if worker.access_key_id == access_key_id:
                worker.kill()

    @property
    def _is_stopped(self) -> bool:
        return self._stopped.is_set()

    def _start(self) -> asyncio.Task[Outcome]:
        keys = self._settings.credentials(self.function.logical_id)
        clock = clock_of(self._settings.faults)
        environment = {**self.environment, **keys, **clock}
        worker = WorkerProcess(self.function, environment, self._log, self._forget)
        self.workers.add(worker)
        self.starting += 1
        task = asyncio.create_task(self._initialize(worker))
        self._starts.add(task)
        task.add_done_callback(self._starts.discard)
        return task

    async def _initialize(self, worker: WorkerProcess) -> Outcome:
        started_at = time.perf_counter()
        outcome = await worker.start(self._settings.init_limit_s)
        delay_ms = self._settings.faults.cold_start_delay_ms(self.function.logical_id)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), delay_ms / 1000)
        init_ms = (time.perf_counter() - started_at) * 1000
        self.starting -= 1
        if isinstance(outcome, Failed):
            worker.kill()
            if self._waiting:  # Lambda, too, answers an event with the failure of its cold start
                self._finish(self._waiting.popleft(), outcome, started_at, init_ms)
        elif worker.is_alive:
            worker.unreported_init_ms = init_ms
            self._rest(worker)
        self._settings.on_started()
        return outcome

    def _rest(self, worker: WorkerProcess) -> None:
        if worker in self._outdated:
            worker.kill()
            return
        loop = asyncio.get_running_loop()
        self._idle[worker] = loop.call_later(self._settings.idle_limit_s, self._retire, worker)

    def _retire(self, worker: WorkerProcess) -> None:
        del self._idle[worker]
        worker.kill()

    def _run(self, worker: WorkerProcess, job: Job) -> None:
        self._running += 1
        limit_s = self.function.timeout_s
        faults, function_id = self._settings.faults, self.function.logical_id
        header = {
            "request_id": job.request_id,
            "function_arn": self._arn,
            "deadline_s": time.time() + limit_s,
            "trace_id": trace_id(),
            "clock_skew_ms": faults.clock_skew_ms(function_id),
        }
        started_at = self.used_at = time.perf_counter()
        if faults.is_killed_before_event(function_id):
            worker.kill()
        answered = worker.run(header, job.event, limit_s)
        answered.add_done_callback(partial(self._answered, worker, job, started_at))
        kill_delay_ms = faults.kill_delay_ms(function_id)
        if kill_delay_ms is not None:
            loop = asyncio.get_running_loop()
            killing = loop.call_later(kill_delay_ms / 1000, worker.kill)
            answered.add_done_callback(lambda _: killing.cancel())

    def _answered(
        self, worker: WorkerProcess, job: Job, started_at: float, answered: asyncio.Future[Outcome]
    ) -> None:
        self._running -= 1
        init_ms, worker.unreported_init_ms = worker.unreported_init_ms, None
        faults = self._settings.faults
        if worker.is_alive and faults.is_killed_after_answer(self.function.logical_id):
            worker.kill()
        if worker.is_alive:
            self._rest(worker)
        self._finish(job, answered.result(), started_at, init_ms)
        self.dispatch()

    def _finish(self, job: Job, outcome: Outcome, started_at: float, init_ms: float | None) -> None:
        if not job.answer.done():  # who asked may have stopped waiting
            job.answer.set_result(outcome)
        invocation = Invocation(
            self.function.logical_id,
            job.request_id,
            outcome,
            duration_ms=(time.perf_counter() - started_at) * 1000,
            waited_ms=max(0.0, started_at - job.queued_at) * 1000,
            init_ms=init_ms,
        )
        self._settings.on_invocation(invocation)

    def _log(self, request_id: str | None, text: str) -> None:
        self._settings.on_log(LogLine(self.function.logical_id, request_id, text))

    def _forget(self, worker: WorkerProcess) -> None:
        self.workers.discard(worker)
        self._outdated.discard(worker)
        self._settings.on_worker_gone(worker.access_key_id)
        if (timer := self._idle.pop(worker, None)) is not None:
            timer.cancel()
        self.dispatch()


def clock_of(faults: Faults) -> dict[str, str]:
    """Return the variable that gives a worker a clock that can be off, where one may be."""
    return {CLOCK_VARIABLE: str(SKEWED_CLOCK)} if faults.plan.clocks_skewed else {}


def trace_id() -> str:
    """Return a tracing header as Lambda sets it: not sampled."""
    return (
        f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
        f";Parent={secrets.token_hex(8)};Sampled=0"
    )
