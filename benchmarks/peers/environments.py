"""Where do the peers come from? Package registries, into folders that go away with the run.

Their versions are pinned here and in none of the project's locks.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

INSTALL_S = 300
PYTHON = {
    "Flask-SocketIO": "5.7.0",
    "Flask": "3.1.3",
    "Werkzeug": "3.1.9",
    "python-engineio": "4.15.1",
    "python-socketio": "5.18.1",
    "simple-websocket": "1.1.0",
    "gevent": "26.9.0",
    "gevent-websocket": "0.10.1",
    "greenlet": "3.5.6",
}
AWSCRT = {"awscrt": "0.38.0"}
NODE = {"socket.io": "4.8.3", "libsql": "0.5.29"}


class NotInstalledError(Exception):
    """A peer could not be had, so there is nothing to compare with."""


def python_with_flask(folder: Path) -> Path:
    """Make an environment with Flask-SocketIO; gives its interpreter, also one made before.

    Raises:
        NotInstalledError: it cannot be had.
    """
    return _python_with(PYTHON, folder)


def python_with_awscrt(folder: Path) -> Path:
    """Make an environment with AWS's C library; gives its interpreter, also one made before.

    Raises:
        NotInstalledError: it cannot be had.
    """
    return _python_with(AWSCRT, folder)


def _python_with(versions: Mapping[str, str], folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        pins = [f"{name}=={version}" for name, version in versions.items()]
        pip = ["-m", "pip", "install", "-qq", "--disable-pip-version-check", "--only-binary=:all:"]
        _run([str(python), *pip, *pins])
    return python


def folder_with_socket_io(folder: Path) -> Path:
    """Make a folder with Node's socket.io, and a SQLite that comes compiled.

    Raises:
        NotInstalledError: it cannot be had.
    """
    if not (folder / "node_modules" / "libsql").exists():
        folder.mkdir(parents=True, exist_ok=True)
        package = {"private": True, "dependencies": NODE}
        (folder / "package.json").write_text(json.dumps(package))
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund"], folder)
    return folder


def _run(command: list[str], folder: Path | None = None) -> None:
    try:
        subprocess.run(
            command, cwd=folder, check=True, timeout=INSTALL_S, capture_output=True, text=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", None) or error).strip()
        raise NotInstalledError(f"{' '.join(command[:4])}: {said[-400:]}") from error
