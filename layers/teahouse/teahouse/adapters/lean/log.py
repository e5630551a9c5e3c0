"""RoomLog, lean: one item a slot, written by one conditional put."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from teahouse.adapters.items.log import (
    Operation,
    Slot,
    SlotName,
    entry_of,
    operation_key,
    operation_of,
    slot_of,
    wire_bytes,
)
from teahouse.adapters.items.values import Text, number
from teahouse.adapters.lean.calls import ConditionFailed
from teahouse.adapters.lean.tables import Place, Tables, place, read_item, values
from teahouse.adapters.lean.uploads import taking
from teahouse.domain.entry import Entry
from teahouse.domain.errors import NotFound
from teahouse.domain.upload import Upload
from teahouse.ports import OutcomeUnknown, Run, SlotTaken

IF_EMPTY = "attribute_not_exists(#room)"


class LeanRoomLog:
    """The log's table."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._log = tables.log

    def read_run(
        self, room_id: str, from_seq: int, *, max_entries: int, max_bytes: int = 1_048_576
    ) -> Run:
        entries: list[Entry] = []
        size = 0
        slots = self._log.query(
            "#room = :room AND #seq >= :seq",
            values(room=room_id, seq=from_seq),
            Slot,
            limit=max_entries + 1,
        )
        for slot in slots:
            if int(slot.seq) != from_seq + len(entries):
                break  # a hole: the Query saw slot n + 1 without slot n
            entry = entry_of(slot)
            size += wire_bytes(entry)
            if len(entries) == max_entries or size > max_bytes:
                return Run(tuple(entries), is_cut=True)
            entries.append(entry)
        return Run(tuple(entries))

    def read_back(self, room_id: str, before_seq: int, *, max_entries: int) -> Run:
        if before_seq <= 1:
            return Run(())
        start = max(1, before_seq - max_entries)
        slots = self._log.query(
            "#room = :room AND #seq BETWEEN :first AND :last",
            values(room=room_id, first=start, last=before_seq - 1),
            Slot,
            limit=max_entries,
        )
        return Run(tuple(entry_of(slot) for slot in slots), is_cut=start > 1)

    def newest(self, room_id: str) -> Entry:
        for slot in self._log.query(
            "#room = :room", values(room=room_id), Slot, limit=1, is_descending=True
        ):
            return entry_of(slot)
        raise NotFound

    def exists(self, places: Mapping[str, int]) -> set[str]:
        keys: list[Place] = [
            {"room": Text(room_id), "seq": number(seq)} for room_id, seq in places.items()
        ]
        return {slot.room.S for slot in self._log.find_many(keys, SlotName, is_projected=True)}

    def put(self, room_id: str, entry: Entry, uploads: Sequence[Upload] = ()) -> None:
        try:
            if uploads:
                self._tables.transact(*self._parts(room_id, entry, uploads))
            else:
                self._log.put(slot_of(room_id, entry), IF_EMPTY, shows_standing=True)
        except ConditionFailed as error:
            if not error.standing:
                raise SlotTaken from error
            raise SlotTaken(entry_of(read_item(error.standing, Slot))) from error

    def put_once(self, room_id: str, entry: Entry, uploads: Sequence[Upload] = ()) -> int | None:
        rooms = self._tables.rooms
        try:
            slot, *taken = self._parts(room_id, entry, uploads)
            record = rooms.putting(operation_of(room_id, entry), "attribute_not_exists(#pk)")
            self._tables.transact(slot, ("Put", record), *taken)
        except ConditionFailed as error:
            if 1 not in error.failed:
                raise SlotTaken from error
            key = operation_key(room_id, entry.by, entry.operation_id)
            known = rooms.find(place(key), Operation)
            if known is None:
                raise OutcomeUnknown("the record went away while it was read") from error
            return int(known.seq)
        return None

    def _parts(
        self, room_id: str, entry: Entry, uploads: Sequence[Upload]
    ) -> list[tuple[str, object]]:
        slot = self._log.putting(slot_of(room_id, entry), IF_EMPTY)
        rooms = self._tables.rooms
        return [("Put", slot), *(taking(rooms, room_id, entry, upload) for upload in uploads)]
