"""`python -m tests.checker FOLDER`: judge the `*.history.jsonl` and `*.dump.jsonl` of a run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.checker.history import read_history
from tests.checker.report import judge


def main(arguments: list[str]) -> int:
    """Judge; one line of JSON, what speaks against it before."""
    folder = Path(arguments[0])
    report = judge(
        read_history(sorted(folder.glob("*.history.jsonl")), sorted(folder.glob("*.dump.jsonl")))
    )
    for name, found in report.examples.items():
        sys.stderr.writelines(f"{name}: {sentence}\n" for sentence in found)
    sys.stderr.writelines(f"slowest: {sentence}\n" for sentence in report.healing.worst)
    sys.stdout.write(json.dumps(report.summary) + "\n")
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
