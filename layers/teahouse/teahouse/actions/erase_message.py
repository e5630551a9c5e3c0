"""Take the words of somebody who goes out of a room, whether they are still in it or not.

until a deadline:
  the newest slot, and what has become of the message       read, strongly
  it is deleted                                             -> done
  slot, standing and blank slots in one transaction         -> done
  in a room that is closed: all but the slot                -> done      its log takes no more
  taken, conflict, or outcome unknown                       -> again
"""

from __future__ import annotations

from teahouse.actions.append import Operation, next_entry
from teahouse.actions.change_message import summarize_change
from teahouse.actions.settle import settle
from teahouse.actions.tell_room import tell_room
from teahouse.app import App
from teahouse.domain.entry import Entry, MessageDeleted, RoomClosed
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

    def attempt() -> tuple[Entry, bool] | None:
        newest = app.log.newest(room_id)
        is_closed = isinstance(newest.fact, RoomClosed)
        before = app.messages.find(room_id, sent.seq) or standing_of(sent)
        if before.is_deleted:
            return newest, False
        if before.changed_seq > newest.seq:
            return None
        entry = newest if is_closed else next_entry(app, operation, newest)
        after, blank = changed(before, entry, fact), blanked(sent, before)
        if is_closed:
            app.messages.redact(room_id, before=before, after=after, blank=blank)
        else:
            app.messages.change(
                room_id, entry, before=before, after=after, blank=blank, is_recorded=False
            )
        return entry, not is_closed

    entry, is_told = settle(app, attempt)
    summarize_change(app, room_id, sent.seq, entry.number)
    if is_told:
        tell_room(app, room_id, [entry], [])
