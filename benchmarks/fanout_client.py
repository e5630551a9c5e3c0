"""What does one client use to post a frame to a room? A process of its own: nothing is warm.

python -m benchmarks.fanout_client CLIENT MEMBERS ROUNDS    prints seconds as JSON
"""

from __future__ import annotations

import time

STARTED = time.perf_counter()  # before anything of the client is imported

import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402

THREADS = 32
# As long as an `events` frame with a message of two lines.
FRAME = json.dumps({"type": "events", "room": "r" * 16, "entries": ["x" * 240]}).encode()

Post = Callable[[Sequence[str]], object]


def teahouse() -> Post:
    """Post as Teahouse does."""
    from teahouse.adapters.management_api import ManagementApiBroadcaster

    broadcaster = ManagementApiBroadcaster()

    def post(connection_ids: Sequence[str]) -> None:
        tally = broadcaster.ask("POST", connection_ids, FRAME)
        assert not tally.failed, tally.failed
        assert not tally.gone

    return post


def boto3_threads() -> Post:
    """Post as it is done everywhere: one client, 32 threads, as many connections."""
    from concurrent.futures import ThreadPoolExecutor

    import boto3
    from botocore.config import Config

    client = boto3.client("apigatewaymanagementapi", config=Config(max_pool_connections=THREADS))
    pool = ThreadPoolExecutor(THREADS)

    def post_one(connection_id: str) -> None:
        client.post_to_connection(ConnectionId=connection_id, Data=FRAME)

    return lambda connection_ids: list(pool.map(post_one, connection_ids))


def awscrt() -> Post:
    """Post with AWS's C library; this needs an interpreter that has it, and nothing else."""
    from benchmarks.fanout_awscrt import AwsCrt

    client = AwsCrt()
    return lambda connection_ids: client.post(connection_ids, FRAME)


CLIENTS: dict[str, Callable[[], Post]] = {
    "teahouse": teahouse,
    "boto3_threads": boto3_threads,
    "awscrt": awscrt,
}


def room(members: int) -> list[str]:
    """Name the connections, in the form API Gateway gives them."""
    return [f"L0SM9cO{number:07x}=" for number in range(members)]


def cpu_s() -> float:
    """Tell the processor time of this process, in the kernel too."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Post to one, to all, and then to all as many times as asked; measure the last."""
    name, members, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    connection_ids = room(members)
    post = CLIENTS[name]()
    post(connection_ids[:1])
    ready_s = time.perf_counter() - STARTED
    begun = cpu_s()
    post(connection_ids)
    cold_s = cpu_s() - begun
    began, begun = time.perf_counter(), cpu_s()
    for _ in range(rounds):
        post(connection_ids)
    told = {
        "cpu_s": cpu_s() - begun,
        "wall_s": time.perf_counter() - began,
        "cold_cpu_s": cold_s,
        "ready_s": ready_s,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
