"""What does the local cloud itself cost: a frame until its handler is entered, an idle connection?

    python -m benchmarks.bench_gateway [--runs 5] [--frames 1000] [--idle 5000]

The local cloud runs the app of `gateway_app/` as anybody's, in a process of its own. A frame's
overhead begins before the client's `send` and ends at the handler's first statement, so that it
holds both kernels' ways, the gateway, the journal and the thaw of a frozen worker. Memory is what
the process has grown by when all connections are open and `$connect` has run for each of them.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.machine import machine

ROOT = Path(__file__).parent.parent
APP = ROOT / "benchmarks" / "gateway_app" / "template.yaml"
UNHURRIED = json.dumps({"connections_per_s": 1_000_000, "requests_burst": 1_000_000})
WARM_UP = 100
AT_ONCE = 50  # handshakes
FRAME = b'{"action":"enter"}'
KNOCK = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
    + base64.b64encode(b"sixteen bytes...")
    + b"\r\n\r\n"
)

Figures = dict[str, float]


@contextmanager
def cloud() -> Iterator[tuple[int, int]]:
    """Run the app; yields the process id and the port."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "local_cloud", "--template", APP, "--port", "0"),
            *("--json-logs", "--limits", UNHURRIED),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    reader = threading.Thread(target=process.stdout.read)  # nobody waits for what it says later
    reader.start()
    try:
        yield process.pid, int(url.rpartition(":")[2])
    finally:
        process.terminate()
        process.wait()
        reader.join()
        process.stdout.close()


def rss_mb(pid: int) -> float:
    """Return what a process has in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def masked(payload: bytes) -> bytes:
    """Write a client's text frame of fewer than 126 bytes (RFC 6455, 5.2); the mask is nothing."""
    return bytes((0x81, 0x80 | len(payload), 0, 0, 0, 0)) + payload


def overheads_ms(port: int, frames: int) -> list[float]:
    """Send frames, one after the other, and return how long each was on its way."""
    taken = []
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(KNOCK)
        answer = line.recv(4096)
        if not answer.startswith(b"HTTP/1.1 101"):
            raise SystemExit(f"refused: {answer!r}")
        frame = masked(FRAME)
        for number in range(frames + WARM_UP):
            sent_ns = time.monotonic_ns()
            line.sendall(frame)
            reply = line.recv(4096)
            entered_ns = int(reply[2:])
            if number >= WARM_UP:
                taken.append((entered_ns - sent_ns) / 1e6)
    return taken


async def opened(port: int, count: int) -> list[asyncio.StreamWriter]:
    """Open connections, some at once, and return them all.

    Raises:
        SystemExit: one was refused.
    """
    turn = asyncio.Semaphore(AT_ONCE)

    async def knock() -> asyncio.StreamWriter:
        async with turn:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(KNOCK)
            head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise SystemExit(f"refused: {head!r}")
        return writer

    return await asyncio.gather(*(knock() for _ in range(count)))


async def beside_idle(pid: int, port: int, idle: int, frames: int) -> Figures:
    """Measure what idle connections take, and what a frame costs beside them."""
    before = rss_mb(pid)
    started = time.perf_counter()
    writers = await opened(port, idle)
    opening_s = time.perf_counter() - started
    after = rss_mb(pid)
    taken = await asyncio.to_thread(overheads_ms, port, frames)
    for writer in writers:
        writer.transport.abort()
    return {
        "idle_mb": after - before,
        "process_mb": after,
        "opened_per_s": idle / opening_s,
        "p50_beside_idle_ms": statistics.median(taken),
    }


def measure(idle: int, frames: int) -> Figures:
    """Measure one fresh process."""
    with cloud() as (pid, port):
        taken = sorted(overheads_ms(port, frames))
        figures = asyncio.run(beside_idle(pid, port, idle, frames))
    return {
        "p50_ms": statistics.median(taken),
        "p99_ms": taken[int(len(taken) * 0.99)],
        **figures,
    }


def main() -> None:
    """Measure, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--frames", type=int, default=1_000)
    parser.add_argument("--idle", type=int, default=5_000)
    given = parser.parse_args()
    runs = []
    for _ in range(given.runs):
        runs.append(measure(given.idle, given.frames))
        print(", ".join(f"{name} {value:.2f}" for name, value in runs[-1].items()))
    medians = {name: round(statistics.median(run[name] for run in runs), 3) for name in runs[0]}
    told = {
        "benchmark": "gateway",
        **medians,
        "idle_connections": given.idle,
        "runs": given.runs,
        "machine": machine("websockets", "httptools"),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
