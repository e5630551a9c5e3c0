"""What the tests of the local cloud share: sample handlers, and runners that leave nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from local_cloud.lambda_runner import LambdaRunner
from local_cloud.resources import Function

SAMPLES = Path(__file__).parent / "samples"
MakeRunner = Callable[..., LambdaRunner]


def sample_function(handler: str, **changes: Any) -> Function:
    """Return a function on the sample code; its logical id is the handler's name."""
    values: dict[str, Any] = {
        "logical_id": handler.rpartition(".")[2],
        "code_path": SAMPLES / "functions",
        "handler": handler,
        "layer_paths": (SAMPLES / "layer",),
        "environment": {},
        "timeout_s": 10.0,
        "memory_mb": 128,
    }
    return Function(**{**values, **changes})


@pytest.fixture
async def make_runner() -> AsyncIterator[MakeRunner]:
    """Make runners of sample functions; all of them are stopped at the end."""
    runners = []

    def make(*functions: Function, **options: Any) -> LambdaRunner:
        runner = LambdaRunner({one.logical_id: one for one in functions}, **options)
        runner.open({"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1"})
        runners.append(runner)
        return runner

    yield make
    for runner in runners:
        await runner.stop()
