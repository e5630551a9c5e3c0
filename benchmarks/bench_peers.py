"""How does the local cloud compare with the socket servers one would use instead?

    python -m benchmarks.bench_peers [--runs 5] [--rooms 200 1000] [--senders 1 20] [--seconds 4]
                                     [--only teahouse ...] [--environments FOLDER]

Rooms full of members, of whom one or twenty say the next thing as soon as everybody has the last:
Flask-SocketIO (threading, gevent) and Node's socket.io, each with an insert of every message into
SQLite, and the local cloud as `make run` starts it. One client program, one text, turns taken in
turns. A turn in which anything is lost, or posts and frames do not add up, ends it all without a
figure; so does a peer that cannot be installed. Rate limits are raised.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bench_fanout import ROOT
from benchmarks.machine import machine
from benchmarks.peers import environments

RATE_SCALE = "100000"
PEERS = ("flask_threading", "flask_gevent", "node", "teahouse")
FIGURES = ("deliveries_per_s", "p50_ms", "p99_ms")
START_S = 30.0
AGREE_S = 5.0
END_S = 20.0

Figures = dict[str, float]
Json = dict[str, Any]


@dataclass
class Peer:
    """A server that runs, and the crowd in its room."""

    name: str
    server: subprocess.Popen[str]
    crowd: subprocess.Popen[str]

    def turn(self, senders: int, seconds: float) -> Figures:
        """Let them talk; gives what the crowd measured.

        Raises:
            SystemExit: something was lost, or does not add up.
        """
        told = asked(self.crowd, json.dumps({"senders": senders, "seconds": seconds}))
        if not told:
            raise SystemExit(f"{self.name}: messages were lost")
        figures: Figures = json.loads(told)
        if self.name == "teahouse":
            figures["posts"] = figures["frames"]
            self.check_posts(int(figures["all_frames"]))
        return figures

    def check_posts(self, frames: int) -> None:
        """Hold the posts that the management API has taken to the frames that have come.

        Raises:
            SystemExit: they do not add up.
        """
        until = time.monotonic() + AGREE_S
        while (posts := int(asked(self.server, ""))) != frames:
            if time.monotonic() > until:
                raise SystemExit(f"posts and frames do not add up: {posts} and {frames}")


def asked(process: subprocess.Popen[str], line: str) -> str:
    """Ask a process by a line, and give the line it answers; empty if it has ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return process.stdout.readline()


def server_commands(port: int, folder: Path, made: Path, names: list[str]) -> dict[str, Json]:
    """Say how the servers are started, and install what they need.

    Raises:
        NotInstalledError: a peer cannot be had.
    """
    commands: dict[str, Json] = {}
    programs = ROOT / "benchmarks" / "peers"
    for name in names:
        database = str(folder / f"{name}.db")
        if name == "teahouse":
            module = "benchmarks.peers.cloud_server"
            folder_of_its_own = str(folder / "teahouse")
            command = [sys.executable, "-m", module, str(port), folder_of_its_own, RATE_SCALE]
            commands[name] = {"args": command, "cwd": ROOT}
        elif name == "node":
            node = environments.folder_with_socket_io(made / "node")
            script = str(programs / "node_server.cjs")
            commands[name] = {"args": ["node", script, str(port), database], "cwd": node}
        else:
            python = environments.python_with_flask(made / "flask")
            mode = name.partition("_")[2]
            script = str(programs / "flask_server.py")
            commands[name] = {"args": [str(python), script, mode, str(port), database]}
    return commands


@contextmanager
def running(command: Json) -> Iterator[subprocess.Popen[str]]:
    """Run a process that is spoken to by lines; it is ended with the block."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'teahouse'}"}
    pipes: Json = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(**command, env=environment, **pipes) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(END_S)  # the local cloud and the crowd end with their input
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def peer(name: str, members: int, folder: Path, made: Path) -> Iterator[Peer]:
    """Run a server, and let the crowd in."""
    port = free_port()
    dialect = "teahouse" if name == "teahouse" else "socket_io"
    command = server_commands(port, folder, made, [name])[name]
    with ExitStack() as stack:
        server = stack.enter_context(running(command))
        wait_for(port, name)
        args = [sys.executable, "-m", "benchmarks.peers.crowd", dialect, str(port), str(members)]
        crowd = stack.enter_context(running({"args": args, "cwd": ROOT}))
        assert crowd.stdout is not None
        entered = crowd.stdout.readline()
        if not entered:
            raise SystemExit(f"{name}: the crowd did not get in")
        yield Peer(name, server, crowd)


def free_port() -> int:
    """Find a port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, name: str) -> None:
    """Wait until somebody listens.

    Raises:
        SystemExit: nobody does.
    """
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"{name} did not start")


Taken = dict[tuple[str, int, int], list[Figures]]


def measured(given: argparse.Namespace, made: Path) -> Taken:
    """Take turns, room by room."""
    taken: Taken = {}
    for members in given.rooms:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            peers = [
                stack.enter_context(peer(name, members, Path(folder), made)) for name in given.only
            ]
            for number in range(given.runs):
                for senders in given.senders:
                    for one in peers:
                        figures = one.turn(senders, given.seconds)
                        taken.setdefault((one.name, members, senders), []).append(figures)
                        if given.tells:
                            print(number, one.name, members, senders, figures, flush=True)
    return taken


def told_of(taken: Taken) -> Json:
    """Name the medians, and how twenty senders compare with Flask-SocketIO's threads."""
    medians = {
        key: {name: statistics.median(one[name] for one in of) for name in of[0]}
        for key, of in taken.items()
    }
    told: Json = {}
    for (name, members, senders), of in medians.items():
        told[f"{name}_{members}_{senders}"] = {figure: round(of[figure], 1) for figure in FIGURES}
        print(
            f"{name:16} {members:5} members {senders:3} senders:"
            f" {of['deliveries_per_s']:9,.0f} deliveries/s,"
            f" p50 {of['p50_ms']:7.1f} ms, p99 {of['p99_ms']:7.1f} ms,"
            f" {of['texts'] * members / of['frames']:5.2f} texts a frame"
        )
        flask = medians.get(("flask_threading", members, senders))
        if name == "teahouse" and flask and senders > 1:
            ratio = of["deliveries_per_s"] / flask["deliveries_per_s"]
            told[f"deliveries_ratio_to_flask_{members}"] = round(ratio, 2)
            told[f"p99_ratio_to_flask_{members}"] = round(of["p99_ms"] / flask["p99_ms"], 3)
    return told


def main() -> None:
    """Measure, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rooms", type=int, nargs="+", default=[200, 1_000])
    parser.add_argument("--senders", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--environments", type=Path, help="where the peers are kept, to use again")
    parser.add_argument("--tells", action="store_true", help="print every turn")
    given = parser.parse_args()
    given.runs = max(5, given.runs)
    print(f"rate limits are raised by {RATE_SCALE} for this run")
    with tempfile.TemporaryDirectory() as folder:
        try:
            taken = measured(given, given.environments or Path(folder))
        except environments.NotInstalledError as error:
            raise SystemExit(f"there is nothing to compare with: {error}") from error
    told = {
        "benchmark": "peers",
        **told_of(taken),
        "runs": given.runs,
        "seconds": given.seconds,
        "rates_raised_by": int(RATE_SCALE),
        "peers": {**environments.PYTHON, **environments.NODE},
        "machine": machine("msgspec"),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
