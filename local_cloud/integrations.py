"""How does the gateway wait for a function? As long as an integration may take, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from local_cloud.gateway import TIMED_OUT
from local_cloud.invocation import Failed, Invoker, Outcome

T = TypeVar("T")
Tell = Callable[..., None]


class Integrations:
    """Runs functions, and whatever else has to wait, as tasks that end with the server."""

    def __init__(self, invoker: Invoker, tell: Tell) -> None:
        self._invoker = invoker
        self._tell = tell
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start something that nobody waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._settle)
        return task

    async def outcome(self, function_id: str, event: Mapping[str, Any], timeout_ms: int) -> Outcome:
        """Wait for a function; after the timeout it runs on, and nobody hears of it."""
        running = self.spawn(self._invoked(function_id, event))
        done, _ = await asyncio.wait({running}, timeout=timeout_ms / 1000)
        if not done:
            self._tell("integration_timed_out", function_id=function_id)
            return TIMED_OUT
        if running.exception() is not None:
            return Failed("Gateway.InvokerFailed", "the invoker itself failed")
        return running.result()

    def refuse_result(self, function_id: str, problem: str) -> None:
        """Tell whoever wrote a handler why the gateway cannot use what it answered."""
        self._tell("result_refused", function_id=function_id, text=f"{function_id} {problem}")

    async def drain(self, timeout_s: float) -> None:
        """Wait for what still runs, then cancel it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_s)
        leftover = set(self._tasks)
        for task in leftover:
            task.cancel()
        await asyncio.gather(*leftover, return_exceptions=True)

    async def _invoked(self, function_id: str, event: Mapping[str, Any]) -> Outcome:
        outcome = await self._invoker.invoke(function_id, event)
        if isinstance(outcome, Failed) and not outcome.is_unauthorized:
            self._tell("function_failed", function_id=function_id, error_type=outcome.error_type)
        return outcome

    def _settle(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._tell("task_failed", error_type=type(error).__name__, message=str(error))
