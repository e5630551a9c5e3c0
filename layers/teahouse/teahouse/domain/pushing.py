"""Which entries travel together? Those of a busy room that are written within a moment.

An entry's writer pushes it. Where others write at the same moment, a writer says in its slot from
which entry on it will push (`together_from`), and looks once more before it does: if the next slot
goes on from the same entry, that slot's writer has all of this one's to push, and has promised it
in the very write that took the slot. So an entry is left to another only when the log holds the
other's promise; whatever dies, the promise stands, and what was not pushed is healed by the log.

    quiet room   [5] pushed at once: its slot promises nothing, and nobody looks
    busy room    [6 from 6] [7 from 6] [8 from 6]     8's writer pushes 6, 7 and 8 as one frame
                 [9 from 9] ...                       too old or too many: a new one begins
"""

from __future__ import annotations

from collections.abc import Sequence

from teahouse.domain.entry import Entry, MessageSent

MAX_TOGETHER = 32
MIN_TOGETHER_MS = 100  # from the first to the last; a client asks for what is missing after 150
MAX_TOGETHER_MS = 300  # where a push takes longer than that, what comes next is late anyway
BUSY_MS = 1_000  # somebody else wrote so lately, and the author has not seen it yet
MIN_WAIT_MS = 10  # a post to everybody costs more than to wait so long


def together_ms(push_ms: int) -> int:
    """Say for how long entries are gathered, where a push to the room lately took so long.

    Twice as long: pushes that follow one another sooner take each other's processor, and who writes
    meanwhile comes too late to go on, pushes alone, and makes the next come later still.
    """
    return min(max(MIN_TOGETHER_MS, 2 * push_ms), MAX_TOGETHER_MS)


def goes_on_from(
    run: Sequence[Entry], author_id: str, at: int, *, is_contended: bool, push_ms: int
) -> int | None:
    """Say from which entry on the writer of the slot after `run` pushes; None: its own, at once.

    `run` begins with the position, which the author has seen. `is_contended` says that
    slots of this room are being lost, `push_ms` how long a push to it lately took. Clocks and
    processes that differ make fewer travel together, and nothing else.
    """
    last = run[-1]
    if len(run) == 1:
        return last.seq + 1 if is_contended and last.by != author_id else None
    if last.by == author_id:
        return None
    if not is_contended and abs(at - last.at) > BUSY_MS:
        return None
    first = last.together_from
    if first is None or not isinstance(last.fact, MessageSent):
        return last.seq + 1
    begun = first - run[0].seq
    if begun < 1 or last.seq + 1 - first >= MAX_TOGETHER:
        return last.seq + 1
    is_fresh = abs(at - run[begun].at) <= together_ms(push_ms)
    return first if is_fresh else last.seq + 1


def wait_ms(push_ms: int, waited_ms: int, age_ms: int) -> int:
    """Say how long to wait before the next look for somebody who goes on; 0: push now.

    Half of what a push to the room lately took is worth it, in steps that double, as long as
    others may still go on from an entry of this age.
    """
    if not waited_ms:
        return MIN_WAIT_MS
    gathering_ms = together_ms(push_ms)
    worth_ms = min(push_ms // 2, gathering_ms)  # whatever clocks make of the age
    return max(0, min(waited_ms, worth_ms - waited_ms, gathering_ms - age_ms))


def is_left_to(entry: Entry, following: Sequence[Entry]) -> bool:
    """Tell whether the writer of the next slot has promised to push all that `entry`'s has."""
    return entry.together_from is not None and any(
        x.seq == entry.seq + 1 and x.together_from == entry.together_from for x in following
    )
