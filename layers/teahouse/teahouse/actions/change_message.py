"""How is something changed that was said? Its slot and what has become of the message, in one step.

`append` looks at the log and at the author's row; then, behind both:

    what has become of the message            read, strongly
    it knows more than the run that was read  -> again       one's own change may be among it
    the author may not, or it cannot be       -> refused
    nothing would change                      -> the entry that made it so
    slot, standing, and what goes with them in one transaction,
    if the slot is empty and the standing as it was read    -> done
    it is not; conflict, or outcome unknown                 -> again
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial

from teahouse.actions.acknowledge import acknowledge, best_effort
from teahouse.actions.append import (
    Accepted,
    Look,
    Operation,
    already_said,
    append,
    entry_by,
    message_slot,
)
from teahouse.actions.attachments import remove_uploads
from teahouse.actions.require_member import require_member
from teahouse.actions.settle import settle
from teahouse.actions.tell_concerned import keep_for_concerned, push_to_concerned
from teahouse.actions.tell_room import tell_room
from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.connection import Attendance
from teahouse.domain.entry import (
    ChangingFact,
    Entry,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    Position,
    ReactionAdded,
    ReactionRemoved,
)
from teahouse.domain.errors import NotAMember, NotFound
from teahouse.domain.member import Member, row_is_outdated
from teahouse.domain.message import PICTURE_SIGN, Standing, blanked, changed, standing_of
from teahouse.domain.room import Summary, shorten
from teahouse.domain.values import dataclass
from teahouse.ports import SlotTaken
from teahouse.protocol.codec import wire_event
from teahouse.protocol.frames import Done

# Refuses, or gives the seq of the entry that made it so already, or None where it is to be done.
Decide = Callable[[App, Member, Standing], int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody wants of a message, and how it is known again."""

    room_id: str
    author_id: str
    fact: ChangingFact
    decide: Decide
    operation_id: str | None = None
    position: Position | None = None
    left_behind: list[str] = field(default_factory=list)  # the uploads of a deleted message


def change_message(
    app: App, change: Change, *, connection_id: str | None = None, re: str | None = None
) -> Accepted:
    """Change a message, answer `done`, and tell everyone who hears the room.

    With an operation id the same again gives the first entry, and tells the room again.

    Raises:
        NotAMember, StalePosition, Muted, Conflict, Busy: as `append`.
        NotFound: there is no such message.
        ChatError: whatever `change.decide` refuses.
    """
    accepted = _accepted(app, change)
    done = Done(
        room_id=change.room_id,
        epoch=accepted.epoch,
        seq=accepted.entry.seq,
        event=wire_event(accepted.entry),
    )
    told = keep_for_concerned(app, change.room_id, accepted)
    attendance = acknowledge(app, change.room_id, done, connection_id=connection_id, re=re)
    together(
        lambda: best_effort(lambda: _tell(app, change, accepted, connection_id, attendance)),
        lambda: best_effort(lambda: _summarize(app, change, accepted)),
    )
    push_to_concerned(app, told)
    best_effort(lambda: remove_uploads(app, change.left_behind))
    return accepted


def _accepted(app: App, change: Change) -> Accepted:
    is_recorded = change.position is None and change.operation_id is not None
    operation = Operation(
        room_id=change.room_id,
        author_id=change.author_id,
        id=change.operation_id or app.ids.new_code(),
        fact=lambda _: change.fact,
        write=partial(_write, change, is_recorded),
    )
    if is_recorded:
        return settle(app, lambda: _attempt_without_position(app, operation))
    return append(app, operation, change.position or _newest_position(app, change.room_id))


def _attempt_without_position(app: App, operation: Operation) -> Accepted | None:
    """Try once behind the newest slot; the record of the operation stands for the position."""
    newest = _newest(app, operation.room_id)
    author = require_member(app, operation.room_id, operation.author_id)
    epoch = app.epoch(newest.room_key)
    known_seq = app.messages.find_operation(operation.room_id, author.user.id, operation.id)
    if known_seq is not None:
        run = app.log.read_run(operation.room_id, known_seq, max_entries=1)
        said = already_said(run.entries, operation)
        if said is None:
            return None
        return Accepted(entry=said, epoch=epoch, author=author, duplicate=True)
    if row_is_outdated((newest,), author.user.id, author.decided_seq):
        return None
    entry = entry_by(app, operation, author, newest)
    look = Look(room_id=operation.room_id, author=author, run=(newest,))
    written = operation.write(app, look, entry)
    return Accepted(entry=written, epoch=epoch, author=author, duplicate=written is not entry)


def _newest_position(app: App, room_id: str) -> Position:
    """Begin at the newest slot: what is tried again is found behind it."""
    newest = settle(app, lambda: _newest(app, room_id))
    return Position(epoch=app.epoch(newest.room_key), seq=newest.seq)


def _newest(app: App, room_id: str) -> Entry:
    try:
        return app.log.newest(room_id)
    except NotFound as error:  # a stranger cannot tell such a room from one that is there
        raise NotAMember from error


def _write(change: Change, is_recorded: bool, app: App, look: Look, entry: Entry) -> Entry:
    """Write the entry and all that changes with it; give the one that answers."""
    target = change.fact.target
    sent: Entry | None = None
    before = app.messages.find(look.room_id, target)
    if before is None:
        sent = _sent(app, look, target)
        before = standing_of(sent)
    if before.changed_seq > look.run[-1].seq:
        raise SlotTaken
    existing_seq = change.decide(app, look.author, before)
    if existing_seq is not None:
        return app.log.read_run(look.room_id, existing_seq, max_entries=1).entries[0]
    blank: Mapping[int, MessageSent | MessageEdited] = {}
    if isinstance(change.fact, MessageDeleted):
        sent = sent or _sent(app, look, target)
        blank = blanked(sent, before)
        change.left_behind[:] = [a.id for a in getattr(sent.fact, "attachments", ())]
    app.messages.change(
        look.room_id,
        entry,
        before=before,
        after=changed(before, entry, change.fact),
        blank=blank,
        is_recorded=is_recorded,
    )
    return entry


def _sent(app: App, look: Look, seq: int) -> Entry:
    entry = message_slot(app, look, seq)
    if entry is None:
        raise NotFound("There is no such message.")
    return entry


def _tell(
    app: App,
    change: Change,
    accepted: Accepted,
    skip_connection: str | None,
    attendance: Attendance | None,
) -> None:
    """Push one's own entry, an earlier one too: its handler may have died before it did.

    An entry of somebody else that made it so has been pushed by whoever wrote it.
    """
    entry, author = accepted.entry, accepted.author
    if author is None or author.user.id != entry.by:
        return
    users = [author.user]
    tell_room(app, change.room_id, [entry], users, skip_connection, attendance=attendance)


def _summarize(app: App, change: Change, accepted: Accepted) -> None:
    if not isinstance(change.fact, ReactionAdded | ReactionRemoved):
        summarize_change(app, change.room_id, change.fact.target, accepted.entry.number)


def summarize_change(app: App, room_id: str, seq: int, number: int) -> None:
    """Let the room's summary follow a change, if it shows this message or an older one.

    Never put off: what was deleted must not stay in a list.
    """
    standing = app.messages.find(room_id, seq)
    if standing is None or standing.text is None:
        return
    app.rooms.summarize(
        Summary(
            room_id=room_id,
            seq=standing.seq,
            number=number,
            at=standing.sent_at,
            by=standing.by,
            text=shorten(standing.text) or ("" if standing.is_deleted else PICTURE_SIGN),
            changed_seq=standing.changed_seq,
        )
    )
