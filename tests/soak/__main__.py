"""`python -m tests.soak ci`: speak, fail, heal, and be judged; ends in one line of JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
import traceback
from dataclasses import fields, replace
from pathlib import Path

from tests.checker.report import judge
from tests.soak.goals import GOALS, Course, exit_status
from tests.soak.plan import CI, FULL, Scale
from tests.soak.recorder import Recorder
from tests.soak.run import Run, judged


def main() -> int:
    """Run, judge, and print; 0 if nothing speaks against it and enough was done, else 1, 2 or 3."""
    size, scale, folder = _options()
    started_at = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as aside:
        place = folder or Path(aside)
        place.mkdir(parents=True, exist_ok=True)
        with Recorder(place / "all.history.jsonl") as recorder:
            run = Run(scale, place, recorder)
            ended = _ended(run)
        sys.stderr.write(f"judging what is in {place}\n")
        report = judge(judged(place))
    for name, found in report.examples.items():
        sys.stderr.writelines(f"{name}: {sentence}\n" for sentence in found)
    sys.stderr.writelines(f"slowest: {sentence}\n" for sentence in report.healing.worst)
    sys.stderr.writelines(f"handler: {line[:600]}\n" for line in run.house.complaints[:10])
    course = Course(
        scale=scale,
        report=report,
        reconnects=recorder.connects - scale.clients,
        home_s=run.home_s,
        seconds=time.monotonic() - started_at,
    )
    short = [*ended, *course.short_of(GOALS[size])]
    told = {
        **report.summary,
        "reconnects": course.reconnects,
        "faults_by_number": course.by_number,
        "faults_by_kind": dict(sorted(report.faults.items())),
        "told": report.told,
        "home_s": round(course.home_s, 1),
        "seconds": round(course.seconds),
        "short": short,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return exit_status(report, short, fell=bool(ended) and not run.is_cut)


def _ended(run: Run) -> list[str]:
    """Let it run; tell how it ended, if not as it should: what there is will be judged."""
    try:
        asyncio.run(run())
    except Exception as error:
        traceback.print_exc()
        return [f"ended early: {error!r}"]
    return ["cut short"] if run.is_cut else []


def _options() -> tuple[str, Scale, Path | None]:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("size", choices=("ci", "full"))
    parser.add_argument("--folder", type=Path, help="keep histories and dumps here")
    for field in fields(Scale):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(getattr(CI, field.name)))
    options = parser.parse_args()
    if options.folder is not None and options.folder.exists() and any(options.folder.iterdir()):
        parser.error(f"{options.folder} is not empty: what another run left would be judged, too")
    given = vars(options)
    base = CI if given["size"] == "ci" else FULL
    changes = {f.name: given[f.name] for f in fields(Scale) if given[f.name] is not None}
    return given["size"], replace(base, **changes), given["folder"]


if __name__ == "__main__":
    sys.exit(main())
