"""Does any request break the server? schemathesis asks it, round after round.

`python -m tests.fuzz REQUESTS SEED` runs the whole local cloud on a folder of its own. A round goes
through the whole document: its examples, what is just inside and just outside of each schema,
random requests of both kinds, and chains in which an answer leads to the next request. Rounds
follow, each with the next seed, until so many requests were made. A round that finds something is
the last; it tells what, and with which seed.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.e2e.person import call
from tests.e2e.system import ROOT, running

HERE = Path(__file__).parent
SCHEMATHESIS = ROOT / ".venv-fuzz" / "bin" / "st"
EXAMPLES = 50  # random requests of each operation and kind in a round
PASSWORD = secrets.token_urlsafe(16)
NO_RATES = {"RateScale": "1e9"}  # or most answers would be 429
NO_THROTTLES = {"route_rates_times": 1_000}  # nor are the stage's rates what is asked here

Json = dict[str, Any]


def main(requests: int, seed: int) -> None:
    """Ask so often at least."""
    made = 0
    with (
        tempfile.TemporaryDirectory() as room,
        running(Path(room, "data"), parameters=NO_RATES, limits=NO_THROTTLES, site=HERE) as system,
    ):
        administrator = {"username": "administrator", "password": PASSWORD}
        assert call(system.url, "POST", "/api/accounts", administrator).status == 201
        while made < requests:
            report = Path(room, f"{seed}.json")
            found = _round(system.url, seed, report)
            made += json.loads(report.read_text("utf-8"))["test_cases"]["generated"]
            if found:
                sys.exit(f"Seed {seed} found something, by request {made}.")
            sys.stdout.write(f"{made} requests; seed {seed} found nothing.\n")
            seed += 1


def _round(url: str, seed: int, report: Path) -> bool:
    command = [
        *(SCHEMATHESIS, "--no-color", "--config-file", HERE / "schemathesis.toml"),
        *("run", f"{url}/api/openapi.json", "--seed", str(seed), "--max-examples", str(EXAMPLES)),
        *("--report", "json", "--report-json-path", report, "--warnings", "off"),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FUZZ_URL": url,
        "FUZZ_USERNAME": "administrator",
        "FUZZ_PASSWORD": PASSWORD,
    }
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
