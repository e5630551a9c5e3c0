"""Where is a bug planted? In a copy of the tree, which is put right again afterwards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.planted.bugs import Bug

ROOT = Path(__file__).parent.parent.parent
COPIED = (
    *("layers", "functions", "local_cloud", "tests", "tools", "events", "clients"),
    *("pyproject.toml", "template.yaml", "package.json"),
)
BROKEN = "NameError|ImportError|SyntaxError|AttributeError"
LEFT_OUT = shutil.ignore_patterns(
    "__pycache__", "node_modules", "dist", ".hypothesis", ".pytest_cache"
)


class AnchorError(Exception):
    """What a bug replaces is not there (any more): the bug has to follow the code."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check went."""

    has_failed: bool
    seconds: float
    said: str

    @property
    def why(self) -> str:
        """Give the first reason of the failure."""
        reasons = re.findall(r"^(?:E  |.*?\b(?=\w*Error: )) *(.*)$", self.said, re.M)
        return str(reasons[0]).strip() if reasons else ""

    @property
    def is_broken(self) -> bool:
        """Tell whether the code did not even run, which finds nothing."""
        return bool(re.search(f"{BROKEN}|is not defined", self.said))


class Tree:
    """A copy of everything the checks need, with the installed packages linked into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=LEFT_OUT)
            else:
                shutil.copy2(source, folder / name)
        for place in (".", "clients/javascript"):
            installed = ROOT / place / "node_modules"
            if installed.is_dir():
                (folder / place / "node_modules").symlink_to(installed)

    @contextmanager
    def with_bug(self, bug: Bug) -> Iterator[None]:
        """Plant a bug as long as the block lasts.

        Raises:
            AnchorError: it does not fit the code.
        """
        kept = {file: (self.folder / file).read_text("utf-8") for file, _, _ in bug.changes}
        try:
            for file, old, new in bug.changes:
                text = (self.folder / file).read_text("utf-8")
                if text.count(old) != 1:
                    raise AnchorError(f"bug {bug.number}: {file} has {text.count(old)} times {old}")
                (self.folder / file).write_text(text.replace(old, new), "utf-8")
            yield
        finally:
            for file, text in kept.items():
                (self.folder / file).write_text(text, "utf-8")

    def check(self, check: str) -> Outcome:
        """Run one check in the copy."""
        if check.endswith(".ts"):
            place, command = self.folder / "clients/javascript", ["npx", "--no", "vitest", "run"]
            command.append(str(Path(check).relative_to("clients/javascript")))
        else:
            place = self.folder
            command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", check]
        started_at = time.monotonic()
        done = subprocess.run(
            command,
            cwd=place,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        has_run = " failed" in said or " passed" in said
        if not has_run:
            raise RuntimeError(f"{check} did not run:\n{said[-2_000:]}")
        return Outcome(done.returncode != 0, time.monotonic() - started_at, said)
