"""What happened in a room? One page of its log."""

from __future__ import annotations

from teahouse.actions.read_stretch import read_stretch
from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.entry import Entry
from teahouse.domain.errors import Invalid
from teahouse.protocol.codec import chunks, wire_event
from teahouse.protocol.pages import EventsPage
from teahouse.protocol.views import wire_users

MAX_ENTRIES = 200
MAX_BYTES = 1_048_576


def read_events(
    app: App,
    *,
    user_id: str,
    room_id: str,
    after: int | None = None,
    before: int | None = None,
    limit: int = MAX_ENTRIES,
) -> EventsPage:
    """Show entries after a slot, or those just before one; without either, the newest.

    Ascending and contiguous, at most `limit` and 1 MiB. `head` is the newest slot, from the log.

    Raises:
        NotAMember: not in the room.
        Invalid: both `after` and `before`.
        Busy: as `read_stretch`.
    """
    require_member(app, room_id, user_id)
    if after is not None and before is not None:
        raise Invalid(fields={"before": "not together with `after`"})
    room = app.rooms.get(room_id)
    newest = app.log.newest(room_id)
    if after is not None:
        entries = _forwards(app, room_id, max(after + 1, room.first_seq), limit)
    else:
        last_seq = newest.seq if before is None else min(before - 1, newest.seq)
        first_seq = max(room.first_seq, last_seq - limit + 1)
        entries = _up_to(app, room_id, first_seq, last_seq)
    mentioned: set[str] = set().union(*(entry.user_ids for entry in entries))
    return EventsPage(
        epoch=app.epoch(newest.room_key),
        first_seq=room.first_seq,
        head=max([newest.seq, *(entry.seq for entry in entries)]),
        events=[wire_event(entry) for entry in entries],
        users=wire_users(app.accounts.get_many(mentioned)),
    )


def _forwards(app: App, room_id: str, first_seq: int, limit: int) -> tuple[Entry, ...]:
    entries = app.log.read_run(room_id, first_seq, max_entries=limit, max_bytes=MAX_BYTES).entries
    return entries[: _fitting(entries)]


def _up_to(app: App, room_id: str, first_seq: int, last_seq: int) -> tuple[Entry, ...]:
    """Read all up to a slot that is there; what is too much goes at the beginning."""
    entries = read_stretch(app, room_id, first_seq, last_seq)
    return entries[len(entries) - _fitting(entries[::-1]) :]


def _fitting(entries: tuple[Entry, ...]) -> int:
    """Count how many of these, from the first on, a page has room for."""
    return len(next(chunks([wire_event(entry) for entry in entries], MAX_BYTES), []))
