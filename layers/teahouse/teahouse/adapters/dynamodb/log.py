"""RoomLog on DynamoDB: one item a slot, written by one conditional put."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.room_rows import OperationRow
from teahouse.adapters.dynamodb.tables import LogMeta, connection, row_model
from teahouse.adapters.dynamodb.uploads import take
from teahouse.adapters.items.log import Slot, entry_of, operation_of, slot_of, wire_bytes
from teahouse.domain.entry import Entry
from teahouse.domain.errors import NotFound
from teahouse.domain.upload import Upload
from teahouse.ports import OutcomeUnknown, Run, SlotTaken

LogSlot: Any = row_model(Slot, LogMeta)


class DynamoDbRoomLog:
    """The log's table."""

    def read_run(
        self, room_id: str, from_seq: int, *, max_entries: int, max_bytes: int = 1_048_576
    ) -> Run:
        entries: list[Entry] = []
        size = 0
        with translated():
            for slot in LogSlot.items(
                Slot, room_id, LogSlot.seq >= from_seq, limit=max_entries + 1
            ):
                if int(slot.seq) != from_seq + len(entries):
                    break  # a hole: the Query saw slot n + 1 without slot n
                entry = entry_of(slot)
                size += wire_bytes(entry)
                if len(entries) == max_entries or size > max_bytes:
                    return Run(tuple(entries), is_cut=True)
                entries.append(entry)
        return Run(tuple(entries))

    def read_back(self, room_id: str, before_seq: int, *, max_entries: int) -> Run:
        start = max(1, before_seq - max_entries)
        condition = LogSlot.seq.between(start, before_seq - 1)
        if before_seq <= 1:
            return Run(())
        with translated():
            slots = LogSlot.items(Slot, room_id, condition, limit=max_entries)
            entries = tuple(entry_of(slot) for slot in slots)
        return Run(entries, is_cut=start > 1)

    def newest(self, room_id: str) -> Entry:
        with translated():
            for slot in LogSlot.items(Slot, room_id, limit=1, is_ascending=False):
                return entry_of(slot)
        raise NotFound

    def exists(self, places: Mapping[str, int]) -> set[str]:
        keys = list(places.items())
        with translated():
            found = LogSlot.batch_get(keys, consistent_read=True, attributes_to_get=["room", "seq"])
            return {slot.room for slot in found}

    def put(self, room_id: str, entry: Entry, uploads: Sequence[Upload] = ()) -> None:
        slot, is_empty = LogSlot.of(slot_of(room_id, entry)), LogSlot.room.does_not_exist()
        try:
            if not uploads:
                with translated():
                    slot.save(condition=is_empty)
                return
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.save(slot, condition=is_empty)
                for upload in uploads:
                    take(transaction, room_id, entry, upload)
        except (PutError, TransactWriteError) as error:
            if classify(error)[0] is Failure.CONDITION:
                raise SlotTaken from error
            raise

    def put_once(self, room_id: str, entry: Entry, uploads: Sequence[Upload] = ()) -> int | None:
        slot = LogSlot.of(slot_of(room_id, entry))
        record = OperationRow.of(operation_of(room_id, entry))
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.save(slot, condition=LogSlot.room.does_not_exist())
                transaction.save(record, condition=OperationRow.pk.does_not_exist())
                for upload in uploads:
                    take(transaction, room_id, entry, upload)
        except TransactWriteError as error:
            failure, failed = classify(error)
            if failure is not Failure.CONDITION:
                raise
            if 1 in failed:
                return self._recorded(record)
            raise SlotTaken from error
        return None

    def _recorded(self, record: Any) -> int:
        with translated():
            try:
                known = OperationRow.get(record.pk, record.sk, consistent_read=True)
            except OperationRow.DoesNotExist as error:
                raise OutcomeUnknown("the record went away while it was read") from error
            return int(known.seq)
