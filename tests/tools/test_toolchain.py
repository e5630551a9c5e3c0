"""Is a machine that lacks something told so in one sentence?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "tools" / "toolchain.sh"


def test_a_python_that_is_new_enough_is_found() -> None:
    found = toolchain("python", PYTHON=sys.executable)

    assert found.returncode == 0
    assert found.stdout.strip() == sys.executable


def test_an_old_python_is_refused(tmp_path: Path) -> None:
    old = program(tmp_path / "python3.9", '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')

    found = toolchain("python", PYTHON=str(old))
    assert found.returncode == 1
    assert found.stderr == (
        "Teahouse needs Python 3.11 or newer and found Python 3.9.2; "
        "PYTHON=/path/to/python names another.\n"
    )


def test_no_python_is_refused(tmp_path: Path) -> None:
    found = toolchain("python", PYTHON=str(tmp_path / "nothing"))

    assert found.returncode == 1
    assert "found none at all" in found.stderr


def test_a_python_without_venv_is_told_what_to_install(tmp_path: Path) -> None:
    bare = program(tmp_path / "python3", 'case "$2" in *venv*) exit 1;; *) exit 0;; esac')

    found = toolchain("python", PYTHON=str(bare))
    assert found.returncode == 1
    assert "apt install python3-venv" in found.stderr


@pytest.mark.parametrize("version", ["v20.0.0", "v24.1.0"])
def test_a_node_that_is_new_enough_passes_without_a_word(tmp_path: Path, version: str) -> None:
    program(tmp_path / "npm", "exit 0")
    program(tmp_path / "node", f"echo {version}")

    found = toolchain("node", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_an_old_node_is_refused(tmp_path: Path) -> None:
    program(tmp_path / "npm", "exit 0")
    program(tmp_path / "node", "echo v18.20.4")

    found = toolchain("node", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert found.returncode == 1
    assert found.stderr == (
        "Teahouse needs Node 20 or newer and found v18.20.4; get it from nodejs.org.\n"
    )


def test_no_node_is_refused(tmp_path: Path) -> None:
    found = toolchain("node", PATH=str(tmp_path))

    assert found.returncode == 1
    assert "found none" in found.stderr


def toolchain(what: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Ask the script."""
    return subprocess.run(
        ["/bin/sh", SCRIPT, what],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def program(path: Path, body: str) -> Path:
    """Write a small program."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path
