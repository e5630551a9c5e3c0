"""Moderation in memory."""

from __future__ import annotations

from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.entry import Entry
from teahouse.domain.member import Member


class MemoryModeration:
    """Roles and mutes, on the rows of members."""

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
            if room.owners + owners < 1:
                return False
            store.write_slot(room.id, entry)
            store.rooms[room.id] = replace(room, owners=room.owners + owners)
            store.members[key] = after
            store.memberships[key] = replace(
                store.memberships[key], role=after.role, muted_until=after.muted_until
            )
            return True
