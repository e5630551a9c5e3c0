"""`python -m local_cloud`: run a SAM template on this machine."""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from local_cloud.cloud import LocalCloud
from local_cloud.data_folder import DataFolderError
from local_cloud.engines import StoreError
from local_cloud.faults import FaultPlan, Faults, Injected
from local_cloud.limits import Limits
from local_cloud.open_questions import DEFAULTS, OpenQuestions
from local_cloud.sam import TemplateError
from local_cloud.server import ListenError
from local_cloud.telling import Teller, wants_colours


def main(arguments: list[str] | None = None) -> int:
    """Run until interrupted; return the exit status."""
    options = parser().parse_args(arguments)
    tell = Teller(options.json_logs, is_coloured=not options.json_logs and wants_colours())
    try:
        with ExitStack() as files:
            return serve(options, tell, faults_of(options, files))
    except (TemplateError, DataFolderError, StoreError) as error:
        return refuse(str(error))
    except ListenError as error:
        return refuse(listening_problem(error, options.host, options.port))
    except OSError as error:
        return refuse(f"cannot go on: {error}")


def serve(options: argparse.Namespace, tell: Teller, faults: Faults) -> int:
    """Run the cloud that the options ask for."""
    cloud = LocalCloud(
        options.template,
        data=options.data,
        host=options.host,
        port=options.port,
        host_names=options.allow_host,
        site=options.site,
        parameters=dict(options.parameter),
        limits=options.limits,
        faults=faults,
        questions=options.open_questions,
        prewarm=options.prewarm,
        watch=options.watch,
        secrets=dict(options.secret),
        shows_texts=options.window_texts,
        **({} if options.check else tell.listeners()),
    )
    if options.check:
        return asyncio.run(check(cloud))
    asyncio.run(run(cloud, lambda url: tell.ready(url, cloud.window_url)))
    return 0


def faults_of(options: argparse.Namespace, files: ExitStack) -> Faults:
    """Return what shall go wrong; a file keeps what did, one JSON object a line."""
    if options.fault_log is None:
        return Faults(options.faults)
    try:
        history = files.enter_context(options.fault_log.open("a", encoding="utf-8"))
    except OSError as error:
        raise DataFolderError(f"cannot write to {options.fault_log}: {error.strerror}") from error

    def keep(injected: Injected) -> None:
        print(json.dumps(asdict(injected)), file=history, flush=True)

    return Faults(options.faults, on_injected=keep)


async def run(cloud: LocalCloud, on_ready: Callable[[str], None]) -> None:
    """Start, wait for SIGINT or SIGTERM, stop."""
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked_to_stop.set)
    await cloud.start()
    try:
        on_ready(cloud.url)
        await asked_to_stop.wait()
    finally:
        await cloud.stop()


async def check(cloud: LocalCloud) -> int:
    """Start, load every handler, stop; print what is wrong and return the exit status."""
    await cloud.start()
    try:
        failures = await cloud.runner.prewarm()
    finally:
        await cloud.stop()
    problems = [
        f"{function_id} cannot be loaded: {failed.error_type}: {failed.message}"
        for function_id, failed in failures.items()
    ]
    for sentence in (*cloud.cloud.unknown, *problems):
        print(f"local_cloud: {sentence}", file=sys.stderr)
    return 1 if problems or cloud.cloud.unknown else 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    described = argparse.ArgumentParser(
        prog="python -m local_cloud", description="Run a SAM template on this machine."
    )
    add = described.add_argument
    add("--template", type=Path, default=Path("template.yaml"), help="default: template.yaml")
    add("--data", type=Path, help="a folder for what shall outlast this run; default: none does")
    add("--site", type=Path, help="a folder with the built page, served at /")
    add("--host", default="127.0.0.1", help="the address to listen on; default: 127.0.0.1")
    add(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name under which a proxy passes requests on to the loopback; may be repeated",
    )
    add("--port", type=port, default=8787, help="0 takes a free one; default: 8787")
    add(
        "--parameter",
        action="append",
        default=[],
        type=pair,
        metavar="KEY=VALUE",
        help="a parameter of the template; may be repeated",
    )
    add(
        "--secret",
        action="append",
        default=[],
        type=pair,
        metavar="/NAME=VALUE",
        help="a SecureString of the parameter store; may be repeated",
    )
    add("--check", action="store_true", help="load every handler, say what is wrong, and end")
    add("--watch", action="store_true", help="run changed code from the next event on")
    add("--prewarm", action="store_true", help="load every function before it is asked for")
    add(
        "--limits",
        type=limits,
        default=Limits(),
        metavar="JSON",
        help='API Gateway\'s quotas, made smaller: {"idle_ms": 5000}; see limits.py',
    )
    add(
        "--faults",
        type=faults,
        default=FaultPlan(),
        metavar="JSON",
        help='what shall go wrong, and how often: {"posts_gone": 0.1}; see fault_plan.py',
    )
    add("--fault-log", type=Path, help="a file for what did go wrong, one JSON object a line")
    add(
        "--open-questions",
        type=questions,
        default=DEFAULTS,
        metavar="JSON",
        help='answers to what AWS leaves open: {"plain_get_status": 403}; see open_questions.py',
    )
    add("--window-texts", action="store_true", help="let /_local show what frames say")
    add("--json-logs", action="store_true", help="print one JSON object a line, nothing else")
    return described


def pair(text: str) -> tuple[str, str]:
    """Read KEY=VALUE."""
    key, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form KEY=VALUE")
    return key, value


def port(text: str) -> int:
    """Read a port's number."""
    if not (text.isascii() and text.isdigit() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: they are numbers up to 65535")
    return int(text)


def limits(text: str) -> Limits:
    """Read limits from JSON."""
    try:
        given = json.loads(text)
        if not all(isinstance(value, int) and value > 0 for value in given.values()):
            raise ValueError("a limit is a whole number above 0")
        return Limits(**given)
    except (AttributeError, TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def faults(text: str) -> FaultPlan:
    """Read a plan of faults from JSON."""
    try:
        return FaultPlan.from_dict(json.loads(text))
    except (AttributeError, TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def questions(text: str) -> OpenQuestions:
    """Read answers from JSON."""
    try:
        return OpenQuestions.from_dict(json.loads(text))
    except (AttributeError, TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def listening_problem(error: OSError, host: str, port: int) -> str:
    """Say why nothing can listen there."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: stop what listens there, or choose another with --port"
    return f"cannot listen on {host}, port {port}: {error.strerror or error}"


def refuse(sentence: str) -> int:
    """Print why it does not run."""
    print(f"local_cloud: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
