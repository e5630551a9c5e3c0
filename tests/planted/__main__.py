"""`python -m tests.planted`: plant every bug in turn; is each found, and only then?"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.planted.answers import ANSWERS
from tests.planted.bugs import BUGS
from tests.planted.tree import Tree

LIMIT_S = 20.0


def main() -> int:
    """Plant and check; 0 if every bug is found within 20 s and the code without is clean."""
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument("numbers", type=int, nargs="*", help="default: all")
    parser.add_argument("--answers", action="store_true", help="those to failures, taken away")
    options = parser.parse_args()
    bugs = [
        bug
        for bug in (ANSWERS if options.answers else BUGS)
        if not options.numbers or bug.number in options.numbers
    ]
    missed: list[int] = []
    false_alarms: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        tree = Tree(Path(folder))
        for check in sorted({bug.check for bug in bugs}):  # the control
            outcome = tree.check(check)
            if outcome.has_failed:
                false_alarms.append(check)
                _say(f"without any bug: {check} fails\n{outcome.said[-1_500:]}")
        for bug in bugs:
            with tree.with_bug(bug):
                outcome = tree.check(bug.check)
            slowest = max(slowest, outcome.seconds)
            is_in_time = outcome.seconds <= LIMIT_S
            is_caught = outcome.has_failed and not outcome.is_broken and is_in_time
            if not is_caught:
                missed.append(bug.number)
            verdict = "caught" if is_caught else "MISSED"
            _say(f"{bug.number:2} {verdict} in {outcome.seconds:4.1f} s: {bug.name}")
            _say(f"          {outcome.why[:90]}")
    told = {
        "planted": len(bugs),
        "caught": len(bugs) - len(missed),
        "missed": missed,
        "false_alarms": false_alarms,
        "slowest_s": round(slowest, 1),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if missed or false_alarms else 0


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
