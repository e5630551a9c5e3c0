"""Say something in a room: append, acknowledge, tell the others, note it for the lists."""

from __future__ import annotations

from functools import partial

from msgspec import UNSET

from teahouse.actions.acknowledge import acknowledge, acknowledge_alone, best_effort
from teahouse.actions.append import (
    Accepted,
    Look,
    Operation,
    already_said,
    append,
    entry_by,
    message_slot,
    put_alone,
)
from teahouse.actions.attachments import check_attachments, with_uploads
from teahouse.actions.require_member import require_member
from teahouse.actions.settle import settle
from teahouse.actions.tell_concerned import keep_for_concerned, push_to_concerned
from teahouse.actions.tell_room import tell_room, who_hears
from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.connection import Attendance
from teahouse.domain.entry import Attachment, Entry, Fact, MessageSent, Position
from teahouse.domain.errors import ChatError, Invalid
from teahouse.domain.member import row_is_outdated
from teahouse.domain.message import clean_text, summary_of_message
from teahouse.domain.pushing import is_left_to, wait_ms
from teahouse.domain.room import Summary
from teahouse.protocol.codec import wire_event
from teahouse.protocol.frames import Sent

SUMMARY_EVERY_MS = 1_000


def send_message(
    app: App,
    *,
    sender_id: str,
    room_id: str,
    client_message_id: str,
    position: Position,
    text: str,
    reply_to: int | None = None,
    attachments: tuple[str, ...] = (),
    connection_id: str | None = None,
    re: str | None = None,
) -> Accepted:
    """Put a message into the room's log and tell everyone who hears the room.

    Sending again with the same `client_message_id` gives the first message, and tells the room
    again: the first handler may have died in between. With a `connection_id`, that connection
    gets the acknowledgement (answering the frame `re`) before anybody else hears, and no echo.
    In a busy room the push may be left to whoever wrote the next slot (`domain/pushing.py`).

    Raises:
        NotAMember, StalePosition, Muted, Conflict, Busy: as `append`.
        Invalid, TooLarge: the text is empty, or over its limits; it replies to no message; an
            attachment is not theirs, was refused, or stands elsewhere.
    """
    operation = _operation(room_id, sender_id, client_message_id, text, reply_to, attachments)
    accepted = append(app, operation, position)
    sent = Sent(
        room_id=room_id,
        client_message_id=client_message_id,
        epoch=accepted.epoch,
        seq=accepted.entry.seq,
        event=wire_event(accepted.entry),
        duplicate=True if accepted.duplicate else UNSET,
    )
    told = keep_for_concerned(app, room_id, accepted)
    if accepted.entry.together_from is None:
        attendance = acknowledge(app, room_id, sent, connection_id=connection_id, re=re)
        _follow_up(app, room_id, accepted, connection_id, attendance)
    else:
        acknowledge_alone(app, sent, connection_id=connection_id, re=re)
        is_pushed = accepted.duplicate or not _is_left_to_another(app, room_id, accepted)
        _follow_up(app, room_id, accepted, connection_id, is_pushed=is_pushed)
    push_to_concerned(app, told)
    return accepted


def send_without_position(
    app: App,
    *,
    sender_id: str,
    room_id: str,
    operation_id: str,
    text: str,
    reply_to: int | None = None,
    attachments: tuple[str, ...] = (),
) -> Accepted:
    """Put a message into the log for a caller that follows no log.

    The newest slot is the position; the record of (author, operation id) goes with the slot in
    one transaction, so a retry finds the first message however far the room has moved on.

    Raises:
        NotAMember, Conflict, Busy, Invalid, TooLarge: as `send_message`.
    """
    operation = _operation(room_id, sender_id, operation_id, text, reply_to, attachments)
    accepted = settle(app, lambda: _attempt_without_position(app, operation, reply_to))
    told = keep_for_concerned(app, room_id, accepted)
    _follow_up(app, room_id, accepted, is_followed=False)
    push_to_concerned(app, told)
    # What one says is read. A socket client says so itself; this caller follows nothing.
    entry = accepted.entry
    best_effort(lambda: app.members.mark_read(room_id, sender_id, entry.seq, entry.number))
    return accepted


