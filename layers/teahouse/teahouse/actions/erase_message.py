"""Take the words of somebody who goes out of a room, whether they are still in it or not.

until a deadline:
  the newest slot, and what has become of the message       read, strongly
  it is deleted                                             -> done      perhaps by us
  slot, standing and blank slots in one transaction         -> done
  in a room that is closed: all but the slot                -> done      its log takes no more
  taken, conflict, or outcome unknown                       -> again
"""

from __future__ import annotations

from teahouse.actions.acknowledge import best_effort
from teahouse.actions.append import Operation, landed, next_entry
from teahouse.actions.attachments import remove_uploads
from teahouse.actions.change_message import summarize_change
from teahouse.actions.settle import settle
from teahouse.actions.tell_room import tell_room
from teahouse.app import App
from teahouse.domain.entry import Entry, MessageDeleted, MessageSent, RoomClosed
from teahouse.domain.message import blanked, changed, standing_of


def erase_message(app: App, room_id: str, sent: Entry) -> None:
    """Delete a message in the name of who said it. In a room that is closed nobody is told.

    Raises:
        Busy: too much contention; the same again goes on.
    """
    fact = MessageDeleted(target=sent.seq)
    operation = Operation(
        room_id=room_id, author_id=sent.by, id=app.ids.new_code(), fact=lambda _: fact
    )
    tried: list[Entry] = []

    def attempt() -> tuple[int, Entry | None] | None:
        newest = app.log.newest(room_id)
        before = app.messages.find(room_id, sent.seq) or standing_of(sent)
        if before.is_deleted:
            return newest.number, landed(app, room_id, tried)
        if before.changed_seq > newest.seq:
            return None
        blank = blanked(sent, before)
        if isinstance(newest.fact, RoomClosed):
            after = changed(before, newest, fact)
            app.messages.redact(room_id, before=before, after=after, blank=blank)
            return newest.number, None
        entry = next_entry(app, operation, newest)
        tried.append(entry)
        after = changed(before, entry, fact)
        app.messages.change(
            room_id, entry, before=before, after=after, blank=blank, is_recorded=False
        )
        return entry.number, entry

    number, entry = settle(app, attempt)
    best_effort(lambda: summarize_change(app, room_id, sent.seq, number))
    if entry is not None:
        best_effort(lambda: tell_room(app, room_id, [entry], []))
    if isinstance(sent.fact, MessageSent):
        uploads = [attachment.id for attachment in sent.fact.attachments]
        best_effort(lambda: remove_uploads(app, uploads))
