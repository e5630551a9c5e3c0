"""Say how far somebody has read; their other devices hear of it."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.errors import Invalid, NotAMember
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
    number = run.entries[0].number
    app.members.mark_read(room_id, user_id, seq, number)
    others = [c.id for c in app.connections.of_user(user_id) if c.id != connection_id]
    if others:
        unread = max(0, app.log.newest(room_id).number - number)
        app.broadcaster.post(others, encode(Read(room_id=room_id, seq=seq, unread=unread)))
