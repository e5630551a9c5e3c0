"""Does any request break the server? schemathesis asks it, round after round.

`python -m tests.fuzz REQUESTS SEED` runs the whole local cloud on a folder of its own. A round goes
through the whole document: its examples, what is just inside and just outside of each schema,
random requests of both kinds, and chains in which an answer leads to the next request. Rounds
follow, each with the next seed, until so many requests were made. A round that finds something is
the last; it tells what, and with which seed. At the end stands what the system itself says that it
answered.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.person import call
from tests.e2e.system import ROOT, running

HERE = Path(__file__).parent
SCHEMATHESIS = ROOT / ".venv-fuzz" / "bin" / "st"
AT_ONCE = "2"  # operations that are asked side by side
EXAMPLES = 50  # random requests of each operation and kind in a round
PASSWORD = secrets.token_urlsafe(16)
NO_RATES = {"RateScale": "1e9"}  # or most answers would be 429
NO_THROTTLES = {"route_rates_times": 1_000}  # nor are the stage's rates what is asked here
# What the log of the system has for an answer of 5xx, and for a function that did not answer.
SERVER_ERROR = re.compile(r'"status": ?5[0-9]{2}\b|^\[\w+\] failed: ')


def main(requests: int, seed: int) -> None:
    """Ask so often at least."""
    made, began_s = 0, time.monotonic()
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
            took_s = time.monotonic() - began_s
            sys.stdout.write(
                f"{made} requests; {_server_errors(system.log)} server errors;"
                f" {took_s:.0f} seconds; seed {seed} found {'something' if found else 'nothing'}.\n"
            )
            sys.stdout.flush()
            if found:
                sys.exit(1)
            seed += 1


def _round(url: str, seed: int, report: Path) -> bool:
    command = [
        *(SCHEMATHESIS, "--no-color", "--config-file", HERE / "schemathesis.toml"),
        *("run", f"{url}/api/openapi.json", "--seed", str(seed), "--max-examples", str(EXAMPLES)),
        *("--workers", AT_ONCE),
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


def _server_errors(log: list[str]) -> int:
    return sum(SERVER_ERROR.search(line) is not None for line in log)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
