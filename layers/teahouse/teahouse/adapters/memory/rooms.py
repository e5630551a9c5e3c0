"""Rooms in memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.errors import NotFound
from teahouse.domain.member import Member, Membership
from teahouse.domain.room import Room, Summary
from teahouse.ports import OutcomeUnknown, Page

_PLACE = re.compile(r"[0-9]{13}#[A-Za-z0-9_-]{1,64}")


class MemoryRooms:
    """Rooms, summaries and codes."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def create(self, room: Room, owner: Member, opened: Entry) -> bool:
        store = self._store
        with store.lock:
            if room.id in store.rooms or store.log.get(room.id) or room.code in store.codes:
                return False
            store.rooms[room.id] = room
            store.log[room.id] = {opened.seq: opened}
            store.members[room.id, owner.user.id] = owner
            store.memberships[room.id, owner.user.id] = Membership(
                user_id=owner.user.id,
                room_id=room.id,
                role=owner.role,
                joined_at=owner.joined_at,
                read_seq=opened.seq,
                read_number=opened.number,
            )
            if room.code is not None:
                store.codes[room.code] = room.id
            return True

    def get(self, room_id: str) -> Room:
        with self._store.lock:
            if room_id not in self._store.rooms:
                raise NotFound
            return self._store.rooms[room_id]

    def get_many(self, room_ids: Sequence[str]) -> dict[str, tuple[Room, Summary | None]]:
        with self._store.lock:
            rooms, summaries = self._store.rooms, self._store.summaries
            return {
                room_id: (rooms[room_id], summaries.get(room_id))
                for room_id in room_ids
                if room_id in rooms
            }

    def find_summary(self, room_id: str) -> Summary | None:
        with self._store.lock:
            return self._store.summaries.get(room_id)

    def find_by_code(self, code: str) -> str | None:
        with self._store.lock:
            return self._store.codes.get(code)

    def replace_code(self, room: Room, code: str, *, by: Member) -> None:
        store = self._store
        with store.lock:
            current = store.rooms.get(room.id)
            renewer = store.members.get((room.id, by.user.id))
            if current is None or current.code != room.code or code in store.codes:
                raise OutcomeUnknown("the code changed meanwhile")
            if renewer is None or renewer.role != by.role:
                raise OutcomeUnknown("the role changed meanwhile")
            if room.code is not None:
                del store.codes[room.code]
            store.codes[code] = room.id
            store.rooms[room.id] = replace(current, code=code)

    def page_public(self, cursor: str | None, limit: int) -> Page[str]:
        before = decode_cursor(cursor, _PLACE) if cursor is not None else None
        with self._store.lock:
            rooms = [room for room in self._store.rooms.values() if room.is_listed]
        places = sorted((f"{room.created_at:013}#{room.id}" for room in rooms), reverse=True)
        rest = [place for place in places if before is None or place < before]
        shown = rest[:limit]
        return Page(
            tuple(place.partition("#")[2] for place in shown),
            encode_cursor(shown[-1]) if len(rest) > limit else None,
        )

    def summarize(self, summary: Summary) -> None:
        with self._store.lock:
            known = self._store.summaries.get(summary.room_id)
            if known is None or _age(known) < _age(summary):
                self._store.summaries[summary.room_id] = summary


def _age(summary: Summary) -> tuple[int, int]:
    return summary.seq, summary.changed_seq or summary.seq
