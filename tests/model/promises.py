"""Which promises does a state of the model break?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.model.room_log import Design
from tests.model.world import (
    ACKNOWLEDGED,
    EDITED,
    JOINED,
    MEMBER,
    REMOVED,
    Log,
    Reader,
    World,
)

TWICE = "the log holds a message twice"
SHOWN_TWICE = "a reader shows a message twice"
DIVERGENT = "readers disagree on what a slot holds"
SKIPPED = "a reader has passed over a slot"
HOLE = "the log has a hole"
OUTSIDER = "somebody speaks who is no member"
LOST = "an acknowledged message is not in the log"
UNSHOWN = "an acknowledged message is never shown"
UNFOLDED = "the current item is not what the log folds to"
STUCK = "a reader never gets to the head"


def judge(design: Design) -> Callable[[World, bool], Iterator[str]]:
    """Make the judge of a design's states; the flag says that nothing can happen any more."""

    def verdicts(world: World, is_quiet: bool) -> Iterator[str]:
        yield from _of_the_log(world)
        yield from _of_the_readers(world)
        if is_quiet:
            yield from _of_the_end(world, design)

    return verdicts


def _of_the_log(world: World) -> Iterator[str]:
    if _has_doubles(world.gone + world.log, world):
        yield TWICE
    if not _is_dense(world.log):
        yield HOLE
    is_member = True
    for _, what in world.log:
        if what in (REMOVED + MEMBER, JOINED + MEMBER):
            is_member = what == JOINED + MEMBER
        elif what == MEMBER and not is_member:
            yield OUTSIDER
    slots = dict(world.log)
    if any(slots.get(slot) != number for number, slot in _owed(world)):
        yield LOST


def _of_the_readers(world: World) -> Iterator[str]:
    for reader in world.readers:
        if not _is_dense(reader.shown):
            yield SKIPPED
        if _has_doubles(reader.shown, world):
            yield SHOWN_TWICE
    current = [dict(r.shown) for r in world.readers if r.generation == world.generation]
    if any(
        theirs.get(seq, what) != what
        for shown in current
        for seq, what in shown.items()
        for theirs in (*current, dict(world.log))
    ):
        yield DIVERGENT


def _of_the_end(world: World, design: Design) -> Iterator[str]:
    edits = sum(what == EDITED for _, what in world.log)
    if world.first == 1 and world.version != edits:
        yield UNFOLDED
    for reader in world.readers:
        last = _caught_up(world, reader, design)
        if last.cursor != max(dict(world.log), default=0):
            yield STUCK
        if any(dict(last.shown).get(slot) != number for number, slot in _owed(world)):
            yield UNSHOWN


def _caught_up(world: World, reader: Reader, design: Design) -> Reader:
    for _ in range(3):
        reader = design.read(world, reader, dict(world.log))
    return reader


def _owed(world: World) -> list[tuple[int, int]]:
    """List what was acknowledged in this epoch and whose retention has not ended."""
    return [
        (number, client.slot)
        for number, client in enumerate(world.clients)
        if client.state == ACKNOWLEDGED
        and client.generation == world.generation
        and client.slot >= world.first
    ]


def _has_doubles(log: Log, world: World) -> bool:
    liars = {number for number, client in enumerate(world.clients) if client.has_lied}
    said = [what for _, what in log if 0 <= what < REMOVED and what not in liars]
    return len(said) != len(set(said))


def _is_dense(log: Log) -> bool:
    return all(log[n + 1][0] == log[n][0] + 1 for n in range(len(log) - 1))
