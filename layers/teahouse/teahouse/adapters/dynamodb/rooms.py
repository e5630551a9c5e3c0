"""Rooms on DynamoDB: the room, its summary, where its code leads, the list of public rooms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.log import LogSlot, slot_of
from teahouse.adapters.dynamodb.room_rows import (
    CODE,
    PUBLIC,
    ROOM,
    SUMMARY,
    CodeRow,
    MemberRow,
    PublicRow,
    RoomRow,
    SummaryRow,
    code_key,
    member_sort_key,
    public_key,
    room_key,
    room_of_row,
    row_of_code,
    row_of_member,
    row_of_membership,
    row_of_room,
    row_of_summary,
    summary_of_row,
)
from teahouse.adapters.dynamodb.tables import connection
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.errors import NotFound
from teahouse.domain.member import Member
from teahouse.domain.room import Room, Summary
from teahouse.ports import OutcomeUnknown, Page

_PLACE = re.compile(r"[0-9]{13}#[A-Za-z0-9_-]{1,64}")


class DynamoDbRooms:
    """The rooms' table, as far as rooms go."""

    def create(self, room: Room, owner: Member, opened: Entry) -> bool:
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.save(row_of_room(room), condition=RoomRow.pk.does_not_exist())
                transaction.save(row_of_member(owner))
                transaction.save(row_of_membership(owner, (opened.seq, opened.number)))
                transaction.save(slot_of(room.id, opened), condition=LogSlot.room.does_not_exist())
                if room.code is not None:
                    code = row_of_code(room.code, room.id)
                    transaction.save(code, condition=CodeRow.pk.does_not_exist())
                if room.kind == "public":
                    transaction.save(PublicRow(PUBLIC, public_key(room)))
        except TransactWriteError as error:
            if classify(error)[0] is Failure.CONDITION:
                return False
            raise
        return True

    def get(self, room_id: str) -> Room:
        with translated():
            try:
                return room_of_row(RoomRow.get(room_key(room_id), ROOM, consistent_read=True))
            except RoomRow.DoesNotExist as error:
                raise NotFound from error

    def get_many(self, room_ids: Sequence[str]) -> dict[str, tuple[Room, Summary | None]]:
        keys = [room_key(room_id) for room_id in room_ids]
        with translated():
            # Rooms strongly: a list must not lack the room its reader has just entered.
            rows = list(RoomRow.batch_get([(key, ROOM) for key in keys], consistent_read=True))
            summaries = {
                row.pk: summary_of_row(row)
                for row in SummaryRow.batch_get([(key, SUMMARY) for key in keys])
            }
        rooms = [room_of_row(row) for row in rows]
        return {room.id: (room, summaries.get(room_key(room.id))) for room in rooms}

    def find_by_code(self, code: str) -> str | None:
        with translated():
            try:
                return CodeRow.get(code_key(code), CODE, consistent_read=True).room
            except CodeRow.DoesNotExist:
                return None

    def replace_code(self, room: Room, code: str, *, by: Member) -> None:
        row = RoomRow(room_key(room.id), ROOM)
        unchanged = RoomRow.code == room.code if room.code else RoomRow.code.does_not_exist()
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.condition_check(
                    MemberRow,
                    room_key(room.id),
                    member_sort_key(by.user.id),
                    condition=MemberRow.role == by.role,
                )
                if room.code is not None:
                    transaction.delete(CodeRow(code_key(room.code), CODE))
                transaction.save(row_of_code(code, room.id), condition=CodeRow.pk.does_not_exist())
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
        condition = PublicRow.sk < decode_cursor(cursor, _PLACE) if cursor is not None else None
        with translated():
            found = PublicRow.query(PUBLIC, condition, scan_index_forward=False, limit=limit + 1)
            places = [row.sk for row in found]
        shown = places[:limit]
        return Page(
            tuple(place.partition("#")[2] for place in shown),
            encode_cursor(shown[-1]) if len(places) > limit else None,
        )

    def summarize(self, summary: Summary) -> None:
        newer = SummaryRow.pk.does_not_exist() | (SummaryRow.seq < summary.seq)
        try:
            with translated():
                row_of_summary(summary).save(condition=newer)
        except PutError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise
