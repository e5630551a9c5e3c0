"""Does a handler run as on Lambda? Warm, alone with its event, frozen between two, and mortal."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from local_cloud.faults import FaultPlan, Faults
from local_cloud.invocation import Failed, Succeeded
from local_cloud.lambda_runner import MAX_EVENT_BYTES
from local_cloud.worker_pool import Invocation, LogLine
from tests.local_cloud.conftest import MakeRunner, sample_function
from tests.local_cloud.processes import ended, state, stopped

GREET = sample_function("greet.lambda_handler", logical_id="Greet", environment={"HOUSE": "blue"})


async def test_a_handler_is_loaded_once_and_keeps_its_globals(make_runner: MakeRunner) -> None:
    runner = make_runner(GREET)

    first = await runner.invoke("Greet", {"name": "ann"})
    second = await runner.invoke("Greet", {"name": "ben"})

    assert isinstance(first, Succeeded)
    assert isinstance(second, Succeeded)
    assert first.payload["event"] == {"name": "ann"}
    assert [first.payload["events_seen"], second.payload["events_seen"]] == [1, 2]
    assert first.payload["pid"] == second.payload["pid"] != os.getpid()


async def test_an_event_goes_through_json(make_runner: MakeRunner) -> None:
    runner = make_runner(GREET)

    answered = await runner.invoke("Greet", {"text": "茶馆", "pair": (1, None)})

    assert isinstance(answered, Succeeded)
    assert answered.payload["event"] == {"text": "茶馆", "pair": [1, None]}


async def test_the_context_is_lambdas(make_runner: MakeRunner) -> None:
    invocations: list[Invocation] = []
    runner = make_runner(GREET, on_invocation=invocations.append)

    answered = await runner.invoke("Greet", {})

    assert isinstance(answered, Succeeded)
    context = answered.payload["context"]
    assert context.pop("aws_request_id") == invocations[0].request_id
    assert 9_000 < context.pop("remaining_ms") <= 10_000
    assert "[$LATEST]" in context.pop("log_stream_name")
    assert context == {
        "function_name": "Greet",
        "function_version": "$LATEST",
        "invoked_function_arn": "arn:aws:lambda:us-east-1:123456789012:function:Greet",
        "memory_limit_in_mb": "128",
        "log_group_name": "/aws/lambda/Greet",
        "client_context": None,
        "cognito_identity_id": None,
    }


async def test_a_function_knows_itself_by_the_name_that_the_template_gives_it(
    make_runner: MakeRunner,
) -> None:
    """The control is above: without one, it is the logical id."""
    runner = make_runner(replace(GREET, name="tea-greeter"))

    answered = await runner.invoke("Greet", {})

    assert isinstance(answered, Succeeded)
    context = answered.payload["context"]
    assert context["function_name"] == "tea-greeter"
    assert context["invoked_function_arn"].endswith(":function:tea-greeter")
    assert context["log_group_name"] == "/aws/lambda/tea-greeter"


async def test_code_and_layer_come_first_on_the_path_and_nothing_of_ours(
    make_runner: MakeRunner,
) -> None:
    runner = make_runner(GREET)

    answered = await runner.invoke("Greet", {})

    assert isinstance(answered, Succeeded)
    path = answered.payload["path"]
    ours = Path(__file__).parents[2]
    assert path[:2] == [str(GREET.code_path), str(GREET.layer_paths[0])]
    assert answered.payload["cwd"] == str(GREET.code_path)
    assert answered.payload["kind"] == "oolong"
    assert not {str(ours), str(ours / "local_cloud"), ""} & set(path)


async def test_what_a_handler_prints_is_logged_with_its_event(make_runner: MakeRunner) -> None:
    lines: list[LogLine] = []
    invocations: list[Invocation] = []
    prints = sample_function("misbehave.prints")
    runner = make_runner(prints, on_log=lines.append, on_invocation=invocations.append)

    await runner.invoke("prints", {})
    await runner.invoke("prints", {})

    said = ["to standard output", "to standard error", "without an end"]
    assert lines == [
        LogLine("prints", one.request_id, text) for one in invocations for text in said
    ]
    assert invocations[0].request_id != invocations[1].request_id


async def test_more_output_than_a_pipe_holds_blocks_nobody(make_runner: MakeRunner) -> None:
    lines: list[LogLine] = []
    runner = make_runner(sample_function("misbehave.prints_a_lot"), on_log=lines.append)

    answered = await runner.invoke("prints_a_lot", {"lines": 20_000})

    assert answered == Succeeded(None)
    assert [int(line.text) for line in lines] == list(range(20_000))


@pytest.mark.parametrize(
    ("handler", "error_type", "text"),
    [
        ("misbehave.raises", "KeyError", "'tea'"),
        ("misbehave.raises_unauthorized", "Exception", "Unauthorized"),
        ("misbehave.returns_a_set", "Runtime.MarshalError", "Unable to marshal response: Object"),
        ("misbehave.returns_nan", "Runtime.MarshalError", "Unable to marshal response: Out of"),
    ],
)
async def test_a_failing_handler_is_reported_and_its_worker_lives_on(
    make_runner: MakeRunner, handler: str, error_type: str, text: str
) -> None:
    function = sample_function(handler)
    runner = make_runner(function)

    answered = await runner.invoke(function.logical_id, {})
    pids = runner.worker_pids()
    await runner.invoke(function.logical_id, {})

    assert isinstance(answered, Failed)
    assert answered.error_type == error_type
    assert answered.message.startswith(text)
    assert runner.worker_pids() == pids


@pytest.mark.parametrize(
    ("handler", "text"),
    [
        ("misbehave.exits", "Runtime exited with error: exit status 3"),
        ("misbehave.exits_while_a_thread_runs", "Runtime exited without providing a reason"),
        ("misbehave.is_killed", "Runtime exited with error: signal: killed"),
        ("misbehave.interrupts", "Runtime exited with error: exit status 1"),
    ],
)
async def test_a_dying_worker_fails_its_event_and_is_replaced(
    make_runner: MakeRunner, handler: str, text: str
) -> None:
    invocations: list[Invocation] = []
    function = sample_function(handler)
    runner = make_runner(function, on_invocation=invocations.append)

    first = await runner.invoke(function.logical_id, {})
    second = await runner.invoke(function.logical_id, {})

    messages = [f"RequestId: {one.request_id} Error: {text}" for one in invocations]
    assert [first, second] == [Failed("Runtime.ExitError", message) for message in messages]
    assert all(one.init_ms is not None for one in invocations), "each had a new worker"


async def test_the_kill_fault_ends_a_worker_in_the_midst_of_its_event(
    make_runner: MakeRunner,
) -> None:
    """F1 of the fault plan. Control: without the fault the same event is answered."""
    faults = Faults(FaultPlan(handlers_killed=1, kill_delay_ms=(0, 0)))
    naps = sample_function("misbehave.naps")
    runner = make_runner(naps, faults=faults)

    killed = await runner.invoke("naps", {"seconds": 30})
    faults.plan = FaultPlan()
    answered = await runner.invoke("naps", {"seconds": 0})

    assert isinstance(killed, Failed)
    assert killed.error_type == "Runtime.ExitError"
    assert killed.message.endswith("signal: killed")
    assert isinstance(answered, Succeeded)
    assert [(one.kind, one.target) for one in faults.injected] == [("handler_killed", "naps")]


async def test_a_function_is_killed_at_its_timeout(make_runner: MakeRunner) -> None:
    invocations: list[Invocation] = []
    hangs = sample_function("misbehave.hangs", timeout_s=0.1)
    runner = make_runner(hangs, on_invocation=invocations.append)

    answered = await runner.invoke("hangs", {})

    [invocation] = invocations
    text = f"RequestId: {invocation.request_id} Error: Task timed out after 0.10 seconds"
    assert answered == Failed("Sandbox.Timedout", text)
    assert 100 <= invocation.duration_ms < 5_000
    for pid in runner.worker_pids():
        await ended(pid)


async def test_a_function_within_its_timeout_is_not_killed(make_runner: MakeRunner) -> None:
    naps = sample_function("misbehave.naps", timeout_s=2.0)
    runner = make_runner(naps)

    answered = await runner.invoke("naps", {"seconds": 0.1})

    assert isinstance(answered, Succeeded)


@pytest.mark.parametrize(
    ("handler", "error_type", "text"),
    [
        (
            "needs_what_is_absent.lambda_handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'needs_what_is_absent': "
            "No module named 'a_package_nobody_installed'",
        ),
        (
            "nowhere.lambda_handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'nowhere': No module named 'nowhere'",
        ),
        (
            "greet.nobody",
            "Runtime.HandlerNotFound",
            "Handler 'nobody' missing on module 'greet'",
        ),
        ("greet", "Runtime.MalformedHandlerName", "Bad handler 'greet': not enough values"),
        ("fails_at_import.lambda_handler", "ValueError", "no tea in the pot"),
    ],
)
async def test_a_handler_that_cannot_be_loaded_fails_every_event(
    make_runner: MakeRunner, handler: str, error_type: str, text: str
) -> None:
    runner = make_runner(sample_function(handler, logical_id="Broken"))

    answered = [await runner.invoke("Broken", {}) for _ in range(2)]

    assert all(isinstance(one, Failed) and one.error_type == error_type for one in answered)
    assert all(isinstance(one, Failed) and one.message.startswith(text) for one in answered)


async def test_a_syntax_error_is_named(make_runner: MakeRunner, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def lambda_handler(event, context:\n")
    function = sample_function("broken.lambda_handler", logical_id="Broken", code_path=tmp_path)
    runner = make_runner(function)

    answered = await runner.invoke("Broken", {})

    assert isinstance(answered, Failed)
    assert answered.error_type == "Runtime.UserCodeSyntaxError"


async def test_a_module_that_never_finishes_loading_times_out(make_runner: MakeRunner) -> None:
    slow = sample_function("is_slow_to_load.lambda_handler", logical_id="Slow")
    runner = make_runner(slow, init_limit_s=0.3)

    answered = await runner.invoke("Slow", {})

    assert answered == Failed("Sandbox.Timedout", "Task timed out after 0.30 seconds")


async def test_half_a_character_arrives_and_cannot_be_answered(make_runner: MakeRunner) -> None:
    runner = make_runner(GREET)

    answered = await runner.invoke("Greet", {"text": "\ud83c"})

    assert isinstance(answered, Failed)
    assert answered.error_type == "Runtime.MarshalError"
    assert "surrogates not allowed" in answered.message


async def test_a_decimal_is_answered_as_a_number(make_runner: MakeRunner) -> None:
    runner = make_runner(sample_function("misbehave.returns_a_decimal"))

    assert await runner.invoke("returns_a_decimal", {}) == Succeeded({"price": 1.5})


async def test_six_megabytes_are_the_most_either_way(make_runner: MakeRunner) -> None:
    large = sample_function("misbehave.returns_too_much")
    runner = make_runner(large)
    fits = {"size": 6_000_000, "padding": "x" * 6_000_000}

    allowed = await runner.invoke("returns_too_much", fits)
    answer = await runner.invoke("returns_too_much", {"size": 6_291_600})
    event = await runner.invoke("returns_too_much", {"size": 1, "padding": "x" * MAX_EVENT_BYTES})

    assert isinstance(allowed, Succeeded)
    assert isinstance(answer, Failed)
    assert answer.error_type == "Function.ResponseSizeTooLarge"
    assert isinstance(event, Failed)
    assert event.error_type == "RequestEntityTooLargeException"


async def test_a_handler_cannot_eat_the_machine(make_runner: MakeRunner) -> None:
    runner = make_runner(sample_function("misbehave.eats_memory", memory_mb=128))

    small = await runner.invoke("eats_memory", {"megabytes": 64})
    large = await runner.invoke("eats_memory", {"megabytes": 1_024})

    assert isinstance(small, Succeeded)
    assert isinstance(large, Failed)
    assert (large.error_type, large.message) == (
        "Runtime.OutOfMemory",
        "The handler asked for more than its MemorySize of 128 MB",
    )


async def test_who_holds_more_than_lambda_gives_is_told(make_runner: MakeRunner) -> None:
    """The control: what fits is not told. Below what could harm the machine, the answer stands."""
    lines: list[LogLine] = []
    eats = sample_function("misbehave.eats_memory", memory_mb=128)
    runner = make_runner(eats, on_log=lines.append)

    assert isinstance(await runner.invoke("eats_memory", {"megabytes": 32}), Succeeded)
    assert not lines, "the control"
    for _ in range(2):
        assert isinstance(await runner.invoke("eats_memory", {"megabytes": 300}), Succeeded)

    assert len(lines) == 1, "it is told once"
    assert re.fullmatch(
        r"\[WARN\] the function held 3\d\d MB, and its MemorySize is 128 MB: "
        "Lambda would have ended it",
        lines[0].text,
    )


async def test_a_thread_makes_no_progress_between_events(
    make_runner: MakeRunner, tmp_path: Path
) -> None:
    """The control: the same thread of another function counts on while its event runs."""
    frozen = sample_function("counting.lambda_handler", logical_id="Frozen")
    control = sample_function("counting.lambda_handler", logical_id="Control")
    runner = make_runner(frozen, control)
    counted = tmp_path / "counted"
    await runner.invoke("Frozen", {"path": str(counted), "at_least": 10})
    await stopped(runner.worker_pids("Frozen")[0])

    before = counted.read_text()
    other = {"path": str(tmp_path / "other"), "at_least": 200}
    during = await runner.invoke("Control", other)
    after = counted.read_text()
    again = await runner.invoke("Frozen", {"at_least": 10})

    assert isinstance(during, Succeeded)
    assert during.payload["after"] >= 200
    assert after == before
    assert isinstance(again, Succeeded)
    assert int(counted.read_text()) >= int(before) + 10


async def test_what_a_handler_started_is_frozen_and_ends_with_its_worker(
    make_runner: MakeRunner,
) -> None:
    runner = make_runner(sample_function("misbehave.leaves_a_child"))
    answered = await runner.invoke("leaves_a_child", {})
    assert isinstance(answered, Succeeded)
    await stopped(runner.worker_pids()[0])
    while state(answered.payload) == "R":  # its turn to run has not ended yet
        await asyncio.sleep(0)

    assert state(answered.payload) == "T"
    await runner.stop()
    await ended(answered.payload)
