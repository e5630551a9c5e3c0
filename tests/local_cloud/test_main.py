"""Does one command do it all? It starts, says so, and leaves nothing, however it ends."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from local_cloud.__main__ import Teller, main, parser
from local_cloud.worker_pool import LogLine
from tests.local_cloud.conftest import SAMPLES
from tests.local_cloud.processes import children, ended, is_running, processor_s, state
from tests.local_cloud.test_cloud import ask

ROOT = Path(__file__).parents[2]
TEMPLATE = str(SAMPLES / "template.yaml")
Run = Callable[..., Awaitable[Process]]


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    """Run the command; what still runs at the end is killed."""
    started: list[Process] = []

    async def run(*arguments: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "local_cloud", "--template", TEMPLATE, *arguments),
            cwd=ROOT,
            stdout=PIPE,
            stderr=PIPE,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ready_url(process: Process) -> str:
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    word, _, url = line.strip().partition(" ")
    assert word == "ready", line
    return url


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_ends_when_asked_and_leaves_no_child(
    run: Run, tmp_path: Path, number: signal.Signals
) -> None:
    process = await run("--port", "0", "--data", str(tmp_path / "data"))
    url = await ready_url(process)
    status, _ = await ask("POST", f"{url}/api/cups", {"name": "ann"})
    family = children(process.pid)
    assert (status, len(family)) == (201, 2), "an engine and a worker"

    process.send_signal(number)

    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert [pid for pid in family if is_running(pid)] == []
    assert process.stderr is not None
    assert await process.stderr.read() == b""


async def test_a_kill_leaves_no_child_not_even_a_frozen_one(run: Run, tmp_path: Path) -> None:
    process = await run("--port", "0", "--data", str(tmp_path), "--prewarm")
    url = await ready_url(process)
    await ask("POST", f"{url}/api/cups", {"name": "ann"})
    while (family := children(process.pid)) and not [pid for pid in family if state(pid) == "T"]:
        await asyncio.sleep(0.01)
    assert len(family) >= 2, "the control: an engine and at least one worker"

    process.kill()
    await process.wait()

    for pid in family:
        await ended(pid)
    again = await run("--port", "0", "--data", str(tmp_path))
    kept, _ = await ask("GET", f"{await ready_url(again)}/api/cups/ann")
    assert kept == 200


async def test_the_page_is_served(run: Run, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Tea</title>")
    process = await run("--port", "0", "--site", str(tmp_path))

    assert await ask("GET", await ready_url(process)) == (200, "<title>Tea</title>")


async def test_json_logs_are_one_object_a_line(run: Run) -> None:
    process = await run("--port", "0", "--json-logs", "--parameter", "House=red")
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    _, house = await ask("GET", f"{ready['url']}/api/cups/ann")

    told = json.loads(await process.stdout.readline())

    assert (ready["kind"], house) == ("ready", "red")
    assert (told["kind"], told["function_id"], told["failure"]) == ("invocation", "Drink", None)
    assert told["init_ms"] > 0


async def test_a_reader_that_goes_away_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = Teller(is_json=False)
    told.log(LogLine("Pour", None, "heard"))
    assert capsys.readouterr().out == "[Pour] heard\n", "the control: somebody reads"

    class Gone:
        def write(self, text: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Gone())

    told.log(LogLine("Pour", None, "unheard"))


async def test_limits_and_faults_are_given_as_json(run: Run, tmp_path: Path) -> None:
    """A limit that is not AWS's is in the history of faults, too."""
    limits, faults = '{"http_integration_ms": 1, "age_ms": 7200000}', '{"posts_gone": 1}'
    history = tmp_path / "faults.jsonl"
    kept = ("--fault-log", str(history))
    process = await run("--port", "0", "--limits", limits, "--faults", faults, *kept)

    status, _ = await ask("POST", f"{await ready_url(process)}/api/cups", {"name": "ann"})

    assert status == 503
    [noted] = [json.loads(line) for line in history.read_text().splitlines()]
    assert (noted["kind"], noted["target"]) == ("limit_changed", "http_integration_ms")
    assert noted["detail"] == "1 instead of 30000"


async def test_a_run_keeps_the_history_of_its_faults(run: Run, tmp_path: Path) -> None:
    """One JSON object a line. Control: what is not in the plan is not in the history."""
    history = tmp_path / "faults.jsonl"
    plan = '{"store_throttled": 1, "at_most": 2, "seed": 3}'
    process = await run("--port", "0", "--faults", plan, "--fault-log", str(history))

    status, _ = await ask("GET", f"{await ready_url(process)}/api/cups/ann")

    assert status == 404, "the SDK has tried again"
    noted = [json.loads(line) for line in history.read_text().splitlines()]
    assert [one["kind"] for one in noted] == ["store_throttled"] * 2
    assert {one["target"] for one in noted} == {"CupsTable"}
    assert {one["detail"] for one in noted} == {"Drink GetItem"}


