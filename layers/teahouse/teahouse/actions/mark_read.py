"""Say how far somebody has read; their other devices hear of it."""

from __future__ import annotations

from teahouse.actions.acknowledge import best_effort
from teahouse.app import App
from teahouse.domain.entry import Entry
from teahouse.domain.errors import Invalid, NotAMember
from teahouse.domain.message import summary_of_message
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import Read


def mark_read(
    app: App, *, user_id: str, room_id: str, seq: int, connection_id: str | None = None
) -> None:
    """Raise the read position to `seq`; a lower one than before changes nothing.

    Raises:
        NotAMember: not in the room.
        Invalid: the log has no such slot.
    """
    membership = app.members.membership(room_id, user_id)
    if membership is None:
        raise NotAMember
    if seq <= membership.read_seq:
        return
    run = app.log.read_run(room_id, seq, max_entries=1)
    if not run.entries:
        raise Invalid(fields={"seq": "there is no such entry"})
    entry, number = run.entries[0], run.entries[0].number
    app.members.mark_read(room_id, user_id, seq, number)
    if entry.by == user_id:
        best_effort(lambda: _let_lists_know(app, room_id, entry))
    others = [c.id for c in app.connections.of_user(user_id) if c.id != connection_id]
    if others:
        unread = max(0, app.log.newest(room_id).number - number)
        app.broadcaster.post(others, encode(Read(room_id=room_id, seq=seq, unread=unread)))


def _let_lists_know(app: App, room_id: str, entry: Entry) -> None:
    """Raise the room's summary to what the reader has said, if it knows only what was before.

    Of messages within a second of one another it may: sending spares the others' write. Whoever
    spoke last marks it as read within seconds, so that half a read by authors makes lists true.
    """
    summary = summary_of_message(room_id, entry)
    known = app.rooms.find_summary(room_id) if summary else None
    if summary is not None and (known is None or known.seq < summary.seq):
        app.rooms.summarize(summary)
