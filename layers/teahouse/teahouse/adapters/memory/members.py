"""Members in memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.errors import Forbidden, NotFound
from teahouse.domain.member import BANNED, Member, Membership
from teahouse.ports import Page

_PLACE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class MemoryMembers:
    """Members by room, and their lists by person."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def find(self, room_id: str, user_id: str) -> Member | None:
        with self._store.lock:
            return self._store.members.get((room_id, user_id))

    def page(self, room_id: str, cursor: str | None, limit: int) -> Page[Member]:
        after = decode_cursor(cursor, _PLACE) if cursor is not None else ""
        with self._store.lock:
            rest = [
                member
                for (room, user_id), member in sorted(self._store.members.items())
                if room == room_id and user_id > after
            ]
        shown = tuple(rest[:limit])
        return Page(shown, encode_cursor(shown[-1].user.id) if len(rest) > limit else None)

    def rooms_of(self, user_id: str) -> list[Membership]:
        with self._store.lock:
            return [m for m in self._store.memberships.values() if m.user_id == user_id]

    def membership(self, room_id: str, user_id: str) -> Membership | None:
        with self._store.lock:
            return self._store.memberships.get((room_id, user_id))

    def among(self, user_id: str, room_ids: Sequence[str]) -> set[str]:
        with self._store.lock:
            return {r for r in room_ids if (r, user_id) in self._store.members}

    def admit(
        self, member: Member, entry: Entry | None, *, read: tuple[int, int], code: str | None = None
    ) -> bool:
        room_id, user_id = member.room_id, member.user.id
        store = self._store
        with store.lock:
            if (room_id, user_id) in store.members:
                return False
            if (room_id, user_id) in store.bans:
                raise Forbidden(BANNED)
            room = store.rooms.get(room_id)
            if room is None or room.closed_at or (code and store.codes.get(code) != room_id):
                raise NotFound
            store.write_slot(room_id, entry)
            store.tombstones.pop((room_id, user_id), None)
            store.members[room_id, user_id] = member
            store.memberships[room_id, user_id] = Membership(
                user_id=user_id,
                room_id=room_id,
                role=member.role,
                joined_at=member.joined_at,
                read_seq=read[0],
                read_number=read[1],
                muted_until=member.muted_until,
            )
            self._count(member, 1, entry)
            return True

    def remove(
        self,
        member: Member,
        entry: Entry | None,
        *,
        tombstone_until: int,
        by: Member | None = None,
    ) -> bool:
        key = member.room_id, member.user.id
        store = self._store
        with store.lock:
            if not store.stands(member) or (by is not None and not store.may_still(by)):
                return False
            room = store.rooms[member.room_id]
            if member.role == "owner" and room.needs_owner:
                return False
            store.write_slot(member.room_id, entry)
            store.tombstones[key] = tombstone_until
            del store.members[key]
            del store.memberships[key]
            store.left.add(key)
            self._count(member, -1, entry)
            return True

    def left_by(self, user_id: str) -> list[str]:
        with self._store.lock:
            return [room_id for room_id, who in self._store.left if who == user_id]

    def forget_left(self, user_id: str, room_id: str) -> None:
        with self._store.lock:
            self._store.left.discard((room_id, user_id))

    def mark_read(self, room_id: str, user_id: str, seq: int, number: int) -> None:
        with self._store.lock:
            known = self._store.memberships.get((room_id, user_id))
            if known is not None and known.read_seq < seq:
                raised = replace(known, read_seq=seq, read_number=number)
                self._store.memberships[room_id, user_id] = raised

    def _count(self, member: Member, change: int, entry: Entry | None) -> None:
        room = self._store.rooms[member.room_id]
        self._store.rooms[room.id] = replace(
            room,
            member_count=room.member_count + change,
            counted_seq=entry.seq if entry else room.counted_seq,
            owners=room.owners + (change if member.role == "owner" else 0),
        )