def _attempt_without_position(
    app: App, operation: Operation, reply_to: int | None
) -> Accepted | None:
    newest = app.log.newest(operation.room_id)
    author = require_member(app, operation.room_id, operation.author_id)
    if row_is_outdated((newest,), author.user.id, author.decided_seq):
        return None
    look = Look(room_id=operation.room_id, author=author, run=(newest,))
    try:
        _check_reply(app, look, reply_to)
        entry, uploads = with_uploads(app, entry_by(app, operation, author, newest))
    except ChatError:  # what was said before is answered, whatever has happened since
        earlier_seq = app.messages.find_operation(operation.room_id, author.user.id, operation.id)
        if earlier_seq is None:
            raise
    else:
        earlier_seq = app.log.put_once(operation.room_id, entry, uploads)
        if earlier_seq is None:
            return Accepted(entry=entry, epoch=app.epoch(entry.room_key), author=author)
    run = app.log.read_run(operation.room_id, earlier_seq, max_entries=1)
    said = already_said(run.entries, operation)
    if said is None:
        return None
    return Accepted(entry=said, epoch=app.epoch(said.room_key), author=author, duplicate=True)


def _operation(
    room_id: str,
    author_id: str,
    operation_id: str,
    text: str,
    reply_to: int | None,
    attachments: tuple[str, ...],
) -> Operation:
    check_attachments(attachments)
    cleaned = clean_text(text, may_be_empty=bool(attachments))
    named = tuple(Attachment(id=upload_id) for upload_id in attachments)

    def fact(newest_number: int) -> Fact:
        return MessageSent(
            text=cleaned,
            client_message_id=operation_id,
            number=newest_number + 1,
            reply_to=reply_to,
            attachments=named,
        )

    def write(app: App, look: Look, entry: Entry) -> Entry:
        _check_reply(app, look, reply_to)
        if not attachments:
            return put_alone(app, look, entry)
        entry, uploads = with_uploads(app, entry)
        app.log.put(look.room_id, entry, uploads)
        return entry

    return Operation(
        room_id=room_id,
        author_id=author_id,
        id=operation_id,
        fact=fact,
        write=write,
        may_wait=True,
    )


def _check_reply(app: App, look: Look, reply_to: int | None) -> None:
    if reply_to is not None and message_slot(app, look, reply_to) is None:
        raise Invalid(fields={"replyTo": "there is no such message in this room"})


def _follow_up(
    app: App,
    room_id: str,
    accepted: Accepted,
    skip_connection: str | None = None,
    attendance: Attendance | None = None,
    *,
    is_pushed: bool = True,
    is_followed: bool = True,
) -> None:
    """Tell the room, and meanwhile raise its summary if that is due."""

    def tell() -> None:
        began = app.clock.now_ms()
        if accepted.before:
            _tell_together(app, room_id, accepted)
        else:
            users = [accepted.author.user] if accepted.author else []
            tell_room(app, room_id, [accepted.entry], users, skip_connection, attendance=attendance)
        app.push_ms[room_id] = app.clock.now_ms() - began

    steps = [tell] if is_pushed else []
    summary = _summary_due(app, room_id, accepted, is_followed=is_followed)
    if summary is not None:
        steps.append(lambda: app.rooms.summarize(summary))
    at_once = [partial(best_effort, step) for step in steps]
    if len(at_once) == 2:
        together(*at_once)
    elif at_once:
        at_once[0]()


def _is_left_to_another(app: App, room_id: str, accepted: Accepted) -> bool:
    """Wait for the next slot's writer, and look whether they push this entry too.

    A look that fails sees nobody.
    """
    entry = accepted.entry
    first = accepted.before[0] if accepted.before else entry
    push_ms, waited_ms = app.push_ms.get(room_id, 0), 0
    while pause_ms := wait_ms(push_ms, waited_ms, app.clock.now_ms() - first.at):
        app.clock.sleep(pause_ms / 1000)
        waited_ms += pause_ms
        run = best_effort(lambda: app.log.read_run(room_id, entry.seq + 1, max_entries=1))
        if run is None or run.entries:
            return run is not None and is_left_to(entry, run.entries)
    return False


def _tell_together(app: App, room_id: str, accepted: Accepted) -> None:
    """Push what was promised: to the author's connection too, which has only its own entry."""
    authors = {entry.by for entry in accepted.before} - {accepted.entry.by}
    attendance, others = together(
        lambda: who_hears(app, room_id), lambda: app.accounts.get_many(authors)
    )
    users = [*others.values(), *([accepted.author.user] if accepted.author else [])]
    entries = [*accepted.before, accepted.entry]
    tell_room(app, room_id, entries, users, attendance=attendance)


def _summary_due(
    app: App, room_id: str, accepted: Accepted, *, is_followed: bool
) -> Summary | None:
    """Make the room's summary, at most once a second for each room in this process.

    What is spared is made good when its author's client marks it as read (`mark_read`); for an
    author who follows no log, nothing is.
    """
    now = app.clock.now_ms()
    if is_followed and now - app.summarized_at.get(room_id, 0) < SUMMARY_EVERY_MS:
        return None
    summary = summary_of_message(room_id, accepted.entry) if accepted.author else None
    if summary is not None:
        app.summarized_at[room_id] = now
    return summary
