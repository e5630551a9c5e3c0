"""Would Lambda find everything? Handlers see their own folder, the layer, and what it locks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import declared
from tests.architecture.declared import ROOT

LAYER = ROOT / "layers" / "teahouse"
RUNTIME = {"boto3", "botocore"}  # part of Lambda's Python, so never in the layer
PACKAGE_OF = {"argon2": "argon2-cffi", "jwt": "pyjwt", "PIL": "pillow"}
IMAGES = ROOT / "layers" / "images"  # a layer that one function has besides
LOOKS_AT_PICTURES = "ProcessUploadFunction"
# What a socket function would pay for at every cold start, and never use.
HEAVY = {"aws_lambda_powertools.event_handler", "pydantic"}

PROBE = """
import importlib, json, sys
code, layer, module = sys.argv[1:]
sys.path[:0] = [code, layer]
handler = importlib.import_module(module).lambda_handler
assert callable(handler)
assert importlib.import_module("teahouse").__file__.startswith(layer)
print(*sorted(sys.modules), sep="\\n")
"""


@pytest.mark.parametrize("function", sorted(declared.functions()))
def test_a_handler_loads_from_its_folder_and_the_layer_alone(function: str, tmp_path: Path) -> None:
    file = declared.handler_file(function)

    loaded = probe(file, tmp_path)
    assert not {name for name in loaded if name.partition(".")[0] in ("local_cloud", "tests")}
    if file.parent.name == "websocket":
        assert not loaded & HEAVY
    assert ("PIL" in loaded) == (function == LOOKS_AT_PICTURES)


def test_a_handler_that_needs_more_than_that_does_not_load(tmp_path: Path) -> None:
    """The control: neither the project's root nor the current folder is in reach."""
    file = tmp_path / "curious.py"
    file.write_text("import local_cloud\nlambda_handler = print\n")

    with pytest.raises(subprocess.CalledProcessError) as failed:
        probe(file, ROOT)
    assert "No module named 'local_cloud'" in failed.value.stderr


def test_the_layer_locks_what_it_imports_and_leaves_out_what_the_runtime_has() -> None:
    locked = pins(LAYER / "requirements.txt").keys() | pins(IMAGES / "requirements.txt").keys()
    imported = {
        name
        for file in (LAYER / "teahouse").rglob("*.py")
        for name in imports(file)
        if name not in sys.stdlib_module_names and name != "teahouse"
    }

    assert imported >= {"botocore", "msgspec", "pynamodb"}  # the control: imports are seen
    for name in imported - RUNTIME:
        assert PACKAGE_OF.get(name, name.replace("_", "-")) in locked
    assert not RUNTIME & locked


def test_the_layer_has_the_versions_we_test_with() -> None:
    here = pins(ROOT / "requirements" / "run.txt")

    for layer in (LAYER, IMAGES):
        for name, version in pins(layer / "requirements.txt").items():
            assert here[name] == version, name


def test_what_looks_at_pictures_has_their_decoder_as_a_layer() -> None:
    assert declared.functions()[LOOKS_AT_PICTURES]["Layers"] == [{"Ref": "ImagesLayer"}]


@pytest.mark.parametrize("lock", ["run", "dev", "sam", "layer"])
def test_every_locked_version_has_hashes_and_no_registry_is_named(lock: str) -> None:
    path = LAYER / "requirements.txt" if lock == "layer" else ROOT / "requirements" / f"{lock}.txt"
    text = path.read_text()

    assert len(pins(path)) > 5
    lines = re.findall(r"^\S+==.*", text, re.M)
    hashed = re.findall(r"^\S+==.* \\\n    --hash=sha256:", text, re.M)
    assert len(hashed) == len(lines)
    assert "://" not in text
    assert "index" not in re.sub(r"^\S+==", "", text, flags=re.M)


def test_the_node_lock_names_no_registry() -> None:
    text = (ROOT / "package-lock.json").read_text()

    assert '"integrity"' in text  # the control: it is a lock
    assert '"resolved": "http' not in text


def probe(file: Path, working_folder: Path) -> set[str]:
    """Load a handler as Lambda would, and name every module that came with it."""
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, str(file.parent), str(LAYER), file.stem],
        cwd=working_folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(loaded.stdout.split())


def pins(path: Path) -> dict[str, str]:
    """Read the versions a lock names."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", path.read_text(), re.M)
    return {name.lower(): version for name, version in found}


def imports(file: Path) -> set[str]:
    """Name the packages a file imports, wherever in it."""
    tree = ast.parse(file.read_text("utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names
