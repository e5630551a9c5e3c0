"""How is it worked on? The whole system, with handlers and page reloaded as they are saved.

`python -m tools.dev`, or `make dev`: Vite serves the page on a port of its own and passes `/api`
and `/ws` on to the local cloud, whose workers are replaced when their code changes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools import run

ROOT = Path(__file__).parent.parent
VITE = ROOT / "node_modules" / ".bin" / "vite"
TETHER = ROOT / "local_cloud" / "tethered.py"  # the page's server ends with this process


def main(arguments: list[str] | None = None) -> int:
    """Run both until interrupted; returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    port = given[given.index("--port") + 1] if "--port" in given[:-1] else "8787"
    if not VITE.exists():
        print("the page's tools are not installed; `make dev` installs them", file=sys.stderr)
        return 1
    page = subprocess.Popen(
        [sys.executable, str(TETHER), str(os.getpid()), str(VITE), "--clearScreen", "false"],
        cwd=ROOT / "frontend",
        env={**os.environ, "PORT": port},
        stdin=subprocess.PIPE,
        process_group=0,
    )
    try:
        return run.main([*given, "--watch"])
    finally:
        page.terminate()
        page.wait()


if __name__ == "__main__":
    sys.exit(main())
