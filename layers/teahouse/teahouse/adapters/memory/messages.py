"""Messages in memory."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.entry import (
    Entry,
    MessageEdited,
    MessageSent,
    ReactionAdded,
    ReactionRemoved,
)
from teahouse.domain.message import Standing
from teahouse.ports import SlotTaken


class MemoryMessages:
    """Standings by room and seq, reactions by person."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def find(self, room_id: str, seq: int) -> Standing | None:
        with self._store.lock:
            return self._store.standings.get((room_id, seq))

    def between(self, room_id: str, first_seq: int, last_seq: int) -> dict[int, Standing]:
        with self._store.lock:
            return {
                seq: standing
                for (room, seq), standing in self._store.standings.items()
                if room == room_id and first_seq <= seq <= last_seq
            }

    def find_reaction(self, room_id: str, seq: int, user_id: str, emoji: str) -> int | None:
        with self._store.lock:
            return self._store.reactions.get((room_id, user_id, seq, emoji))

    def reactions_of(
        self, room_id: str, user_id: str, first_seq: int, last_seq: int
    ) -> Set[tuple[int, str]]:
        with self._store.lock:
            return {
                (seq, emoji)
                for room, user, seq, emoji in self._store.reactions
                if (room, user) == (room_id, user_id) and first_seq <= seq <= last_seq
            }

    def find_operation(self, room_id: str, user_id: str, operation_id: str) -> int | None:
        with self._store.lock:
            return self._store.operations.get((room_id, user_id, operation_id))

    def change(
        self,
        room_id: str,
        entry: Entry,
        *,
        before: Standing,
        after: Standing,
        blank: Mapping[int, MessageSent | MessageEdited],
        is_recorded: bool,
    ) -> None:
        store, fact = self._store, entry.fact
        with store.lock:
            slots = store.log.setdefault(room_id, {})
            record = (room_id, entry.by, entry.operation_id)
            if entry.seq in slots or (is_recorded and record in store.operations):
                raise SlotTaken
            self._require_as_read(room_id, before, blank)
            if isinstance(fact, ReactionAdded | ReactionRemoved):
                reaction = (room_id, entry.by, before.seq, fact.emoji)
                if (reaction in store.reactions) == isinstance(fact, ReactionAdded):
                    raise SlotTaken
                if isinstance(fact, ReactionAdded):
                    store.reactions[reaction] = entry.seq
                else:
                    del store.reactions[reaction]
            slots[entry.seq] = entry
            self._write(room_id, after, blank)
            if is_recorded:
                store.operations[record] = entry.seq

    def redact(
        self,
        room_id: str,
        *,
        before: Standing,
        after: Standing,
        blank: Mapping[int, MessageSent | MessageEdited],
    ) -> None:
        with self._store.lock:
            self._require_as_read(room_id, before, blank)
            self._write(room_id, after, blank)

    def _require_as_read(
        self, room_id: str, before: Standing, blank: Mapping[int, MessageSent | MessageEdited]
    ) -> None:
        known = self._store.standings.get((room_id, before.seq))
        is_as_read = known == (None if before.is_unchanged else before)
        if not is_as_read or blank.keys() - self._store.log[room_id].keys():
            raise SlotTaken

    def _write(
        self, room_id: str, after: Standing, blank: Mapping[int, MessageSent | MessageEdited]
    ) -> None:
        slots = self._store.log[room_id]
        self._store.standings[room_id, after.seq] = after
        for seq, left in blank.items():
            slots[seq] = replace(slots[seq], fact=left)
