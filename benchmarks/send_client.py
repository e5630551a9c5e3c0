"""What does a send cost the process that handles it? A process of its own, so that it can be told.

    python -m benchmarks.send_client KIND MEMBERS SENDS    prints figures as JSON

Without sends it measures by itself what a fan-out consists of.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from teahouse.actions.send_message import send_message
from teahouse.app import App
from teahouse.domain.connection import ROOM_ROW_MS, Listener
from teahouse.domain.entry import Position
from teahouse.ports import Broadcaster

from tests.cast import ANN, member, opened, room, user

THREADS = 32
WARM_UP = 5
TEXT = "x" * 200
REPEATS = 9  # of what is measured alone


class Boto3Threads:
    """Posts as it is done everywhere: one client, 32 threads, as many connections."""

    def __init__(self) -> None:
        import boto3
        from botocore.config import Config

        config = Config(max_pool_connections=THREADS)
        self._client = boto3.client("apigatewaymanagementapi", config=config)
        self._pool = ThreadPoolExecutor(THREADS)

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        def post_one(connection_id: str) -> None:
            self._client.post_to_connection(ConnectionId=connection_id, Data=frame)

        list(self._pool.map(post_one, connection_ids))
        return []

    def close(self, connection_id: str) -> None:
        self._client.delete_connection(ConnectionId=connection_id)


def lean() -> App:
    """Make the App that socket functions have."""
    from teahouse.bootstrap.websocket import app

    return app()


def boto3() -> App:
    """Make one on PynamoDB and boto3."""
    from teahouse.bootstrap.rest import app

    broadcaster: Broadcaster = Boto3Threads()
    return replace(app(), broadcaster=broadcaster)


KINDS: dict[str, Callable[[], App]] = {"lean": lean, "boto3": boto3}


def cpu_s() -> float:
    """Tell the processor time of this process, in the kernel too."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def connection(number: int) -> str:
    """Name a connection, in the form API Gateway gives them."""
    return f"L0SM9cO{number:07x}="


def furnished(app: App, members: int) -> str:
    """Open a room that so many connections hear; gives its id."""
    den = room(f"den-{app.ids.new_id()}")
    assert app.rooms.create(den, member(den.id, ANN, role="owner"), opened())
    until = app.clock.now_ms() + ROOM_ROW_MS
    for number in range(members):
        person = user(f"member-{number:012}")
        listener = Listener(connection_id=connection(number), user_id=person.id)
        app.connections.register(den.id, listener, until)
    return den.id


def measured(app: App, room_id: str, sends: int) -> dict[str, float]:
    """Say so many things from the first connection, each at the head of the room."""
    newest = app.log.newest(room_id)
    position = Position(epoch=app.epoch(newest.room_key), seq=newest.seq)
    latencies: list[float] = []
    begun_cpu_s = 0.0
    for number in range(WARM_UP + sends):
        if number == WARM_UP:
            begun_cpu_s = cpu_s()
        began = time.perf_counter()
        accepted = send_message(
            app,
            sender_id=ANN.id,
            room_id=room_id,
            client_message_id=app.ids.new_code(),
            position=position,
            text=TEXT,
            connection_id=connection(0),
        )
        latencies.append(time.perf_counter() - began)
        position = replace(position, seq=accepted.entry.seq)
    return {
        "cpu_ms": (cpu_s() - begun_cpu_s) / sends * 1000,
        "p50_ms": statistics.median(latencies[WARM_UP:]) * 1000,
    }


def parts(app: App, room_id: str, members: int) -> dict[str, float]:
    """Measure reading who hears the room, and posting to them, each alone."""

    def cpu_of(step: Callable[[], Any]) -> float:
        times = []
        for _ in range(REPEATS):
            begun_s = cpu_s()
            step()
            times.append((cpu_s() - begun_s) * 1000)
        return statistics.median(times)

    ids, frame = [connection(number) for number in range(members)], b"x" * 300
    return {
        "reading_cpu_ms": cpu_of(lambda: app.connections.of_room(room_id, app.clock.now_ms())),
        "posting_cpu_ms": cpu_of(lambda: app.broadcaster.post(ids, frame)),
    }


def main() -> None:
    """Furnish a room, send, and print the figures."""
    kind, members, sends = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    app = KINDS[kind]()
    room_id = furnished(app, members)
    figures = measured(app, room_id, sends) if sends else parts(app, room_id, members)
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main()
