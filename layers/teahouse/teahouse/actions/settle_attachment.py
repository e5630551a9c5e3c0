"""Tell a room what has become of a picture that one of its messages waits for.

An entry of the log like any other, so that whoever reads the log later sees what is seen now. Its
author is who said the message, and need not be a member any more: the room is told, not spoken to.
"""

from __future__ import annotations

from teahouse.actions.settle import settle
from teahouse.actions.tell_room import tell_room
from teahouse.app import App
from teahouse.domain.entry import AttachmentSettled, Entry, MessageSent, RoomClosed, body_hash
from teahouse.domain.errors import NotFound
from teahouse.domain.message import changed, standing_of
from teahouse.domain.upload import Upload
from teahouse.ports import SlotTaken


def settle_attachment(app: App, upload: Upload) -> bool:
    """Write it into the log and tell who hears the room; False if it is there, or no news any more.

    Raises:
        Busy: too much contention; the outcome is unknown.
    """
    if upload.room_id is None or upload.seq is None:
        return False
    room_id, seq = upload.room_id, upload.seq
    entries = settle(app, lambda: _attempt(app, upload, room_id, seq))
    if not entries:
        return False
    author = app.members.find(room_id, upload.owner_id)
    tell_room(app, room_id, entries, [author.user] if author else [])
    return True


def _attempt(app: App, upload: Upload, room_id: str, seq: int) -> tuple[Entry, ...]:
    """Write the entry behind the newest slot; nothing where there is nothing to tell."""
    try:
        newest = app.log.newest(room_id)
    except NotFound:
        return ()
    if isinstance(newest.fact, RoomClosed):  # nobody writes behind it
        return ()
    said = app.log.read_run(room_id, seq, max_entries=1).entries
    if not said or not isinstance(said[0].fact, MessageSent):
        return ()
    before = app.messages.find(room_id, seq) or standing_of(said[0])
    waiting = [a.id for a in said[0].fact.attachments if a.state == "waiting"]
    settled = [a.id for a in before.settled]
    if before.is_deleted or upload.id not in waiting or upload.id in settled:
        return ()
    if before.changed_seq > newest.seq:
        raise SlotTaken
    fact = AttachmentSettled(target=seq, attachment=upload.attachment)
    entry = Entry(
        seq=newest.seq + 1,
        by=upload.owner_id,
        at=app.clock.now_ms(),
        fact=fact,
        operation_id=app.ids.new_code(),
        body_hash=body_hash(fact),
        number=newest.number,
        room_key=newest.room_key,
    )
    app.messages.change(
        room_id,
        entry,
        before=before,
        after=changed(before, entry, fact),
        blank={},
        is_recorded=False,
    )
    return (entry,)
