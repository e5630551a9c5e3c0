"""How does something get into a room's log? A compare-and-swap on the next slot.

    until a deadline:
      run = the contiguous run of the log from the position on         read, strongly
      row = the author's member row                                    read, strongly, after the run
      the author's own operation is in the run    -> answer it         already said
      no row                                      -> NotAMember        an outsider learns nothing
      the position's slot is not there, is of another epoch,
      or is too far behind                        -> StalePosition
      the run knows something newer of the row    -> again
      the author is muted, or the room closed     -> refused
      put the next slot if it is empty,
      and what changes with it                    -> done
      taken, and the store tells by what          -> the run has grown by it; put the slot after it,
                                                     where many write behind all that followed
      taken, conflict, or outcome unknown         -> again

Whatever changes a member row takes its slot in the same transaction, so a put after it cannot
succeed on an older look: authorization, idempotency and order are one atomic step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from teahouse.actions.settle import settle
from teahouse.app import App
from teahouse.domain import errors
from teahouse.domain.entry import Entry, Fact, MessageSent, Position, RoomClosed, body_hash
from teahouse.domain.errors import Conflict, NotAMember, StalePosition
from teahouse.domain.member import Member, row_is_outdated
from teahouse.domain.pushing import BUSY_MS, goes_on_from
from teahouse.domain.values import dataclass
from teahouse.ports import SlotTaken

MAX_CHASE = 32  # slots that are lost one after the other, until there is a look at the time
PATIENT_SLOTS = 10  # who has lost fewer lets those go first who have waited longer
PATIENCE_S = 0.001
CROWD_SLOTS = 3  # who loses so many in a row writes in a crowd
SPREAD_S = 0.020  # over which those begin who write in a crowd
MAX_RUN_ENTRIES = 500
MAX_RUN_BYTES = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An entry that is in the log. `author` is None if the author has left since.

    `before` are the entries that its writer has promised to push with it.
    """

    entry: Entry
    epoch: str
    author: Member | None
    duplicate: bool = False
    before: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an attempt has seen: the end of the log, and after it the author's row."""

    room_id: str
    author: Member
    run: tuple[Entry, ...]


