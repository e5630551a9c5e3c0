"""Which programs can keep tables, how is each started, and what does each promise?

dynoxide is the choice (docs/decisions/0002); ministack takes over where its program is not.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class StoreError(Exception):
    """The store cannot run; the text is one sentence for whoever starts it."""


@dataclass(frozen=True, slots=True)
class Start:
    """How an engine is started: a command, and variables beside those of this process."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dynoxide:
    """Keeps tables in one file, and syncs every write before it answers."""

    program: Path
    name = "dynoxide"
    caveat = ""
    is_durable = True

    def start(self, host: str, port: int, database: Path | None) -> Start:
        """Return how it is started; in memory when `database` is None."""
        command = (str(self.program), "--host", host, "--port", str(port))
        return Start(command if database is None else (*command, "--db-path", str(database)))

    def foreign_data(self, database: Path) -> Path | None:
        """Return what another engine keeps there, and this one would not see."""
        other = ministack_folder(database)
        return other if other.exists() and not database.exists() else None


@dataclass(frozen=True, slots=True)
class Ministack:
    """Keeps tables in memory, and writes them to a folder when it ends."""

    name = "ministack"
    caveat = (
        "dynoxide is not here, so ministack keeps the tables: they are saved when this ends "
        "cleanly, and lost when it is killed; the units it counts are not always DynamoDB's"
    )
    is_durable = False

    def start(self, host: str, port: int, database: Path | None) -> Start:
        """Return how it is started; in memory when `database` is None."""
        environment = {
            "BIND_HOST": host,  # every interface of the machine otherwise
            "GATEWAY_PORT": str(port),
            "SERVICES": "dynamodb",
            "IOT_MTLS_ENABLED": "0",  # listens on a port of its own otherwise
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": "unix:///dev/null",  # looks for containers to remove otherwise
            "LOG_LEVEL": "ERROR",
            "PERSIST_STATE": "0" if database is None else "1",
        }
        if database is not None:
            environment["STATE_DIR"] = str(ministack_folder(database))
        return Start((sys.executable, "-m", "ministack"), environment)

    def foreign_data(self, database: Path) -> Path | None:
        """Return what another engine keeps there, and this one would not see."""
        return database if database.exists() else None


Engine = Dynoxide | Ministack


def ministack_folder(database: Path) -> Path:
    """Return where ministack keeps what dynoxide would keep in a file."""
    return database.with_suffix(".ministack")


def find_engine() -> Engine:
    """Return the engine of this machine; `$STORE_ENGINE` names one, `$DYNOXIDE` a program.

    Raises:
        StoreError: there is none.
    """
    named = os.environ.get("STORE_ENGINE", "")
    if named not in ("", "dynoxide", "ministack"):
        raise StoreError(f"$STORE_ENGINE is dynoxide or ministack, not {named}")
    program = None if named == "ministack" else find_dynoxide()
    if program is not None:
        return Dynoxide(program)
    if named != "dynoxide" and importlib.util.find_spec("ministack") is not None:
        return Ministack()
    raise StoreError(
        "the embedded store is not installed: `npm ci` at the project's root installs "
        f"@dynoxide/{npm_platform()}, or $DYNOXIDE names its program"
    )


def find_dynoxide() -> Path | None:
    """Return dynoxide's program: `$DYNOXIDE`, npm's package, or one on the PATH.

    Raises:
        StoreError: `$DYNOXIDE` is no program.
    """
    if named := os.environ.get("DYNOXIDE"):
        if not os.access(named, os.X_OK):
            raise StoreError(f"$DYNOXIDE names {named}, which is no program")
        return Path(named)
    for folder in (Path.cwd(), *Path(__file__).parents):
        for package in sorted(folder.glob(f"node_modules/@dynoxide/{npm_platform()}*")):
            for program in (package / "dynoxide", package / "bin" / "dynoxide"):
                if program.exists():
                    return program
    found = shutil.which("dynoxide")
    return None if found is None else Path(found)


def npm_platform() -> str:
    """Return this machine as npm names it: linux-x64, darwin-arm64."""
    machine = platform.machine().lower()
    names = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}
    return f"{sys.platform}-{names.get(machine, machine)}"
