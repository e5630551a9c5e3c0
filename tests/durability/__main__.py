"""`python -m tests.durability`: kill the store a hundred times, and look at its system calls."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from pathlib import Path

from teahouse.actions.send_message import send_message

from tests.cast import ANN
from tests.durability.kills import SupervisedStore, Talk, killed, running
from tests.durability.syncs import is_traceable, trace, unsynced
from tests.engine import CREDENTIALS
from tests.world import open_den, start_of

MESSAGES = 20
NOT_LOOKED = "not looked at: strace is not installed"


def main() -> int:
    """Kill, count, and print one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.durability", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    os.environ.update({**CREDENTIALS, "STORE_ENGINE": "dynoxide"})
    with (
        tempfile.TemporaryDirectory(prefix="durability-") as folder,
        running(Path(folder) / "store.db") as store,
    ):
        talk = Talk()
        talk.begin()
        try:
            killed(store, talk, options.kills, options.seed)
        finally:
            talk.end()
        lost = talk.lost()
        told = {
            "kills": options.kills,
            "seed": options.seed,
            "acknowledged": len(talk.acknowledged),
            "lost": len(lost),
            "answers_before_sync": _answers_before_sync(store),
        }
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if lost or told["answers_before_sync"] not in (0, NOT_LOOKED) else 0


def _answers_before_sync(store: SupervisedStore) -> int | str:
    if not is_traceable():
        return NOT_LOOKED
    talk = Talk()
    talk.den = open_den(talk.app)
    start = start_of(talk.app, talk.den)

    def speak() -> None:
        for number in range(MESSAGES):
            send_message(
                talk.app,
                sender_id=ANN.id,
                room_id=talk.den,
                client_message_id=f"{number:022}",
                position=start,
                text=f"traced {number}",
            )

    calls = trace(store.pid, speak)
    assert sum("fsync" in call or "fdatasync" in call for call in calls) >= MESSAGES, calls
    return unsynced(calls)


if __name__ == "__main__":
    sys.exit(main())