def put_alone(app: App, look: Look, entry: Entry) -> Entry:
    """Write an entry that nothing else changes with."""
    app.log.put(look.room_id, entry)
    return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What an author wants in the log; `fact` makes it, given the newest message number.

    `write` puts the entry into its slot, with whatever changes in the same step, and gives the
    entry that answers: another one where nothing would change. It may refuse.
    """

    room_id: str
    author_id: str
    id: str
    fact: Callable[[int], Fact]
    write: Callable[[App, Look, Entry], Entry] = put_alone
    may_wait: bool = False  # to be pushed together with what is being written at the moment


def append(app: App, operation: Operation, position: Position) -> Accepted:
    """Put an operation into the room's log, once whatever is retried.

    Two reads and one write where nobody else writes at the same moment.

    Raises:
        NotAMember: the author is not in the room.
        StalePosition: the position is not proven by the log, or too far behind.
        Muted: the author may not write for now.
        RoomClosed: the log has ended.
        Conflict: the operation id stands for another body already.
        Busy: too much contention; the outcome is unknown.
        ChatError: whatever `operation.write` refuses.
    """
    return settle(app, lambda: _attempt(app, operation, position))


def already_said(entries: tuple[Entry, ...], operation: Operation) -> Entry | None:
    """Find the author's own operation in a run.

    Raises:
        Conflict: it is there with another body.
    """
    for entry in entries:
        if (entry.by, entry.operation_id) == (operation.author_id, operation.id):
            if entry.body_hash != body_hash(operation.fact(0)):
                raise Conflict("This id was used for something else.")
            return entry
    return None


def landed(app: App, room_id: str, tried: Iterable[Entry | None]) -> Entry | None:
    """Find which of the slots that were tried is in the log."""
    for entry in tried:
        if entry is not None:
            run = app.log.read_run(room_id, entry.seq, max_entries=1)
            if run.entries and run.entries[0].operation_id == entry.operation_id:
                return run.entries[0]
    return None


def message_slot(app: App, look: Look, seq: int) -> Entry | None:
    """Find the slot in which a message was said: in what was read, or by one more read."""
    seen = [entry for entry in look.run if entry.seq == seq]
    entries = seen or app.log.read_run(look.room_id, seq, max_entries=1).entries
    return entries[0] if entries and isinstance(entries[0].fact, MessageSent) else None


def entry_by(app: App, operation: Operation, author: Member, last: Entry) -> Entry:
    """Make the entry behind `last` of a member, who must have a voice there.

    Raises:
        Muted: the author may not write for now.
        RoomClosed: the log has ended.
    """
    author.require_voice(operation.fact(last.number), app.clock.now_ms())
    return next_entry(app, operation, last)


def next_entry(app: App, operation: Operation, last: Entry) -> Entry:
    """Make the entry that follows `last`.

    Raises:
        RoomClosed: the log has ended.
    """
    if isinstance(last.fact, RoomClosed):
        raise errors.RoomClosed
    fact = operation.fact(last.number)
    return Entry(
        seq=last.seq + 1,
        by=operation.author_id,
        at=app.clock.now_ms(),
        fact=fact,
        operation_id=operation.id,
        body_hash=body_hash(fact),
        number=getattr(fact, "number", last.number),
        room_key=last.room_key,
    )


def _attempt(app: App, operation: Operation, position: Position) -> Accepted | None:
    """Try once; None asks for another look."""
    if operation.may_wait and is_crowded(app, operation.room_id):
        app.clock.sleep(app.ids.random() * SPREAD_S)
    run = app.log.read_run(
        operation.room_id,
        position.seq,
        max_entries=MAX_RUN_ENTRIES,
        max_bytes=MAX_RUN_BYTES,
    )
    author = app.members.find(operation.room_id, operation.author_id)
    said = already_said(run.entries, operation)
    if said is not None:
        return _accepted(app, said, author, run.entries, duplicate=True)
    if author is None:
        raise NotAMember
    if not run.entries or run.is_cut or app.epoch(run.entries[0].room_key) != position.epoch:
        raise StalePosition
    return _chase(app, operation, author, run.entries)


def _chase(
    app: App, operation: Operation, author: Member, run: tuple[Entry, ...]
) -> Accepted | None:
    """Put the slot after the run; where another has it, go on behind that one, unread.

    The store tells what stands in a slot that was lost, so run and row need no other look: a slot
    that decides nothing about the author has left the row as it was. Where many write, more has
    been written by the time of the next attempt: what followed is read, and not put against.
    """
    is_crowd = is_crowded(app, operation.room_id)
    for lost in range(MAX_CHASE):
        if row_is_outdated(run, author.user.id, author.decided_seq):
            return None
        entry = entry_by(app, operation, author, run[-1])
        if operation.may_wait:
            is_contended, push_ms = is_crowd or lost > 0, app.push_ms.get(operation.room_id, 0)
            first = goes_on_from(
                run, entry.by, entry.at, is_contended=is_contended, push_ms=push_ms
            )
            entry = replace(entry, together_from=first)
        look = Look(room_id=operation.room_id, author=author, run=run)
        try:
            written = operation.write(app, look, entry)
        except SlotTaken as taken:
            other = taken.entry
            if other is None:
                raise
            if lost + 1 >= CROWD_SLOTS:
                app.crowded_at[operation.room_id] = app.clock.now_ms()
            app.clock.sleep(app.ids.random() * max(0, PATIENT_SLOTS - lost) * PATIENCE_S)
            followed = _followed(app, operation.room_id, other) if is_crowd or lost else ()
            lately = (other, *followed)
            if len(run) + len(lately) > MAX_RUN_ENTRIES:
                raise
            run = (*run, *lately)
            said = already_said(lately, operation)
            if said is None:
                continue
            return _accepted(app, said, author, run, duplicate=True)
        return _accepted(app, written, author, run, duplicate=written.seq != entry.seq)
    return None


def is_crowded(app: App, room_id: str) -> bool:
    """Tell whether somebody lost slot after slot of the room in this process within a second."""
    crowded_at = app.crowded_at.get(room_id)
    return crowded_at is not None and abs(app.clock.now_ms() - crowded_at) <= BUSY_MS


def _followed(app: App, room_id: str, entry: Entry) -> tuple[Entry, ...]:
    """Read what stands behind an entry: one read instead of many slots that are lost."""
    return app.log.read_run(room_id, entry.seq + 1, max_entries=MAX_CHASE).entries


def _accepted(
    app: App, entry: Entry, author: Member | None, run: tuple[Entry, ...], *, duplicate: bool
) -> Accepted:
    first = entry.seq if entry.together_from is None else entry.together_from
    return Accepted(
        entry=entry,
        epoch=app.epoch(entry.room_key),
        author=author,
        duplicate=duplicate,
        before=tuple(x for x in run if first <= x.seq < entry.seq),
    )
