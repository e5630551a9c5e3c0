"""Who runs a handler? Worker processes, as Lambda's synchronous Invoke would.

A worker is frozen between its events, as Lambda freezes an execution environment: a thread that
a handler leaves running makes no progress until that worker's next event.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_cloud.faults import Faults
from local_cloud.invocation import Failed, Outcome
from local_cloud.resources import Function
from local_cloud.worker_environment import worker_environment
from local_cloud.worker_pool import Invocation, Job, LogLine, PoolSettings, WorkerPool

MAX_EVENT_BYTES = 6_291_456  # Lambda quotas, "invocation payload", synchronous: 6 MB
INIT_LIMIT_S = 10.0  # Lambda, "Understanding the execution environment lifecycle", Init phase
IDLE_LIMIT_S = 300.0  # Lambda names no figure; some minutes is what is seen
MAX_WORKERS = 10  # per function; this machine's limit, beyond it events wait


class LambdaRunner:
    """An Invoker on processes of this machine.

    Nothing runs before `open`: only then are the addresses known that handlers call.
    """

    def __init__(
        self,
        functions: Mapping[str, Function],
        *,
        credentials: Callable[[str], Mapping[str, str]] = lambda function_id: {},
        on_log: Callable[[LogLine], None] = lambda line: None,
        on_invocation: Callable[[Invocation], None] = lambda invocation: None,
        on_worker_gone: Callable[[str], None] = lambda access_key_id: None,
        faults: Faults | None = None,
        max_workers: int = MAX_WORKERS,
        idle_limit_s: float = IDLE_LIMIT_S,
        init_limit_s: float = INIT_LIMIT_S,
    ) -> None:
        settings = PoolSettings(
            on_log=on_log,
            on_invocation=on_invocation,
            may_start=self._may_start,
            on_started=self._dispatch,
            faults=faults or Faults(),
            credentials=credentials,
            on_worker_gone=on_worker_gone,
            max_workers=max_workers,
            idle_limit_s=idle_limit_s,
            init_limit_s=init_limit_s,
        )
        self._pools = {
            function_id: WorkerPool(function, settings)
            for function_id, function in functions.items()
        }
        self._opened = asyncio.Event()
        self._max_starting = max(2, os.cpu_count() or 2)

    def open(self, endpoints: Mapping[str, str], *, hosts: Mapping[str, str] | None = None) -> None:
        """Begin to run events; `endpoints` are environment variables that every handler gets.

        `hosts` says which host stands here for one that a template's variables name.
        """
        for pool in self._pools.values():
            pool.environment = worker_environment(pool.function, endpoints, hosts or {})
        self._opened.set()

    async def invoke(self, function_id: str, event: Mapping[str, Any]) -> Outcome:
        """Run one event in a worker of the function and wait for its outcome.

        To stop waiting stops nothing: the event goes on, as it does on Lambda.
        """
        await self._opened.wait()
        payload = json.dumps(event, ensure_ascii=False).encode(errors="surrogatepass")
        if len(payload) > MAX_EVENT_BYTES:
            return Failed(
                "RequestEntityTooLargeException",
                f"{len(payload)} byte payload is too large for the Invoke operation "
                f"(limit {MAX_EVENT_BYTES} bytes)",
            )
        runtime = self._pools[function_id].function.foreign_runtime
        if runtime:
            return Failed("Runtime.InvalidEntrypoint", f"{function_id} runs {runtime}, not Python")
        job = Job(payload, asyncio.get_running_loop().create_future())
        self._pools[function_id].submit(job)
        return await job.answer

    async def prewarm(self) -> dict[str, Failed]:
        """Start one worker per function, as Lambda's proactive initialization does.

        One after the other, so that a processor is left to whoever waits for an answer. Returns
        why functions cannot be loaded.
        """
        await self._opened.wait()
        ours = {i: pool for i, pool in self._pools.items() if not pool.function.foreign_runtime}
        outcomes = {i: await pool.prewarm() for i, pool in ours.items()}
        return {i: outcome for i, outcome in outcomes.items() if outcome is not None}

    async def renew(self, function_ids: Iterable[str]) -> None:
        """Run functions' code as it is now; events that are being handled end as they began.

        Of those that share what changed, the one that ran last is loaded at once: whoever saves a
        file mostly tries the same thing again. The others are loaded by their next event.
        """
        pools = [self._pools[function_id] for function_id in function_ids]
        for pool in pools:
            pool.renew()
        used = [(pool.used_at, pool) for pool in pools if pool.used_at is not None]
        if used:
            _, pool = max(used, key=lambda one: one[0])
            await pool.prewarm()

    def kill_worker(self, access_key_id: str) -> None:
        """Kill the worker that signs with this key."""
        for pool in self._pools.values():
            pool.kill(access_key_id)

    def worker_pids(self, function_id: str | None = None) -> list[int]:
        """Return the process ids of all workers, or of one function's."""
        pools = self._pools.values() if function_id is None else [self._pools[function_id]]
        return [worker.pid for pool in pools for worker in pool.workers]

    async def stop(self) -> None:
        """Kill every worker and wait until all are gone."""
        await asyncio.gather(*(pool.stop() for pool in self._pools.values()))

    def _may_start(self) -> bool:
        # An import takes a whole processor: more of them at a time would only delay each.
        return sum(pool.starting for pool in self._pools.values()) < self._max_starting

    def _dispatch(self) -> None:
        for pool in self._pools.values():
            pool.dispatch()
