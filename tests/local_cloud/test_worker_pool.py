"""Which worker gets which event, how many are there, and what becomes of them?"""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from local_cloud.invocation import Failed, Succeeded
from local_cloud.worker_pool import Invocation
from tests.local_cloud.conftest import MakeRunner, sample_function
from tests.local_cloud.processes import ended, is_running

GREET = sample_function("greet.lambda_handler", logical_id="Greet", environment={"HOUSE": "blue"})


async def test_events_at_once_run_in_workers_of_their_own(
    make_runner: MakeRunner, tmp_path: Path
) -> None:
    """Each handler returns only when three of them run."""
    runner = make_runner(sample_function("misbehave.waits_for_others", timeout_s=60.0))
    event = {"folder": str(tmp_path), "together": 3}

    answered = await asyncio.gather(*(runner.invoke("waits_for_others", event) for _ in range(3)))

    pids = {one.payload["pid"] for one in answered if isinstance(one, Succeeded)}
    assert len(pids) == 3


async def test_beyond_the_cap_events_wait_for_a_worker(make_runner: MakeRunner) -> None:
    invocations: list[Invocation] = []
    naps = sample_function("misbehave.naps")
    runner = make_runner(naps, max_workers=2, on_invocation=invocations.append)

    events = ({"seconds": 0.05} for _ in range(6))
    answered = await asyncio.gather(*(runner.invoke("naps", event) for event in events))

    assert all(isinstance(one, Succeeded) for one in answered)
    assert len(runner.worker_pids()) <= 2
    assert max(one.waited_ms for one in invocations) >= 50


async def test_reserved_concurrency_throttles_as_lambda_does(make_runner: MakeRunner) -> None:
    naps = sample_function("misbehave.naps", reserved_concurrency=1)
    runner = make_runner(naps)

    running, throttled = await asyncio.gather(
        runner.invoke("naps", {"seconds": 0.1}), runner.invoke("naps", {"seconds": 0.1})
    )

    assert isinstance(running, Succeeded)
    assert throttled == Failed("TooManyRequestsException", "Rate Exceeded.")
    assert isinstance(await runner.invoke("naps", {"seconds": 0}), Succeeded)


async def test_whoever_stops_waiting_stops_nothing(make_runner: MakeRunner) -> None:
    told: asyncio.Queue[Invocation] = asyncio.Queue()
    runner = make_runner(sample_function("misbehave.naps"), on_invocation=told.put_nowait)
    await runner.invoke("naps", {"seconds": 0})
    await told.get()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(runner.invoke("naps", {"seconds": 1}), 0.01)

    assert isinstance((await told.get()).outcome, Succeeded)
    assert isinstance(await runner.invoke("naps", {"seconds": 0}), Succeeded)


async def test_idle_workers_are_retired(make_runner: MakeRunner) -> None:
    runner = make_runner(GREET, idle_limit_s=0.05)
    await runner.invoke("Greet", {})
    [pid] = runner.worker_pids()

    await ended(pid)
    answered = await runner.invoke("Greet", {})

    assert isinstance(answered, Succeeded)
    assert answered.payload["events_seen"] == 1


async def test_a_frozen_worker_that_is_killed_is_replaced(make_runner: MakeRunner) -> None:
    runner = make_runner(GREET)
    await runner.invoke("Greet", {})
    [pid] = runner.worker_pids()

    os.kill(pid, signal.SIGKILL)
    await ended(pid)
    answered = await runner.invoke("Greet", {})

    assert isinstance(answered, Succeeded)
    assert answered.payload["pid"] != pid


async def test_prewarming_starts_one_worker_of_each_function(make_runner: MakeRunner) -> None:
    invocations: list[Invocation] = []
    broken = sample_function("nowhere.lambda_handler", logical_id="Broken")
    naps = sample_function("misbehave.naps")
    runner = make_runner(GREET, broken, naps, on_invocation=invocations.append)

    await runner.prewarm()
    warm = runner.worker_pids("Greet") + runner.worker_pids("naps")
    answered = await runner.invoke("Greet", {})

    assert len(warm) == 2
    assert isinstance(answered, Succeeded)
    assert answered.payload["pid"] == warm[0]
    assert invocations[0].init_ms is not None, "the load was paid before the event came"
    assert invocations[0].waited_ms < invocations[0].init_ms


async def test_nothing_is_left_after_a_stop(make_runner: MakeRunner) -> None:
    runner = make_runner(GREET, sample_function("misbehave.hangs"))
    hanging = asyncio.ensure_future(runner.invoke("hangs", {}))
    await runner.invoke("Greet", {})
    pids = runner.worker_pids()
    assert len(pids) == 2, "one is frozen and one is busy"

    await runner.stop()

    assert [pid for pid in pids if is_running(pid)] == []
    assert runner.worker_pids() == []
    outcome = await hanging
    assert isinstance(outcome, Failed)
    assert outcome.error_type == "Runtime.ExitError"
    assert await runner.invoke("Greet", {}) == Failed(
        "Runtime.ExitError", "The local cloud has stopped"
    )
