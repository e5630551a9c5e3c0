"""Moderation in memory."""

from __future__ import annotations

import re
from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.member import Ban, Member
from teahouse.domain.room import Room
from teahouse.domain.user import User
from teahouse.ports import Page

_PLACE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class MemoryModeration:
    """Roles, mutes, bans, settings."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def change_member(
        self, before: Member, after: Member, entry: Entry, *, by: Member | None
    ) -> bool:
        key, store = (before.room_id, before.user.id), self._store
        owners = (after.role == "owner") - (before.role == "owner")
        with store.lock:
            if not store.stands(before) or (by is not None and not store.may_still(by)):
                return False
            room = store.rooms[before.room_id]
            if owners < 0 and room.needs_owner:
                return False
            store.write_slot(room.id, entry)
            store.rooms[room.id] = replace(room, owners=room.owners + owners)
            store.members[key] = after
            store.memberships[key] = replace(
                store.memberships[key], role=after.role, muted_until=after.muted_until
            )
            return True

    def find_ban(self, room_id: str, user_id: str) -> Ban | None:
        with self._store.lock:
            return self._store.bans.get((room_id, user_id))

    def page_bans(self, room_id: str, cursor: str | None, limit: int) -> Page[Ban]:
        after = decode_cursor(cursor, _PLACE) if cursor is not None else ""
        with self._store.lock:
            bans = [ban for (room, _), ban in sorted(self._store.bans.items()) if room == room_id]
        rest = [ban for ban in bans if ban.user_id > after]
        shown = tuple(rest[:limit])
        return Page(shown, encode_cursor(shown[-1].user_id) if len(rest) > limit else None)

    def ban(
        self, ban: Ban, member: Member | None, entry: Entry, *, by: Member, tombstone_until: int
    ) -> bool:
        key, store = (ban.room_id, ban.user_id), self._store
        with store.lock:
            is_as_read = store.stands(member) if member else key not in store.members
            if key in store.bans or not is_as_read or not store.may_still(by):
                return False
            store.write_slot(ban.room_id, entry)
            store.bans[key] = ban
            if member is not None:
                store.tombstones[key] = tombstone_until
                del store.members[key]
                del store.memberships[key]
                store.left.add(key)
                room = store.rooms[ban.room_id]
                store.rooms[room.id] = replace(
                    room, member_count=room.member_count - 1, counted_seq=entry.seq
                )
            return True

    def lift_ban(self, room_id: str, user_id: str, *, by: Member) -> bool:
        with self._store.lock:
            if not self._store.may_still(by):
                return False
            self._store.bans.pop((room_id, user_id), None)
            return True

    def change_room(
        self, before: Room, after: Room, entry: Entry, *, by: Member, is_alone: bool = False
    ) -> bool:
        store = self._store
        with store.lock:
            room = store.rooms[before.id]
            is_as_read = (room.code, room.closed_at) == (before.code, before.closed_at)
            if not is_as_read or not store.may_still(by) or (is_alone and room.member_count > 1):
                return False
            store.write_slot(room.id, entry)
            if before.code is not None and after.code != before.code:
                del store.codes[before.code]
            if after.code is not None:
                store.codes[after.code] = room.id
            store.rooms[room.id] = replace(
                room,
                name=after.name,
                description=after.description,
                kind=after.kind,
                avatar=after.avatar,
                code=after.code,
                closed_at=after.closed_at,
            )
            return True

    def show_member(self, room_id: str, user: User) -> None:
        with self._store.lock:
            standing = self._store.members.get((room_id, user.id))
            if standing is not None:
                self._store.members[room_id, user.id] = replace(standing, user=user)
