"""RoomLog in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.entry import Entry
from teahouse.domain.errors import NotFound
from teahouse.domain.upload import Upload
from teahouse.ports import Run, SlotTaken


class MemoryRoomLog:
    """Slots by room and seq. Sizes are not counted: `max_bytes` never cuts."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def read_run(
        self, room_id: str, from_seq: int, *, max_entries: int, max_bytes: int = 1_048_576
    ) -> Run:
        with self._store.lock:
            slots = self._store.log.get(room_id, {})
            entries: list[Entry] = []
            while from_seq + len(entries) in slots:
                if len(entries) == max_entries:
                    return Run(tuple(entries), is_cut=True)
                entries.append(slots[from_seq + len(entries)])
            return Run(tuple(entries))

    def read_back(self, room_id: str, before_seq: int, *, max_entries: int) -> Run:
        with self._store.lock:
            slots = self._store.log.get(room_id, {})
            start = max(1, before_seq - max_entries)
            entries = tuple(slots[seq] for seq in range(start, before_seq) if seq in slots)
            return Run(entries, is_cut=start > 1)

    def newest(self, room_id: str) -> Entry:
        with self._store.lock:
            slots = self._store.log.get(room_id)
            if not slots:
                raise NotFound
            return slots[max(slots)]

    def exists(self, places: Mapping[str, int]) -> set[str]:
        with self._store.lock:
            log = self._store.log
            return {room_id for room_id, seq in places.items() if seq in log.get(room_id, {})}

    def put(self, room_id: str, entry: Entry, uploads: Sequence[Upload] = ()) -> None:
        with self._store.lock:
            slots = self._store.log.setdefault(room_id, {})
            if entry.seq in slots:
                raise SlotTaken(slots[entry.seq])
            kept = self._store.uploads
            for upload in uploads:
                if upload.is_used or upload.owner_id != entry.by or kept.get(upload.id) != upload:
                    raise SlotTaken
            for upload in uploads:
                kept[upload.id] = replace(upload, room_id=room_id, seq=entry.seq)
            slots[entry.seq] = entry

    def put_once(self, room_id: str, entry: Entry, uploads: Sequence[Upload] = ()) -> int | None:
        with self._store.lock:
            record = (room_id, entry.by, entry.operation_id)
            if record in self._store.operations:
                return self._store.operations[record]
            self.put(room_id, entry, uploads)
            self._store.operations[record] = entry.seq
            return None
