"""Which entries stand in slots that are known to be there?"""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.entry import Entry
from teahouse.domain.errors import Busy

UNCUT_BYTES = 64 * 1_048_576  # more than a page of slots can hold
LOOKS = 3


def read_stretch(app: App, room_id: str, first_seq: int, last_seq: int) -> tuple[Entry, ...]:
    """Read all slots from one to another, both of which are at or before the newest.

    A run ends at a hole. A page of messages that ended there, and told of the newest slot as its
    head, would hide for good what is behind the hole: who shows it goes on after the head.

    Raises:
        Busy: again and again a slot was not to be seen.
    """
    if last_seq < first_seq:
        return ()
    count = last_seq - first_seq + 1
    for _ in range(LOOKS):
        run = app.log.read_run(room_id, first_seq, max_entries=count, max_bytes=UNCUT_BYTES)
        if len(run.entries) == count:
            return run.entries
    raise Busy


def read_onwards(
    app: App, room_id: str, from_seq: int, newest_seq: int, *, max_entries: int
) -> tuple[Entry, ...]:
    """Read the slots from one on, at or before the newest: one at least, so that a walk goes on.

    A run may end long before the newest slot, at a hole or for its size; that is no log's end.

    Raises:
        Busy: again and again the first slot was not to be seen.
    """
    count = min(max_entries, newest_seq - from_seq + 1)
    for _ in range(LOOKS):
        run = app.log.read_run(room_id, from_seq, max_entries=count)
        if run.entries:
            return run.entries
    raise Busy
