"""`python -m tests.model --clients 3 --crashes 2`: worlds that the tests have no time for."""

from __future__ import annotations

import argparse
import json
import sys
import time

from tests.model.explore import explore
from tests.model.promises import judge
from tests.model.room_log import Design
from tests.model.world import Budget


def main() -> int:
    """Explore one world; print what was found as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    for name, default in Budget()._asdict().items():
        parser.add_argument(f"--{name}", type=int, default=default)
    for name, default in (("clients", 3), ("readers", 1), ("attempts", 2), ("polls", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--flaw", default="", help="leave something out of the design")
    parser.add_argument("--limit", type=int, default=10_000_000, help="states; half a GB a million")
    given = vars(parser.parse_args())
    design = Design(given["flaw"], attempts=given["attempts"], polls=given["polls"])
    budget = Budget(**{name: given[name] for name in Budget._fields})
    started_at = time.monotonic()
    found = explore(
        design.start(budget, clients=given["clients"], readers=given["readers"]),
        design.steps,
        judge(design),
        limit=given["limit"],
    )
    told = {
        "states": found.states,
        "complete": found.is_complete,
        "seconds": round(time.monotonic() - started_at, 1),
        "broken": found.broken,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0 if found.is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
