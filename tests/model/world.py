"""What is in the model's small world? The store, clients, handlers, screens, and what may happen.

Slots hold: -1 opened, 0, 1, 2 the message of that client, 10 + c removed, 20 + c joined, 30 edited.
"""

from __future__ import annotations

from typing import NamedTuple

OPENED, REMOVED, JOINED, EDITED = -1, 10, 20, 30
MEMBER = 1  # the client that is removed and let in again

# Steps of a handler that appends; the others count theirs from 0.
QUERY, LOOK, PUT, ANSWER = 0, 1, 2, 3

SENDING, ACKNOWLEDGED, UNKNOWN = 0, 1, 2

Log = tuple[tuple[int, int], ...]


class Handler(NamedTuple):
    """One invocation: an append of `who`, or 10 removal, 20 admission, 30 edit, 40 sweeping."""

    who: int
    step: int
    position: int
    generation: int  # of the position
    last: int = 0  # the end of the run, or the newest slot
    decided: int = 0  # the newest slot of the run that is about the author
    row: int = -1  # what was read of the author's row, or the item's version


class Client(NamedTuple):
    """Somebody with one message; `slot` is where it was acknowledged, in which generation."""

    state: int
    attempts: int
    position: int
    generation: int
    slot: int = 0
    has_lied: bool = False  # named a position never seen; may then double its own message


class Reader(NamedTuple):
    """A screen: everything up to `cursor` is shown."""

    generation: int
    cursor: int
    shown: Log
    polls: int


class Budget(NamedTuple):
    """What may still happen."""

    crashes: int = 0
    forgeries: int = 0
    removals: int = 0
    admissions: int = 0
    edits: int = 0
    trims: int = 0
    restores: int = 0
    torn: int = 1  # 0: no Query is torn


class World(NamedTuple):
    """The store, and everybody at work."""

    log: Log
    gone: Log  # what retention has deleted
    first: int
    generation: int
    row: int  # the slot that decided the row of MEMBER; 0 is no row
    version: int  # of the item that is edited
    copy: tuple[Log, int, int, int] | None
    budget: Budget
    clients: tuple[Client, ...]
    handlers: tuple[Handler, ...]
    readers: tuple[Reader, ...]


def run_from(slots: dict[int, int], start: int) -> Log:
    """Take the contiguous run from `start` on."""
    run: list[tuple[int, int]] = []
    while start in slots:
        run.append((start, slots[start]))
        start += 1
    return tuple(run)


def newest(slots: dict[int, int]) -> int:
    """Give the highest slot there is."""
    return max(slots, default=0)


def with_slot(world: World, seq: int, what: int) -> World:
    """Write a slot."""
    return world._replace(log=tuple(sorted((*world.log, (seq, what)))))


def with_client(world: World, number: int, client: Client) -> World:
    """Put a client in its place."""
    clients = (*world.clients[:number], client, *world.clients[number + 1 :])
    return world._replace(clients=clients)


def with_handler(world: World, rest: tuple[Handler, ...], handler: Handler) -> World:
    """Let a handler run beside the rest; their order says nothing."""
    return world._replace(handlers=tuple(sorted((*rest, handler))))


def with_handlers(world: World, rest: tuple[Handler, ...]) -> World:
    """Leave only these handlers."""
    return world._replace(handlers=rest)
