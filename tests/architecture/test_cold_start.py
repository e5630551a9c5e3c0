"""What does a cold socket function load? Each module here is paid for while somebody waits.

Measured over a bare interpreter (docs/decisions/0007): boto3 150 ms, pydantic 100, PyJWT 80,
asyncio 46, Powertools' Logger 40. Whoever adds a name says what it costs, and why it is worth it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.declared import ROOT
from tests.functions.world_of_samples import connect, furnish, sample
from tests.posts_taken import ENDPOINT, posts_taken
from tests.world import engine_app

LAYER = ROOT / "layers" / "teahouse"
FUNCTIONS = sorted(file.stem for file in (ROOT / "functions" / "websocket").glob("*.py"))

OURS = {"teahouse", *FUNCTIONS}
# msgspec takes typing_extensions where it finds it.
THIRD_PARTY = {"msgspec", "typing_extensions"}
# By top-level name, without what begins with an underscore.
STANDARD = {
    "array", "ast", "base64", "binascii", "bisect", "collections", "contextlib", "copy",
    "copyreg", "dataclasses", "datetime", "decimal", "dis", "enum", "errno", "functools",
    "hashlib", "heapq", "hmac", "importlib", "inspect", "itertools", "json", "keyword",
    "linecache", "math", "numbers", "opcode", "operator", "platform", "random", "re", "reprlib",
    "secrets", "select", "selectors", "socket", "ssl", "struct", "textwrap", "threading",
    "token", "tokenize", "types", "typing", "unicodedata", "uuid", "warnings", "weakref",
}  # fmt: skip
MOST_OF_OURS = 100  # modules, of half a millisecond each
# Heavy parts of packages that are light otherwise.
NEVER = {
    "encodings.idna",
    "importlib.metadata",
    "importlib.resources",
    "teahouse.adapters.dynamodb",
    "teahouse.bootstrap.rest",
    "teahouse.edge.rest",
}

PROBE = """
import sys
before = set(sys.modules)
import importlib, json
code, layer, name, event = sys.argv[1:]
sys.path[:0] = [code, layer]
answer = importlib.import_module(name).lambda_handler(json.loads(event), None)
assert answer.get("statusCode", 200) == 200, answer
print(*sorted(set(sys.modules) - before), sep="\\n")
"""


@pytest.fixture(scope="module")
def environment(engine_url: str) -> Iterator[dict[str, str]]:
    """Put the samples' world in the store, and give a process what it needs to find it."""
    app = engine_app()
    furnish(app)
    connect(app)
    with posts_taken() as url:
        yield {**os.environ, ENDPOINT: url}


def loaded(folder: Path, function: str, environment: dict[str, str]) -> set[str]:
    """Carry out a sample event in a process of its own; name all that it has loaded since."""
    event = sample("websocket", function if function in FUNCTIONS else "ping")
    if function == "connect":
        event["requestContext"]["connectionId"] = f"cold-{os.getpid()}="
    process = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, str(folder), str(LAYER), function, json.dumps(event)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    line, *names = process.stdout.splitlines()
    assert json.loads(line)["outcome"] != "failed", line
    return set(names)


def too_much(names: set[str]) -> set[str]:
    """Name what should not have been loaded."""
    tops = {name.partition(".")[0] for name in names}
    public = {top for top in tops if not top.startswith("_")}
    allowed = OURS | THIRD_PARTY | STANDARD
    return (public - allowed) | (names & NEVER)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_socket_function_loads_nothing_heavy(function: str, environment: dict[str, str]) -> None:
    names = loaded(ROOT / "functions" / "websocket", function, environment)

    assert too_much(names) == set()
    assert 50 < sum(name.startswith("teahouse.") for name in names) <= MOST_OF_OURS


@pytest.mark.parametrize("module", ["boto3", "asyncio", "aws_lambda_powertools", "email.parser"])
def test_a_heavy_module_that_creeps_in_is_found(
    module: str, environment: dict[str, str], tmp_path: Path
) -> None:
    """The control: the ping, and one import more."""
    real = (ROOT / "functions" / "websocket" / "ping.py").read_text()
    (tmp_path / "creeping.py").write_text(f"{real}\nimport {module}\n")

    names = loaded(tmp_path, "creeping", environment)
    assert module.partition(".")[0] in too_much(names)
