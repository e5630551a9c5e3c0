"""The local cloud in a process of its own, with faults that can be exchanged while it runs.

`python -m tests.soak.cloud OPTIONS_JSON`; each line of standard input is a new plan of faults, and
each line it prints is JSON: `ready`, `injected` (faults by kind, once a second), or a log line that
says that something failed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from local_cloud.cloud import LocalCloud
from local_cloud.faults import FaultPlan, Faults, Injected
from local_cloud.limits import Limits
from local_cloud.worker_pool import LogLine

ROOT = Path(__file__).parent.parent.parent
TELL_EVERY_S = 1.0
MAX_WORKERS = 5  # per function: those that faults keep waiting hold up the others no more


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _complain(line: LogLine) -> None:
    if '"level":"ERROR"' in line.text:
        _say({"error": line.text})


async def run(options: dict[str, Any]) -> None:
    """Run until standard input ends."""
    injected: Counter[str] = Counter()

    def note(fault: Injected) -> None:
        if fault.kind != "limit_changed":  # as it was asked to: nothing has befallen anybody
            injected[fault.kind] += 1

    faults = Faults(FaultPlan.from_dict(options.get("faults", {})), on_injected=note)
    cloud = LocalCloud(
        ROOT / "template.yaml",
        data=Path(options["data"]),
        port=options["port"],
        parameters=options["parameters"],
        limits=Limits(**options.get("limits", {})),
        faults=faults,
        max_workers=MAX_WORKERS,
        on_log=_complain,
    )
    await cloud.start()
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    _say({"ready": cloud.url})
    teller = asyncio.create_task(_tell(injected))
    try:
        while line := await commands.readline():
            faults.plan = FaultPlan.from_dict(json.loads(line))
            if faults.plan == FaultPlan():
                _say({"calm": True})
    finally:
        teller.cancel()
        await asyncio.gather(teller, return_exceptions=True)
        await cloud.stop()
        _say({"injected": injected})


async def _tell(injected: Counter[str]) -> None:
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        _say({"injected": dict(injected)})


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1])))
