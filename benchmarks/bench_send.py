"""What does it cost to say something in a room?

    python -m benchmarks.bench_send [--runs 5] [--sends 40]

`send_message` as the socket function has it, beside the same action on PynamoDB and boto3 in 32
threads: a room of 40 and one of 200, every member connected, one sender; the embedded store and a
management API in processes of their own, the posts over TLS. Each figure is of the sending process
alone, processor time and the time until everybody has been posted to. Fresh processes, in turns.
Also what reading the 1,000 connections of a room costs beside posting to them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bench_fanout import ROOT, counts, sink
from benchmarks.machine import machine
from benchmarks.send_client import KINDS, REPEATS, WARM_UP
from tests import engine
from tests.certificates import Authority

ROOMS = (40, 200)
LARGE_ROOM = 1_000

Figures = dict[str, float]


def run(kind: str, members: int, sends: int, address: str, store: str, authority: Path) -> Figures:
    """Let a process send, and give its figures if every member got every post, and no more.

    Raises:
        SystemExit: they do not add up.
    """
    environment = {
        **engine.CREDENTIALS,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'teahouse'}",
        "AWS_ENDPOINT_URL_DYNAMODB": store,
        "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": f"https://{address}/ws",
        "AWS_CA_BUNDLE": str(authority),
    }
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.send_client", kind, str(members), str(sends)],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    each = sends + WARM_UP if sends else REPEATS
    came = counts(address, authority)
    if (came["connections"], came["fewest"], came["most"]) != (members, each, each):
        raise SystemExit(f"{kind}: posts do not add up: {came}, not {each} to each of {members}")
    figures: Figures = json.loads(told.stdout)
    return figures


def main() -> None:
    """Measure, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sends", type=int, default=40)
    given = parser.parse_args()
    runs = max(5, given.runs)
    taken: dict[tuple[str, int], list[Figures]] = {}
    with tempfile.TemporaryDirectory() as folder, engine.running_engine() as store:
        engine.create_tables(store)
        authority = Authority(Path(folder))
        with sink(authority.certificate(), 0) as address:
            counts(address, authority.file)
            for number in range(runs + 1):
                for kind in KINDS:
                    for members in ROOMS:
                        sends = given.sends if number else 1  # the first compiles
                        figures = run(kind, members, sends, address, store, authority.file)
                        if number:
                            taken.setdefault((kind, members), []).append(figures)
                figures = run("lean", LARGE_ROOM, 0, address, store, authority.file)
                taken.setdefault(("parts", LARGE_ROOM), []).append(figures)
    medians = {
        key: {name: statistics.median(figures[name] for figures in of) for name in of[0]}
        for key, of in taken.items()
    }
    for (kind, members), of in medians.items():
        shown = ", ".join(f"{name} {value:.2f}" for name, value in of.items())
        print(f"{kind:6} {members:5} members: {shown}")

    def ratio(name: str, members: int) -> float:
        return round(medians["lean", members][name] / medians["boto3", members][name], 3)

    large = medians["parts", LARGE_ROOM]
    told = {
        "benchmark": "send",
        "ratio_to_boto3": ratio("cpu_ms", 40),
        "ratio_to_boto3_in_200": ratio("cpu_ms", 200),
        "latency_ratio_to_boto3": ratio("p50_ms", 40),
        "latency_ratio_to_boto3_in_200": ratio("p50_ms", 200),
        "cpu_ms": round(medians["lean", 40]["cpu_ms"], 2),
        "p50_ms": round(medians["lean", 40]["p50_ms"], 2),
        "reading_to_posting_1000": round(large["reading_cpu_ms"] / large["posting_cpu_ms"], 3),
        "runs": runs,
        "machine": machine("boto3", "msgspec", "pynamodb"),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
