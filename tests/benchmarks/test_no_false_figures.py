"""When does a benchmark print nothing? Whenever its figures would not be true."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks import bench_fanout, bench_peers, bench_send
from benchmarks.peers import crowd as crowds
from benchmarks.peers.dialects import LostError
from tests.certificates import Authority

FIGURES = {"deliveries_per_s": 40.0, "p50_ms": 1.0, "p99_ms": 2.0, "texts": 4, "frames": 20}


# Posts to `@connections` (bench-fanout, bench-send).


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Run who takes the posts; gives its address, and whom to trust."""
    authority = Authority(tmp_path)
    with bench_fanout.sink(authority.certificate(), 0) as address:
        yield address, authority.file


def test_a_client_that_posts_less_than_it_says_has_no_figures(
    sink: tuple[str, Path], tmp_path: Path
) -> None:
    idler = tmp_path / "idler"
    idler.write_text('#!/bin/sh\necho \'{"cpu_s": 1, "wall_s": 1, "cold_cpu_s": 1, "ready_s": 1}\'')
    idler.chmod(0o755)

    assert bench_fanout.run("teahouse", Path(sys.executable), 3, *sink)  # the control
    with pytest.raises(SystemExit, match="posts and frames do not add up"):
        bench_fanout.run("teahouse", idler, 3, *sink)


@pytest.mark.parametrize(("fewest", "is_true"), [(45, True), (44, False)])
def test_a_send_that_not_every_member_was_posted_to_has_no_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fewest: int, is_true: bool
) -> None:
    ended: Any = Namespace(stdout='{"cpu_ms": 1, "p50_ms": 1}')
    came = {"connections": 40, "fewest": fewest, "most": 45}
    monkeypatch.setattr(subprocess, "run", lambda *given, **named: ended)
    monkeypatch.setattr(bench_send, "counts", lambda *given: came)

    def run() -> object:
        return bench_send.run("lean", 40, 40, "127.0.0.1:1", "http://store.test", tmp_path)

    if is_true:
        assert run()
    else:
        with pytest.raises(SystemExit, match="posts do not add up"):
            run()


# Rooms full of members (bench-peers).


@contextmanager
def told(line: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that answers each line by this one, or ends at the first."""
    loop = f"while read -r _; do echo '{line}'; done" if line else "read -r _"
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(["sh", "-c", loop], **pipes) as process:
        yield process
        process.communicate()


@pytest.mark.parametrize(
    ("server_says", "crowd_says", "fault"),
    [
        ("20", json.dumps({**FIGURES, "all_frames": 20}), None),
        ("19", json.dumps({**FIGURES, "all_frames": 20}), "posts and frames do not add up"),
        ("20", "", "messages were lost"),
    ],
)
def test_a_turn_that_lost_something_has_no_figures(
    monkeypatch: pytest.MonkeyPatch, server_says: str, crowd_says: str, fault: str | None
) -> None:
    monkeypatch.setattr(bench_peers, "AGREE_S", 0.05)
    with ExitStack() as stack:
        server, crowd = (stack.enter_context(told(line)) for line in (server_says, crowd_says))
        peer = bench_peers.Peer("teahouse", server, crowd)

        if fault is None:
            assert peer.turn(1, 1.0)["posts"] == 20
        else:
            with pytest.raises(SystemExit, match=fault):
                peer.turn(1, 1.0)


class Room:
    """Three members, of whom some do not hear what is said."""

    def __init__(self, deaf: int) -> None:
        self.crowd: Any = None
        self._deaf = deaf
        self._lines = [Namespace(index=index, is_lost=False) for index in range(3)]

    async def enter(self, members: int, crowd: Any) -> list[Any]:
        return self._lines

    def heard(self, line: Any, frame: bytes) -> None:
        pass

    def say(self, line: Any, text: str) -> None:
        for hearer in self._lines[self._deaf :]:
            asyncio.get_running_loop().call_later(0.001, self.crowd.on_text, hearer, text.encode())


@pytest.mark.parametrize("deaf", [0, 1])
async def test_a_crowd_in_which_somebody_has_not_heard_a_text_has_no_figures(
    monkeypatch: pytest.MonkeyPatch, deaf: int
) -> None:
    monkeypatch.setattr(crowds, "WARM_UP_S", 0.0)
    monkeypatch.setattr(crowds, "PATIENCE_S", 0.05)
    room: Any = Room(deaf)
    room.crowd = crowd = crowds.Crowd(room, 3)
    await crowd.enter()

    if deaf:
        with pytest.raises(LostError, match="were not heard by all"):
            await crowd.turn(1, 0.05)
    else:
        figures = await crowd.turn(1, 0.05)
        assert figures["frames"] == 3 * figures["texts"] > 0


# What is compared cannot be had.


@pytest.mark.parametrize(
    ("main", "given"),
    [
        (bench_fanout.main, []),
        (bench_peers.main, ["--only", "flask_threading"]),
        (bench_peers.main, ["--only", "node"]),
    ],
)
def test_nothing_is_compared_with_what_cannot_be_installed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    main: Callable[[], None],
    given: list[str],
) -> None:
    def fail(command: list[str], *given: Any, **named: Any) -> None:
        raise subprocess.CalledProcessError(1, command, stderr="no such package")

    monkeypatch.setattr(subprocess, "run", fail)
    monkeypatch.setattr(sys, "argv", ["bench", *given])

    with pytest.raises(SystemExit, match=r"there is nothing to compare with: .*no such package"):
        main()

    assert "{" not in capsys.readouterr().out


# The last line.


def test_peers_end_in_one_line_of_medians_and_ratios(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def turns(*deliveries: float) -> list[dict[str, float]]:
        return [
            {**FIGURES, "deliveries_per_s": each, "p99_ms": 9_000 / each} for each in deliveries
        ]

    taken = {
        ("teahouse", 200, 20): turns(90, 300, 30_000, 310, 290),
        ("flask_threading", 200, 20): turns(100, 100, 100, 100, 100),
    }
    monkeypatch.setattr(bench_peers, "measured", lambda given, made: taken)
    monkeypatch.setattr(sys, "argv", ["bench"])

    bench_peers.main()

    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["benchmark"] == "peers"
    assert last["teahouse_200_20"] == {"deliveries_per_s": 300, "p50_ms": 1.0, "p99_ms": 30.0}
    assert (last["deliveries_ratio_to_flask_200"], last["p99_ratio_to_flask_200"]) == (3.0, 0.333)
    assert (last["rates_raised_by"], last["runs"]) == (100_000, 5)
    assert {"processor", "cores", "python"} <= last["machine"].keys()
