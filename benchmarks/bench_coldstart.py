"""How long is a knock on a cold function unanswered?

    python -m benchmarks.bench_coldstart [--runs 7]

From the start of a process to its first post (`connect`: its first answer from the store), beside
one that imports boto3, makes a DynamoDB client and reads one item. Same interpreter, same store,
plain HTTP on either side, everything compiled, runs taken in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.machine import machine
from tests import engine, posts_taken
from tests.functions.world_of_samples import CONNECTION, connect, furnish, sample
from tests.world import engine_app

ROOT = Path(__file__).parent.parent
FUNCTIONS = ("connect", "send_message", "ping")

BARE = "import time; print(time.monotonic())"
BOTO3 = """
import boto3, time
boto3.client("dynamodb").get_item(
    TableName="RoomsTable", Key={"pk": {"S": "R#den"}, "sk": {"S": "ROOM"}}, ConsistentRead=True
)
print(time.monotonic())
"""
# The handler as Lambda loads it; the first return of what is measured is noted.
HANDLER = """
import importlib, json, sys, time
code, layer, name, event, waited_for = sys.argv[1:]
sys.path[:0] = [code, layer]
handler = importlib.import_module(name).lambda_handler
module, kind, method = waited_for.split(":")
kind = getattr(sys.modules[module], kind)
real, noted = getattr(kind, method), []
def noting(*given, **named):
    result = real(*given, **named)
    noted.append(time.monotonic())
    return result
setattr(kind, method, noting)
answer = handler(json.loads(event), None)
assert answer["statusCode"] == 200, answer
print(noted[0])
"""
FIRST_ANSWER = "teahouse.adapters.lean.calls:Calls:call"
FIRST_POST = "teahouse.adapters.management_api:ManagementApiBroadcaster:post"


def event_of(function: str) -> str:
    """Write an event nobody has sent before."""
    event = sample("websocket", function)
    if function == "connect":
        event["requestContext"]["connectionId"] = f"{secrets.token_urlsafe(11)}="
    if function == "send_message":
        body = json.loads(event["body"])
        event["body"] = json.dumps({**body, "clientMessageId": secrets.token_urlsafe(16)})
    return json.dumps(event)


def ms_until(command: list[str], environment: dict[str, str]) -> float:
    """Start a process and tell how long it took to what it notes."""
    started = time.monotonic()
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    return (float(ended.stdout.splitlines()[-1]) - started) * 1000


def commands() -> dict[str, list[str]]:
    """Name what is compared."""
    python = [sys.executable, "-I", "-c"]
    folders = [str(ROOT / "functions" / "websocket"), str(ROOT / "layers" / "teahouse")]
    handlers = {
        function: [
            *python,
            HANDLER,
            *folders,
            function,
            event_of(function),
            FIRST_ANSWER if function == "connect" else FIRST_POST,
        ]
        for function in FUNCTIONS
    }
    return {"bare": [*python, BARE], "boto3": [*python, BOTO3], **handlers}


def main() -> None:
    """Measure, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = max(5, parser.parse_args().runs)
    with engine.running_engine() as url, posts_taken.posts_taken() as posts:
        engine.create_tables(url)
        os.environ.update(
            {**engine.CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": url, posts_taken.ENDPOINT: posts}
        )
        app = engine_app()
        furnish(app)
        connect(app)
        assert app.connections.find(CONNECTION) is not None
        taken: dict[str, list[float]] = {}
        for run in range(runs + 1):
            for name, command in commands().items():
                ms = ms_until(command, dict(os.environ))
                if run:  # the first compiles what is not compiled yet
                    taken.setdefault(name, []).append(ms)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, ms in medians.items():
        spread = f"{min(taken[name]):.0f} to {max(taken[name]):.0f}"
        print(f"{name:14} {ms:6.1f} ms   ({spread})   {ms / medians['boto3']:.2f} x boto3")
    worst = max(medians[function] for function in FUNCTIONS)
    told = {
        "benchmark": "coldstart",
        "ratio_to_boto3": round(worst / medians["boto3"], 3),
        **{f"{name}_ms": round(ms, 1) for name, ms in medians.items()},
        "runs": runs,
        "machine": machine("boto3", "msgspec"),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
