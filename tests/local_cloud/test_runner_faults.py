"""F1, F10: do handlers die, start late and read a wrong clock on request, and is it noted?"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from local_cloud.cloud import running
from local_cloud.faults import FaultPlan, Faults
from local_cloud.invocation import Failed, Succeeded
from local_cloud.lambda_runner import LambdaRunner
from local_cloud.worker_pool import Invocation
from tests.e2e.person import call
from tests.local_cloud.conftest import SAMPLES, MakeRunner, sample_function
from tests.local_cloud.processes import ended

CLOCKS = ("time", "time_ns", "clock", "gmtime", "datetime", "module", "naive")


async def payload(runner: LambdaRunner, function_id: str, event: Any = None) -> Any:
    outcome = await runner.invoke(function_id, event or {})
    assert isinstance(outcome, Succeeded), outcome
    return outcome.payload


async def test_a_worker_may_die_before_it_sees_its_event(make_runner: MakeRunner) -> None:
    """F1. Control: the next event runs, and is the first that the handler has seen."""
    faults = Faults(FaultPlan(handlers_killed_before_events=1, at_most=1))
    runner = make_runner(sample_function("greet.lambda_handler"), faults=faults)

    killed = await runner.invoke("lambda_handler", {})
    answer = await payload(runner, "lambda_handler")

    assert isinstance(killed, Failed)
    assert killed.error_type == "Runtime.ExitError"
    assert answer["events_seen"] == 1
    [noted] = faults.injected
    assert (noted.kind, noted.target) == ("handler_killed_before_event", "lambda_handler")


async def test_a_worker_may_die_with_its_answer(make_runner: MakeRunner) -> None:
    """F1. Control: without the fault the same worker takes the next event, too."""
    faults = Faults(FaultPlan(handlers_killed_after_answers=1, at_most=1))
    runner = make_runner(sample_function("greet.lambda_handler"), faults=faults)

    pids = []
    for _ in range(3):
        answer = await payload(runner, "lambda_handler")
        pids.append(answer["pid"])
        if len(pids) == 1:
            await ended(pids[0])

    assert pids[0] != pids[1] == pids[2]
    assert [noted.kind for noted in faults.injected] == ["handler_killed_after_answer"]


async def test_a_cold_start_may_take_longer(make_runner: MakeRunner) -> None:
    """F1. Control: the second event finds the worker warm."""
    plan = FaultPlan(cold_starts_delayed=1, cold_start_delay_ms=(700, 700))
    faults = Faults(plan)
    invocations: list[Invocation] = []
    runner = make_runner(
        sample_function("greet.lambda_handler"), faults=faults, on_invocation=invocations.append
    )

    await payload(runner, "lambda_handler")
    await payload(runner, "lambda_handler")

    assert invocations[0].init_ms is not None
    assert invocations[0].init_ms >= 700
    assert invocations[1].init_ms is None
    assert [(one.kind, one.delay_ms) for one in faults.injected] == [("cold_start_delayed", 700)]


async def test_a_runner_stops_in_the_midst_of_a_delayed_start(make_runner: MakeRunner) -> None:
    plan = FaultPlan(cold_starts_delayed=1, cold_start_delay_ms=(3_600_000, 3_600_000))
    faults = Faults(plan)
    runner = make_runner(sample_function("greet.lambda_handler"), faults=faults)
    waiting = asyncio.ensure_future(runner.invoke("lambda_handler", {}))
    while not faults.injected:
        await asyncio.sleep(0.01)

    await asyncio.wait_for(runner.stop(), 10)

    assert isinstance(await waiting, Failed)


@pytest.mark.filterwarnings("default")
async def test_a_clock_may_be_off_and_step_back(make_runner: MakeRunner) -> None:
    """F10. Control: the third event, without the fault, has the right time again."""
    plan = FaultPlan(clocks_skewed=1, clock_skew_ms=(240_000, 240_000))
    faults = Faults(plan)
    runner = make_runner(sample_function("clocks.tell"), faults=faults)

    ahead = await payload(runner, "tell")
    faults.plan = FaultPlan(clocks_skewed=1, clock_skew_ms=(-240_000, -240_000))
    behind = await payload(runner, "tell")
    faults.plan = FaultPlan()
    right = await payload(runner, "tell")

    now = time.time()
    for told, skew_s in ((ahead, 240), (behind, -240), (right, 0)):
        assert {name for name in CLOCKS if abs(told[name] - now - skew_s) < 20} == set(CLOCKS)
        assert told["is_datetime"]
        assert 5_000 < told["remaining_ms"] <= 10_000
    assert ahead["monotonic"] < behind["monotonic"] < right["monotonic"]
    assert not [name for name in ahead["environment"] if "LOCAL_CLOUD" in name]
    assert [noted.delay_ms for noted in faults.injected] == [240_000, -240_000]
    assert {noted.kind for noted in faults.injected} == {"clock_skewed"}


async def test_a_worker_that_dies_after_its_write_has_written(tmp_path: Path) -> None:
    """F1, after the write before the answer. Control: dying before it, it has not."""
    faults = Faults()
    async with running(SAMPLES / "template.yaml", data=None, faults=faults) as cloud:

        async def pour(name: str) -> int:
            body = {"name": name}
            answer = await asyncio.to_thread(call, cloud.url, "POST", "/api/cups", body)
            return answer.status

        async def drink(name: str) -> int:
            path = f"/api/cups/{name}"
            return (await asyncio.to_thread(call, cloud.url, "GET", path)).status

        faults.plan = FaultPlan(handlers_killed_after_calls=1, functions=("Pour",))
        assert await pour("after") == 500
        faults.plan = FaultPlan(handlers_killed_before_calls=1, functions=("Pour",))
        assert await pour("before") == 500
        faults.plan = FaultPlan()
        assert await pour("unharmed") == 201

        assert [await drink(name) for name in ("after", "before", "unharmed")] == [200, 404, 200]
