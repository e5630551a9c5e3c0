"""Is each rule of who may import whom really kept? Each is broken once, in a copy of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("layers/teahouse/teahouse", "functions", "local_cloud", "tools", "tests")
CORE = "layers/teahouse/teahouse"

# The rule by its id in pyproject.toml, a file, and the import it must not have.
VIOLATIONS = [
    ("core", f"{CORE}/domain/room.py", "import teahouse.protocol.codec"),
    ("core", f"{CORE}/domain/room.py", "import teahouse.ports"),
    ("core", f"{CORE}/protocol/codec.py", "import teahouse.ports"),
    ("core", f"{CORE}/ports/rooms.py", "import teahouse.app"),
    ("core", f"{CORE}/app.py", "import teahouse.actions.ping"),
    ("core", f"{CORE}/actions/ping.py", "import teahouse.adapters.system"),
    ("core", f"{CORE}/actions/ping.py", "import teahouse.bootstrap"),
    ("core", f"{CORE}/actions/ping.py", "import teahouse.edge.websocket"),
    ("core", f"{CORE}/bootstrap/__init__.py", "import teahouse.edge.websocket"),
    ("adapters", f"{CORE}/adapters/system.py", "import teahouse.actions.ping"),
    ("adapters", f"{CORE}/adapters/memory/log.py", "import teahouse.app"),
    ("pure", f"{CORE}/domain/room.py", "import time"),
    ("pure", f"{CORE}/domain/room.py", "import random"),
    ("pure", f"{CORE}/domain/room.py", "import uuid"),
    ("pure", f"{CORE}/domain/room.py", "import os"),
    ("pure", f"{CORE}/domain/room.py", "import socket"),
    ("pure", f"{CORE}/domain/room.py", "import asyncio"),
    ("pure", f"{CORE}/domain/room.py", "import datetime"),
    ("pure", f"{CORE}/domain/room.py", "import msgspec"),
    ("aws", f"{CORE}/actions/ping.py", "import boto3"),
    ("aws", f"{CORE}/edge/websocket.py", "import botocore"),
    ("aws", "functions/websocket/ping.py", "import pynamodb"),
    ("handlers", "functions/websocket/ping.py", "import teahouse.adapters.system"),
    ("handlers", "functions/rest/rooms.py", "import teahouse.bootstrap"),
    ("handlers", "functions/rest/rooms.py", "import teahouse.domain.room"),
    ("siblings", "functions/websocket/ping.py", "import functions.websocket.hello"),
    ("siblings", "functions/rest/rooms.py", "import functions.rest.messages"),
    ("local-cloud", "local_cloud/gateway.py", "import teahouse.app"),
    ("local-cloud", "local_cloud/gateway.py", "import functions.websocket.ping"),
    ("conformance", "tests/conformance/deployment.py", "import local_cloud.gateway"),
    ("layer", f"{CORE}/app.py", "import local_cloud.gateway"),
    ("layer", f"{CORE}/adapters/system.py", "import tests.cast"),
    ("layer", f"{CORE}/adapters/system.py", "import tools.populate"),
]


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy all the contracts speak of; it keeps them, or no test here means a thing."""
    copy = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", copy)
    whole = lint(copy)
    assert whole.returncode == 0, whole.stdout
    return copy


@pytest.mark.parametrize(("rule", "file", "line"), VIOLATIONS)
def test_a_broken_rule_is_found(copied_tree: Path, rule: str, file: str, line: str) -> None:
    path = copied_tree / file
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    try:
        linted = lint(copied_tree, rule)
    finally:
        path.write_text(before)

    assert linted.returncode == 1, linted.stdout
    assert line.removeprefix("import ").partition(".")[0] in linted.stdout
    assert "1 broken" in linted.stdout


def test_a_new_part_of_the_core_needs_a_place_among_the_layers(copied_tree: Path) -> None:
    stranger = copied_tree / CORE / "helpers.py"
    stranger.write_text('"""Anything."""\n')
    try:
        linted = lint(copied_tree, "core")
    finally:
        stranger.unlink()

    assert linted.returncode == 1, linted.stdout
    assert "helpers" in linted.stdout


def test_every_rule_is_broken_once() -> None:
    contracts = configuration()["tool"]["importlinter"]["contracts"]

    assert {contract["id"] for contract in contracts} == {rule for rule, _, _ in VIOLATIONS}


def test_the_domain_may_use_none_of_the_packages_of_the_layer() -> None:
    contracts = configuration()["tool"]["importlinter"]["contracts"]
    forbidden = next(c for c in contracts if c["id"] == "pure")["forbidden_modules"]
    imported_as = {"argon2-cffi": "argon2", "PyJWT": "jwt"}
    names = [line.partition(">=")[0] for line in configuration()["dependency-groups"]["layer"]]

    assert {imported_as.get(name, name.replace("-", "_")) for name in names} <= set(forbidden)


def test_handlers_do_not_import_one_another_as_lambda_would_find_them() -> None:
    """On Lambda a handler's neighbour is a top-level module, which the contract cannot see."""
    for folder in ("functions/websocket", "functions/rest"):
        files = sorted((ROOT / folder).glob("*.py"))
        stems = {file.stem for file in files}
        imported = {name for file in files for name in top_level_imports(file.read_text())}

        assert "teahouse" in imported  # the control: imports are seen
        assert not imported & stems


def top_level_imports(source: str) -> set[str]:
    """Name the packages a module imports."""
    words = (line.split() for line in source.splitlines())
    return {w[1].partition(".")[0] for w in words if len(w) > 1 and w[0] in ("import", "from")}


def lint(tree: Path, rule: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run import-linter over a tree, on one contract or all."""
    only = ["--contract", rule] if rule else []
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", *only],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((CORE.rpartition("/")[0], "."))},
        capture_output=True,
        text=True,
        check=False,
    )


def configuration() -> Any:
    """Read pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())
