"""Give somebody what is theirs, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from teahouse.actions.list_notifications import list_notifications
from teahouse.actions.read_stretch import read_onwards
from teahouse.app import App
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.member import Membership
from teahouse.domain.session import Caller
from teahouse.protocol.answers import wire_key, wire_session
from teahouse.protocol.codec import encode, wire_event
from teahouse.protocol.views import wire_myself

# Of a page: Lambda answers with 6 MB at most, in which every quotation mark takes two bytes.
MAX_BYTES = 2 * 1_048_576
BLOCKS = 100  # of one read
RUNS = 40  # of a page: each may cost a megabyte of reading
RUN_ENTRIES = 1000
_PLACE = re.compile(r"[A-Za-z0-9_-]{1,64}\.[1-9][0-9]{0,15}")


def export_me(app: App, *, caller: Caller, cursor: str | None) -> bytes:
    """Give a page of JSON Lines; the last line is `end`, or `more` with the cursor that goes on.

    First the profile, sessions, keys, blocks and the newest notifications; then each room that the
    person is or was in, with every entry that the person wrote in it: what was said and changed,
    reactions, joining and leaving. At most `RUNS` reads of the log. Of a room that was left no more
    is told than that and its id. Reports are for administrators alone.

    Raises:
        Busy: as `read_onwards`.
        Invalid: the cursor is not one of ours.
        NotFound: the account is gone.
    """
    page = _Page()
    room_id, from_seq = _place(cursor)
    if cursor is None:
        for line in _myself(app, caller):
            page.add(line)
    user_id = caller.user_id
    memberships = {m.room_id: m for m in app.members.rooms_of(user_id)}
    for next_id in sorted({*memberships, *app.members.left_by(user_id)}):
        if next_id < room_id:
            continue
        is_begun = next_id == room_id
        if not is_begun:
            page.add(_room(app, next_id, memberships.get(next_id)))
        next_seq = _entries(app, page, user_id, next_id, from_seq if is_begun else 1)
        if next_seq is not None:
            place = encode_cursor(f"{next_id}.{next_seq}")
            page.add({"type": "more", "cursor": place})
            return page.text()
    page.add({"type": "end"})
    return page.text()


class _Page:
    """Lines, and how much they and the reading for them have come to."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._bytes = 0
        self.runs = 0

    def add(self, line: dict[str, Any]) -> None:
        self._lines.append(encode(line))
        self._bytes += len(self._lines[-1])

    @property
    def is_full(self) -> bool:
        return self._bytes >= MAX_BYTES or self.runs >= RUNS

    def text(self) -> bytes:
        return b"".join(line + b"\n" for line in self._lines)


def _place(cursor: str | None) -> tuple[str, int]:
    if cursor is None:
        return "", 1
    room_id, _, seq = decode_cursor(cursor, _PLACE).partition(".")
    return room_id, int(seq)


def _myself(app: App, caller: Caller) -> Iterator[dict[str, Any]]:
    user = app.accounts.get(caller.user_id)
    yield {"type": "user", "user": wire_myself(user), "language": user.language}
    for session in app.accounts.sessions_of(user.id):
        yield {"type": "session", "session": wire_session(session, caller.session_id)}
    for key in app.proofs.keys_of(user.id):
        yield {"type": "key", "key": wire_key(key)}
    cursor = None
    while True:
        blocks = app.safety.page_blocks(user.id, cursor, BLOCKS)
        yield from ({"type": "block", "userId": block.user_id} for block in blocks.items)
        cursor = blocks.cursor
        if cursor is None:
            break
    for notification in list_notifications(app, user.id).notifications:
        yield {"type": "notification", "notification": notification}


def _room(app: App, room_id: str, membership: Membership | None) -> dict[str, Any]:
    if membership is None:
        return {"type": "roomLeft", "roomId": room_id}
    return {
        "type": "room",
        "roomId": room_id,
        "name": app.rooms.get(room_id).name,
        "role": membership.role,
        "joinedAt": membership.joined_at,
        "readSeq": membership.read_seq,
    }


def _entries(app: App, page: _Page, user_id: str, room_id: str, from_seq: int) -> int | None:
    """Add a person's own entries of a room; gives where to go on, None at the room's end."""
    seq = max(from_seq, app.rooms.get(room_id).first_seq)
    newest_seq = app.log.newest(room_id).seq
    while seq <= newest_seq:
        if page.is_full:
            return seq
        entries = read_onwards(app, room_id, seq, newest_seq, max_entries=RUN_ENTRIES)
        page.runs += 1
        for entry in entries:
            if page.is_full and page.runs < RUNS:
                return entry.seq
            if entry.by == user_id:
                event = {"event": wire_event(entry)}
                page.add({"type": "event", "roomId": room_id, **event})
        seq = entries[-1].seq + 1
    return None