async def test_answers_to_open_questions_are_given_as_json(run: Run) -> None:
    """Control: without them the same request is answered by 426."""
    for arguments, expected in (
        ([], 426),
        (["--open-questions", '{"plain_get_status": 403}'], 403),
    ):
        process = await run("--port", "0", *arguments)
        status, _ = await ask("GET", f"{await ready_url(process)}/ws")
        assert status == expected


def test_a_history_that_cannot_be_written_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status = main(
        ["--template", TEMPLATE, "--port", "0", "--fault-log", str(tmp_path / "no" / "x")]
    )

    said = capsys.readouterr().err
    assert status == 1
    assert said.startswith("local_cloud: cannot write to ")
    assert len(said.splitlines()) == 1


async def test_a_second_start_takes_little_work(run: Run, tmp_path: Path) -> None:
    """The budget is 3 s for all that `make run` does; work is counted, as others may be busy."""
    first = await run("--port", "0", "--data", str(tmp_path))
    await ready_url(first)
    first.terminate()
    await first.wait()

    second = await run("--port", "0", "--data", str(tmp_path))
    await ready_url(second)

    assert processor_s(second.pid) < 1.5


def test_a_taken_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status = main(["--template", TEMPLATE, "--port", str(port)])

    sentence = f"port {port} is taken: stop what listens there, or choose another with --port"
    assert (status, capsys.readouterr().err) == (1, f"local_cloud: {sentence}\n")


@pytest.mark.parametrize("number", ["65536", "-1", "tea"])
def test_what_is_no_port_is_one_sentence(capsys: pytest.CaptureFixture[str], number: str) -> None:
    """The control is 0, with which most tests here begin."""
    with pytest.raises(SystemExit, match="2"):
        main(["--template", TEMPLATE, "--port", number])

    sentence = f"argument --port: '{number}' is no port: they are numbers up to 65535"
    assert sentence in capsys.readouterr().err


def test_an_unwritable_folder_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    status = main(["--template", TEMPLATE, "--port", "0", "--data", str(tmp_path / "file" / "x")])

    assert status == 1
    assert capsys.readouterr().err == (
        f"local_cloud: cannot write to {tmp_path}/file/x: Not a directory\n"
    )


async def test_a_full_disk_is_told_as_what_it_is(tmp_path: Path) -> None:
    """No file may grow: such an error names no file. Control: the other tests start."""
    command = f"ulimit -f 0; exec {sys.executable} -m local_cloud --template {TEMPLATE}"
    process = await asyncio.create_subprocess_shell(
        f"{command} --port 0 --data {tmp_path}", cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()

    assert process.returncode == 1
    assert said.decode() == f"local_cloud: cannot use {tmp_path}: File too large\n"


def test_a_broken_template_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status = main(["--template", str(tmp_path / "nowhere.yaml"), "--port", "0"])

    error = capsys.readouterr().err
    assert status == 1
    assert error.startswith("local_cloud: ")
    assert error.count("\n") == 1


def test_a_missing_engine_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DYNOXIDE", str(tmp_path / "nothing"))

    status = main(["--template", TEMPLATE, "--port", "0"])

    assert status == 1
    assert capsys.readouterr().err == (
        f"local_cloud: $DYNOXIDE names {tmp_path}/nothing, which is no program\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--parameter", "House"],
        ["--limits", "[]"],
        ["--limits", '{"idle_ms": 0}'],
        ["--limits", '{"nonsense": 1}'],
        ["--faults", '{"nonsense": 1}'],
        ["--faults", "{"],
        ["--open-questions", '{"plain_get_status": 200}'],
        ["--open-questions", "[]"],
        ["--port", "tea"],
    ],
)
def test_a_wrong_argument_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)

    assert refused.value.code == 2
    assert "error: argument" in capsys.readouterr().err


def test_every_option_is_explained_by_help_and_by_its_page() -> None:
    """Control: an option that is nowhere explained would be found."""
    page = (ROOT / "docs" / "local-cloud.md").read_text()
    options = [one for one in parser()._actions if one.dest != "help"]

    assert len(options) > 10
    assert [one.dest for one in options if not one.help] == []
    names = [name for one in options for name in one.option_strings]
    assert [name for name in names if f"`{name}" not in page] == []
    assert "`--nonsense" not in page
