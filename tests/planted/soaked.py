"""`python -m tests.planted.soaked`: which of the planted bugs does a small soak find by itself?

The bugs of the client are left out: the soak's clients are its own. What healing hides, such as a
push that never came, is not to be found this way; `make planted` finds all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.checker.verdicts import VERDICTS
from tests.planted.bugs import BUGS
from tests.planted.tree import Tree

SMALL = (
    *("--clients", "20", "--rooms", "2", "--acknowledged", "3000", "--limit-s", "30"),
    *("--kills", "0", "--restores", "1", "--removals", "16", "--revocations", "2"),
    *("--drain-s", "15"),
)
LIMIT_S = 240.0


def main() -> int:
    """Soak every bug in turn; 0 if the code without any is clean."""
    parser = argparse.ArgumentParser(prog="python -m tests.planted.soaked", description=__doc__)
    parser.add_argument("numbers", type=int, nargs="*", help="default: all of the server")
    wanted = parser.parse_args().numbers
    bugs = [bug for bug in BUGS if not bug.is_in_the_client]
    bugs = [bug for bug in bugs if not wanted or bug.number in wanted]
    caught: dict[int, list[str]] = {}
    without_an_end: list[int] = []
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        tree = Tree(Path(folder))
        false_alarms = _soak(tree.folder)  # the control
        for bug in bugs:
            with tree.with_bug(bug):
                found = _soak(tree.folder)
            if found is None:
                without_an_end.append(bug.number)
            elif found:
                caught[bug.number] = found
            said = "no end" if found is None else ", ".join(found) or "-"
            sys.stderr.write(f"{bug.number:2} {said}: {bug.name}\n")
    known = {*caught, *without_an_end}
    told = {
        "planted": len(bugs),
        "caught": caught,
        "missed": [bug.number for bug in bugs if bug.number not in known],
        "without_an_end": without_an_end,
        "false_alarms": false_alarms,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0 if false_alarms == [] else 1


def _soak(tree: Path) -> list[str] | None:
    """Name the verdicts that speak against a run; None if it came to no end."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.soak", "ci", *SMALL],
            cwd=tree,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_S,
        )
        told = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return [name for name in VERDICTS if told[name]]


if __name__ == "__main__":
    sys.exit(main())
