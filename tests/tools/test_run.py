"""Does one command start everything, say where, and leave nothing behind?"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tools import run
from tools.populate import CAST, PASSWORD, PopulateError, populate

ROOT = Path(__file__).parent.parent.parent
READY_S = 30
SECOND_START_MS = 3_000


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page be there, whether it has been built or not."""
    monkeypatch.setattr(run, "PAGE", tmp_path / "dist")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("<!doctype html><title>Teahouse</title>")


@pytest.mark.e2e
def test_it_starts_with_its_cast_and_stops_without_a_trace(tmp_path: Path) -> None:
    with started(tmp_path) as (process, told):
        first = told["url"]
        for person in CAST:
            assert sign_in(first, person.username)["user"]["displayName"] == person.display_name
        children = children_of(process.pid)
        assert children  # the control: store and workers are there

        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
        assert not [pid for pid in children if is_alive(pid)]

    with started(tmp_path) as (process, told):
        token = sign_in(told["url"], "annie")["accessToken"]
        rooms = ask(told["url"], "GET", "/api/rooms", token=token)["rooms"]
        assert "茶室 The tea room" in {room["name"] for room in rooms}
        assert int(told["ready_ms"]) < SECOND_START_MS

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


@pytest.mark.usefixtures("page")
def test_a_taken_port_is_said_in_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert run.main(["--port", str(port), "--data", str(tmp_path / "data")]) == 1
    assert one_sentence(capfd) == (
        f"Teahouse cannot start: port {port} is taken; stop what listens there, "
        f"or choose another: make run PORT={port + 1}"
    )


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "{here}/a file/data"], "cannot be written to: Not a directory"),
        (["--port", "abc"], "'abc' is no port"),
        (["--port", "65536"], "'65536' is no port"),
        (["--data", ""], "the data needs a folder"),
        (["--data", "{here}/odd"], "must hold 1 to 16 letters or digits"),
        (["--data", "{here}/broken"], "the data is in {here}/broken"),
        (["--data", "{here}/blocked"], "cannot use {here}/blocked/objects"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    (tmp_path / "a file").touch()
    for name in ("odd", "broken", "blocked"):
        (tmp_path / name).mkdir()
    (tmp_path / "odd" / "generation").write_text("not one word")
    (tmp_path / "blocked" / "objects").touch()
    (tmp_path / "broken" / "store.db").write_text("this is no database " * 100)
    given = [argument.format(here=tmp_path) for argument in arguments]

    assert run.main(["--port", "0", *given]) == 1
    assert sentence.format(here=tmp_path) in one_sentence(capfd)


def test_a_store_that_a_kill_has_set_back_is_of_another_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Controls: an end that saves, and an engine that saves at once."""
    monkeypatch.setenv("STORE_ENGINE", "ministack")
    first, after_a_kill = run._generation_now(tmp_path), run._generation_now(tmp_path)
    (tmp_path / run.UNSAVED).unlink()  # as at a clean end
    monkeypatch.setenv("STORE_ENGINE", "dynoxide")
    later = [run._generation_now(tmp_path) for _ in range(2)]
    (tmp_path / "generation").write_text("word")
    monkeypatch.setenv("STORE_ENGINE", "ministack")
    words = [run._generation_now(tmp_path) for _ in range(2)]

    assert (first, after_a_kill, later) == ("1", "2", ["2", "2"])
    assert words[0] == "word"
    assert run.GENERATION.fullmatch(words[1])
    assert words[1] != "word"


def test_a_page_that_is_not_built_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "PAGE", tmp_path)

    assert run.main(["--port", "0", "--data", str(tmp_path / "data")]) == 1
    assert "the page is not built" in one_sentence(capfd)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("url", ["https://localhost:8787", "http://chat.example.org:80", "http://"])
def test_demo_users_refuse_to_be_anywhere_but_at_home(url: str) -> None:
    with pytest.raises(PopulateError, match="one's own machine only"):
        populate(url)


@contextmanager
def started(data: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run it, and read what it tells once it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.run", "--port", "0", "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, read_banner(process)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def read_banner(process: subprocess.Popen[str]) -> dict[str, str]:
    """Read the lines up to the last, and find the address and the time in them."""
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if "Ctrl-C" in line:
            break
    found = re.search(r"ready in (?P<ready_ms>\d+) ms.*?(?P<url>http://\S+)/\n", text, re.S)
    assert found, text
    assert PASSWORD in text
    return found.groupdict()


def sign_in(url: str, username: str) -> Any:
    """Sign in with the password of the demo."""
    return ask(url, "POST", "/api/sessions", {"username": username, "password": PASSWORD})


def ask(url: str, method: str, path: str, body: object = None, *, token: object = None) -> Any:
    """Send one request."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=READY_S) as answer:
        return json.load(answer)


def children_of(pid: int) -> list[int]:
    """List the children of a process."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in listed.stdout.split()]


def is_alive(pid: int) -> bool:
    """Tell whether a process is still there, giving init a moment to reap it."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.02)
    return True


def one_sentence(capfd: pytest.CaptureFixture[str]) -> str:
    """Read what was said; it must be one line, and no trace."""
    said = capfd.readouterr()
    (line,) = (said.out + said.err).splitlines()
    assert line.startswith("Teahouse cannot start: ")
    return line
