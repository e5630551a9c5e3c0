"""RoomLog on DynamoDB: one item a slot, written by one conditional put.

A slot's attributes are short, since every reader pays for them: k(ind), b(y), t(ime),
o(peration), h(ash of the body), n(umber), e(poch's random part), f(act's own fields as JSON,
UTF-8 unescaped).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.tables import LogMeta, Model, RoomsMeta, connection
from teahouse.domain.entry import FACTS, Entry
from teahouse.domain.errors import NotFound
from teahouse.ports import OutcomeUnknown, Run, SlotTaken

OPERATION_TTL_MS = 72 * 3600 * 1000  # a client gives up after 24 h; 48 h are promised


class LogSlot(Model):
    """One slot."""

    Meta = LogMeta

    room = UnicodeAttribute(hash_key=True)
    seq = NumberAttribute(range_key=True)
    k = UnicodeAttribute()
    b = UnicodeAttribute()
    t = NumberAttribute()
    o = UnicodeAttribute()
    h = UnicodeAttribute()
    n = NumberAttribute()
    e = UnicodeAttribute()
    f = UnicodeAttribute()


class OperationRecord(Model):
    """Where an operation without a position went."""

    Meta = RoomsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    seq = NumberAttribute()
    ttl = NumberAttribute()


def slot_of(room_id: str, entry: Entry) -> LogSlot:
    """Make the item of an entry."""
    facts = {f.name: getattr(entry.fact, f.name) for f in fields(entry.fact)}
    return LogSlot(
        room_id,
        entry.seq,
        k=entry.kind,
        b=entry.by,
        t=entry.at,
        o=entry.operation_id,
        h=entry.body_hash,
        n=entry.number,
        e=entry.room_key,
        f=json.dumps(
            {name: value for name, value in facts.items() if value not in (None, ())},
            ensure_ascii=False,
            separators=(",", ":"),
        ),
    )


def entry_of(slot: LogSlot) -> Entry:
    """Make the entry of an item."""
    facts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(slot.f).items()
    }
    return Entry(
        seq=int(slot.seq),
        by=slot.b,
        at=int(slot.t),
        fact=FACTS[slot.k](**facts),
        operation_id=slot.o,
        body_hash=slot.h,
        number=int(slot.n),
        room_key=slot.e,
    )


class DynamoDbRoomLog:
    """The log's table."""

    def read_run(
        self, room_id: str, from_seq: int, *, max_entries: int, max_bytes: int = 1_048_576
    ) -> Run:
        entries: list[Entry] = []
        size = 0
        with translated():
            for slot in self._query(room_id, LogSlot.seq >= from_seq, limit=max_entries + 1):
                if int(slot.seq) != from_seq + len(entries):
                    break  # a hole: the Query saw slot n + 1 without slot n
                entry = entry_of(slot)
                size += _bytes_of(entry)
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
            slots = self._query(room_id, condition, limit=max_entries)
            entries = tuple(entry_of(slot) for slot in slots)
        return Run(entries, is_cut=start > 1)

    def newest(self, room_id: str) -> Entry:
        with translated():
            for slot in self._query(room_id, None, limit=1, ascending=False):
                return entry_of(slot)
        raise NotFound

    def exists(self, places: Mapping[str, int]) -> set[str]:
        keys = list(places.items())
        with translated():
            found = LogSlot.batch_get(keys, consistent_read=True, attributes_to_get=["room", "seq"])
            return {slot.room for slot in found}

    def put(self, room_id: str, entry: Entry) -> None:
        try:
            with translated():
                slot_of(room_id, entry).save(condition=LogSlot.room.does_not_exist())
        except PutError as error:
            if classify(error)[0] is Failure.CONDITION:
                raise SlotTaken from error
            raise

    def put_once(self, room_id: str, entry: Entry) -> int | None:
        record = OperationRecord(
            f"R#{room_id}",
            f"O#{entry.by}#{entry.operation_id}",
            seq=entry.seq,
            ttl=(entry.at + OPERATION_TTL_MS) // 1000,
        )
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.save(slot_of(room_id, entry), condition=LogSlot.room.does_not_exist())
                transaction.save(record, condition=OperationRecord.pk.does_not_exist())
        except TransactWriteError as error:
            failure, failed = classify(error)
            if failure is not Failure.CONDITION:
                raise
            if 1 in failed:
                return self._recorded(record)
            raise SlotTaken from error
        return None

    def _recorded(self, record: OperationRecord) -> int:
        with translated():
            try:
                known = OperationRecord.get(record.pk, record.sk, consistent_read=True)
            except OperationRecord.DoesNotExist as error:
                raise OutcomeUnknown("the record went away while it was read") from error
            return int(known.seq)

    def _query(
        self, room_id: str, condition: Any, *, limit: int, ascending: bool = True
    ) -> Iterator[LogSlot]:
        return iter(
            LogSlot.query(
                room_id,
                condition,
                consistent_read=True,
                scan_index_forward=ascending,
                limit=limit,
            )
        )


def _bytes_of(entry: Entry) -> int:
    """Estimate what an entry weighs on the wire."""
    text = getattr(entry.fact, "text", "")
    return 200 + len(text.encode())
