"""What does it cost to post one frame to a thousand connections?

    python -m benchmarks.bench_fanout [--runs 5] [--members 1000] [--environments FOLDER]

Teahouse's broadcaster beside boto3 with 32 threads and AWS's C library with 64 lines, over TLS with
a certificate that is verified, in turns, each in a fresh process; once with answers at once, once
with 8 ms for each. What counts is the processor time of the posting process. If posts and frames do
not add up, or the C library cannot be installed, no figure is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.fanout_client import CLIENTS, FRAME
from benchmarks.machine import machine
from benchmarks.peers import environments
from tests.certificates import Authority

ROOT = Path(__file__).parent.parent
ROUNDS = {"teahouse": 10, "boto3_threads": 1, "awscrt": 5}
LATENCIES_MS = (0, 8)

Figures = dict[str, float]


@contextmanager
def sink(certificate: Path, latency_ms: int) -> Iterator[str]:
    """Run a sink; yields its address."""
    command = [sys.executable, "-m", "benchmarks.sink", str(certificate), str(latency_ms)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        yield f"127.0.0.1:{running.stdout.readline().strip()}"
        running.communicate()


def counts(address: str, authority: Path) -> dict[str, Any]:
    """Ask a sink what came since it was last asked."""
    context = ssl.create_default_context(cafile=str(authority))
    line = http.client.HTTPSConnection(address, context=context)
    line.request("GET", "/counts")
    told: dict[str, Any] = json.loads(line.getresponse().read())
    line.close()
    return told


def run(client: str, python: Path, members: int, address: str, authority: Path) -> Figures:
    """Let a client post, and give its figures if each frame arrived where it should, and no more.

    Raises:
        SystemExit: they do not add up.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'teahouse'}",
        "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": f"https://{address}/ws",
        "AWS_CA_BUNDLE": str(authority),
        "AWS_ACCESS_KEY_ID": "ASIA" + "B" * 16,
        "AWS_SECRET_ACCESS_KEY": "s" * 40,
        "AWS_SESSION_TOKEN": "t" * 900,  # as long as a role's
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    rounds = ROUNDS[client]
    told = subprocess.run(
        [str(python), "-m", "benchmarks.fanout_client", client, str(members), str(rounds)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    posts = 1 + members * (1 + rounds)  # to the first; to all, when cold; and to all, measured
    expected = {
        "posts": posts,
        "connections": members,
        "fewest": 1 + rounds,
        "most": 2 + rounds,
        "frames": {hashlib.sha256(FRAME).hexdigest(): posts},
    }
    came = counts(address, authority)
    if {name: came[name] for name in expected} != expected:
        raise SystemExit(f"{client}: posts and frames do not add up: {came}, not {expected}")
    figures = json.loads(told.stdout)
    return {
        "posts_per_vcpu_s": members * rounds / figures["cpu_s"],
        "posts_per_s": members * rounds / figures["wall_s"],
        "cold_posts_per_vcpu_s": members / figures["cold_cpu_s"],
        "ready_ms": figures["ready_s"] * 1000,
    }


def medians(runs: list[Figures]) -> Figures:
    """Give the median of each figure."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def measure(runs: int, members: int, environment: Path | None) -> dict[tuple[str, int], Figures]:
    """Measure each client at each latency, in turns.

    Raises:
        NotInstalledError: a client cannot be had.
    """
    taken: dict[tuple[str, int], list[Figures]] = {}
    with tempfile.TemporaryDirectory() as folder:
        awscrt = environments.python_with_awscrt((environment or Path(folder)) / "awscrt")
        pythons = {client: Path(sys.executable) for client in CLIENTS} | {"awscrt": awscrt}
        authority = Authority(Path(folder))
        certificate = authority.certificate()
        for latency_ms in LATENCIES_MS:
            with sink(certificate, latency_ms) as address:
                counts(address, authority.file)
                for client, python in pythons.items():  # compiles what is not compiled yet
                    run(client, python, 8, address, authority.file)
                for _ in range(runs):
                    for client, python in pythons.items():
                        figures = run(client, python, members, address, authority.file)
                        taken.setdefault((client, latency_ms), []).append(figures)
    return {key: medians(figures) for key, figures in taken.items()}


def main() -> None:
    """Measure, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--environments", type=Path, help="where awscrt is kept, to use again")
    given = parser.parse_args()
    runs = max(5, given.runs)
    try:
        figures = measure(runs, given.members, given.environments)
    except environments.NotInstalledError as error:
        raise SystemExit(f"there is nothing to compare with: {error}") from error
    print(f"{'':14} latency  posts/vCPU-s    first time   posts/s  ready")
    for (client, latency_ms), of in figures.items():
        print(
            f"{client:14} {latency_ms:4} ms {of['posts_per_vcpu_s']:13,.0f}"
            f" {of['cold_posts_per_vcpu_s']:13,.0f} {of['posts_per_s']:9,.0f}"
            f" {of['ready_ms']:3.0f} ms"
        )

    def ratio(name: str, latency_ms: int, client: str = "boto3_threads") -> float:
        return round(figures["teahouse", latency_ms][name] / figures[client, latency_ms][name], 1)

    told = {
        "benchmark": "fanout",
        "ratio_to_boto3_threads": ratio("posts_per_vcpu_s", 0),
        "ratio_with_8ms": ratio("posts_per_vcpu_s", 8),
        "ratio_to_awscrt": ratio("posts_per_vcpu_s", 0, "awscrt"),
        "ratio_of_first_fanout": ratio("cold_posts_per_vcpu_s", 0),
        "posts_per_vcpu_s": round(figures["teahouse", 0]["posts_per_vcpu_s"]),
        "ready_ms": round(figures["teahouse", 0]["ready_ms"], 1),
        "members": given.members,
        "runs": runs,
        "machine": {**machine("boto3"), **environments.AWSCRT},
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
