"""How does all of it start with one command? The local cloud, the page, demo users, one URL.

`python -m tools.run --port 8787 --data .local`; `make run` installs what it needs first.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import re
import secrets
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

from local_cloud.cloud import LocalCloud
from local_cloud.data_folder import DataFolder, DataFolderError
from local_cloud.engines import StoreError, find_engine
from local_cloud.invocation import Failed
from local_cloud.sam import TemplateError
from local_cloud.server import ListenError
from local_cloud.worker_pool import Invocation, LogLine
from tools.populate import CAST, PASSWORD, PopulateError, populate

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "template.yaml"
PAGE = ROOT / "frontend" / "dist"
GENERATION = re.compile(r"[A-Za-z0-9]{1,16}")
TOLD = ("code_changed", "host_refused", "result_refused", "store", "unknown")  # on the terminal
UNSAVED = "unsaved"  # there while an engine runs that saves only when it ends
MAX_LOG_BYTES = 10_000_000  # a longer log of earlier runs is given up


class StartError(Exception):
    """It cannot start; the text is one sentence for whoever started it."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage around it."""

    def error(self, message: str) -> NoReturn:
        raise StartError(message)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Writes what the handlers say to the log, and tells the terminal of failures only."""

    log: TextIO

    def line(self, line: LogLine) -> None:
        self.log.write(f"{line.function_id} {line.text}\n")
        self.log.flush()

    def invocation(self, invocation: Invocation) -> None:
        failed = invocation.outcome
        if isinstance(failed, Failed) and not failed.is_unauthorized:
            text = f"{invocation.function_id} failed: {failed.error_type}: {failed.message}"
            print(text, file=sys.stderr, flush=True)

    def event(self, event: dict[str, object]) -> None:
        if event.get("event") in TOLD:
            print(event["text"], file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run until interrupted; returns the exit status."""
    started_at = time.perf_counter()
    try:
        return asyncio.run(_run(_options(arguments), started_at))
    except (StartError, DataFolderError, TemplateError) as error:
        print(f"Teahouse cannot start: {error}", file=sys.stderr)
        return 1


async def _run(options: argparse.Namespace, started_at: float) -> int:
    data: Path = options.data.absolute()
    if not options.watch and not (PAGE / "index.html").is_file():
        raise StartError("the page is not built; `make run` builds it, or `npm run build`")
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    with _log(data) as log:
        try:
            cloud = _cloud(options, data, _generation_now(data), Reporter(log))
            await cloud.start()
        except StoreError as error:
            raise StartError(f"{error}; the data is in {data}") from error
        except ListenError as error:
            raise StartError(_listening_problem(error, options)) from error
        try:
            await _furnish(cloud.url, data)
            _tell(cloud, data, started_at, is_page_elsewhere=options.watch)
            await asked_to_stop.wait()
        finally:
            restarts = cloud.store_restarts
            await cloud.stop()
            if not restarts:
                (data / UNSAVED).unlink(missing_ok=True)
    return 0


def _cloud(
    options: argparse.Namespace, data: Path, generation: str, reporter: Reporter
) -> LocalCloud:
    return LocalCloud(
        TEMPLATE,
        data=data,
        host=options.host,
        port=options.port,
        host_names=options.allow_host,
        site=None if options.watch else PAGE,
        parameters={
            "CookieSecure": "false",  # there is no TLS on localhost
            "StoreGeneration": generation,
            "RateScale": options.rate_scale,
        },
        prewarm=True,
        watch=options.watch,
        on_log=reporter.line,
        on_invocation=reporter.invocation,
        on_event=reporter.event,
    )


def _listening_problem(error: OSError, options: argparse.Namespace) -> str:
    if error.errno == errno.EADDRINUSE:
        other = options.port + 1 if options.port < 65535 else 0
        return (
            f"port {options.port} is taken; stop what listens there, "
            f"or choose another: make run PORT={other}"
        )
    return f"{options.host}, port {options.port}, cannot be listened on: {error.strerror or error}"


def _generation_now(data: Path) -> str:
    """Return the store's generation, raised if the last run was killed before its engine saved.

    Such a store is an older one: clients that know more have to start afresh.
    """
    mark = data / UNSAVED
    with DataFolder(data):  # else the mark may be that of a cloud that runs
        generation = _generation(data)
        if mark.exists():
            is_number = generation.isascii() and generation.isdigit()
            generation = str(int(generation) + 1) if is_number else secrets.token_hex(4)
            (data / "generation").write_text(f"{generation}\n")
        if not find_engine().is_durable:
            mark.touch()
    return generation


def _generation(data: Path) -> str:
    """Read the store's generation; whoever puts an old store back raises it."""
    file = data / "generation"
    try:
        generation = file.read_text().strip()
    except FileNotFoundError:
        return "1"
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{file} cannot be read: {error}") from error
    if not GENERATION.fullmatch(generation):
        raise StartError(f"{file} must hold 1 to 16 letters or digits")
    return generation


@contextmanager
def _log(data: Path) -> Iterator[TextIO]:
    """Open the log."""
    file = data / "teahouse.log"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_long = file.exists() and file.stat().st_size > MAX_LOG_BYTES
        log = file.open("w" if is_long else "a", encoding="utf-8")
    except OSError as error:
        raise StartError(f"{data} cannot be written to: {error.strerror}") from error
    with log:
        yield log


async def _furnish(url: str, data: Path) -> None:
    """Let the cast in, once for each data folder."""
    furnished = data / "furnished"
    if furnished.exists():
        return
    try:
        await asyncio.to_thread(populate, url)
    except PopulateError as error:
        print(f"The demo users are not all there: {error}", file=sys.stderr)
        return
    (data / "generation").write_text(f"{_generation(data)}\n")
    furnished.touch()


def _tell(cloud: LocalCloud, data: Path, started_at: float, *, is_page_elsewhere: bool) -> None:
    url = cloud.url
    names = "  ".join(person.username for person in CAST)
    ready_ms = (time.perf_counter() - started_at) * 1000
    print(
        f"""
  Teahouse {_version()}  ready in {ready_ms:.0f} ms

  Page        {"where Vite says, above" if is_page_elsewhere else f"{url}/"}
  REST        {url}/api/health
  WebSocket   {url.replace("http", "ws", 1)}/ws
  Window      {cloud.window_url or "only on this machine's own addresses"}
  Demo users  {names}   password {PASSWORD}
  Data        {data}
  Log         {data / "teahouse.log"}

  Ctrl-C stops it.
""",
        flush=True,
    )


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def _options(arguments: list[str] | None) -> argparse.Namespace:
    described = _Parser(prog="python -m tools.run", description="Run Teahouse on this machine.")
    add = described.add_argument
    add("--port", type=_port, default=8787, help="0 takes a free one; default: 8787")
    add("--data", type=_folder, default=ROOT / ".local", help="where everything is kept")
    add("--host", default="127.0.0.1", help="the address to listen on; default: 127.0.0.1")
    add(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name under which a proxy passes requests on to it; may be repeated",
    )
    add("--watch", action="store_true", help="run changed code; `tools.dev` serves the page")
    add("--rate-scale", default="1", help="multiplies every rate a caller is held to")
    return described.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a whole number up to 65535")
    return int(text)


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the data needs a folder")
    return Path(text)


if __name__ == "__main__":
    sys.exit(main())
