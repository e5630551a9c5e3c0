"""Rooms on DynamoDB: the room, its summary, where its code leads, the list of public rooms."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.log import LogSlot
from teahouse.adapters.dynamodb.room_rows import (
    CodeRow,
    MemberRow,
    MembershipRow,
    PublicRow,
    RoomRow,
    SummaryRow,
)
from teahouse.adapters.dynamodb.tables import connection
from teahouse.adapters.items.log import slot_of
from teahouse.adapters.items.members import (
    member_item,
    member_key,
    membership_item,
)
from teahouse.adapters.items.rooms import (
    PUBLIC,
    PUBLIC_PLACE,
    PublicItem,
    RoomItem,
    SummaryItem,
    code_item,
    code_key,
    public_item,
    public_room_id,
    room_item,
    room_key,
    room_of,
    summary_item,
    summary_key,
    summary_of,
)
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.errors import NotFound
from teahouse.domain.member import Member
from teahouse.domain.room import Room, Summary
from teahouse.ports import OutcomeUnknown, Page


class DynamoDbRooms:
    """The rooms' table, as far as rooms go."""

    def create(self, room: Room, owner: Member, opened: Entry) -> bool:
        own, slot = RoomRow.of(room_item(room)), LogSlot.of(slot_of(room.id, opened))
        listed = membership_item(owner, (opened.seq, opened.number))
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.save(own, condition=RoomRow.pk.does_not_exist())
                transaction.save(MemberRow.of(member_item(owner)))
                transaction.save(MembershipRow.of(listed))
                transaction.save(slot, condition=LogSlot.room.does_not_exist())
                if room.code is not None:
                    code = CodeRow.of(code_item(room.code, room.id))
                    transaction.save(code, condition=CodeRow.pk.does_not_exist())
                if room.kind == "public":
                    transaction.save(PublicRow.of(public_item(room)))
        except TransactWriteError as error:
            if classify(error)[0] is Failure.CONDITION:
                return False
            raise
        return True

    def get(self, room_id: str) -> Room:
        with translated():
            try:
                row = RoomRow.get(*room_key(room_id), consistent_read=True)
            except RoomRow.DoesNotExist as error:
                raise NotFound from error
        return room_of(row.item(RoomItem))

    def get_many(self, room_ids: Sequence[str]) -> dict[str, tuple[Room, Summary | None]]:
        with translated():
            # Rooms strongly: a list must not lack the room its reader has just entered.
            rows = list(
                RoomRow.batch_get([room_key(id_) for id_ in room_ids], consistent_read=True)
            )
            found = list(SummaryRow.batch_get([summary_key(id_) for id_ in room_ids]))
        rooms = [room_of(row.item(RoomItem)) for row in rows]
        summaries = [summary_of(row.item(SummaryItem)) for row in found]
        by_room = {summary.room_id: summary for summary in summaries}
        return {room.id: (room, by_room.get(room.id)) for room in rooms}

    def find_summary(self, room_id: str) -> Summary | None:
        with translated():
            found = list(SummaryRow.batch_get([summary_key(room_id)]))
        return summary_of(found[0].item(SummaryItem)) if found else None

    def find_by_code(self, code: str) -> str | None:
        with translated():
            try:
                return str(CodeRow.get(*code_key(code), consistent_read=True).room)
            except CodeRow.DoesNotExist:
                return None

    def replace_code(self, room: Room, code: str, *, by: Member) -> None:
        row = RoomRow(*room_key(room.id))
        unchanged = RoomRow.code == room.code if room.code else RoomRow.code.does_not_exist()
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.condition_check(
                    MemberRow,
                    *member_key(room.id, by.user.id),
                    condition=MemberRow.role == by.role,
                )
                if room.code is not None:
                    transaction.delete(CodeRow(*code_key(room.code)))
                transaction.save(
                    CodeRow.of(code_item(code, room.id)), condition=CodeRow.pk.does_not_exist()
                )
                transaction.update(
                    row,
                    actions=[RoomRow.code.set(code)],
                    condition=RoomRow.pk.exists() & unchanged,
                )
        except TransactWriteError as error:
            if classify(error)[0] is Failure.CONDITION:
                raise OutcomeUnknown("the code or the role changed meanwhile") from error
            raise

    def page_public(self, cursor: str | None, limit: int) -> Page[str]:
        condition = (
            PublicRow.sk < decode_cursor(cursor, PUBLIC_PLACE) if cursor is not None else None
        )
        with translated():
            found = PublicRow.query(PUBLIC, condition, scan_index_forward=False, limit=limit + 1)
            lines = [row.item(PublicItem) for row in found]
        shown = lines[:limit]
        return Page(
            tuple(public_room_id(line) for line in shown),
            encode_cursor(shown[-1].sk.S) if len(lines) > limit else None,
        )

    def summarize(self, summary: Summary) -> None:
        newer = SummaryRow.pk.does_not_exist() | (SummaryRow.seq < summary.seq)
        if summary.changed_seq is not None:
            earlier = SummaryRow.changed.does_not_exist()
            earlier |= SummaryRow.changed < summary.changed_seq
            newer |= (SummaryRow.seq == summary.seq) & earlier
        try:
            with translated():
                SummaryRow.of(summary_item(summary)).save(condition=newer)
        except PutError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise
