"""Members on DynamoDB: a row beside the room, a row in the person's list, and their slot."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.connections import ListenerRow, tombstone
from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.log import LogSlot, slot_of
from teahouse.adapters.dynamodb.room_rows import (
    CODE,
    ROOM,
    CodeRow,
    MemberRow,
    MembershipRow,
    RoomRow,
    code_key,
    member_of_row,
    member_sort_key,
    membership_of_row,
    room_key,
    row_of_member,
    row_of_membership,
    user_key,
)
from teahouse.adapters.dynamodb.tables import connection
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.errors import NotFound
from teahouse.domain.member import Member, Membership
from teahouse.ports import Page, SlotTaken

_PLACE = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Both sort beside the characters of ids: "!" before them all, "~" after them all.
_AFTER, _END = "!", "~"


class DynamoDbMembers:
    """The rooms' table, as far as members go."""

    def find(self, room_id: str, user_id: str) -> Member | None:
        with translated():
            try:
                row = MemberRow.get(
                    room_key(room_id), member_sort_key(user_id), consistent_read=True
                )
            except MemberRow.DoesNotExist:
                return None
        return member_of_row(row)

    def page(self, room_id: str, cursor: str | None, limit: int) -> Page[Member]:
        after = f"{decode_cursor(cursor, _PLACE)}{_AFTER}" if cursor is not None else ""
        with translated():
            found = MemberRow.query(
                room_key(room_id),
                MemberRow.sk.between(member_sort_key(after), member_sort_key(_END)),
                consistent_read=True,
                limit=limit + 1,
            )
            members = [member_of_row(row) for row in found]
        shown = tuple(members[:limit])
        return Page(shown, encode_cursor(shown[-1].user.id) if len(members) > limit else None)

    def rooms_of(self, user_id: str) -> list[Membership]:
        with translated():
            rows = MembershipRow.query(
                user_key(user_id), MembershipRow.sk.startswith("R#"), consistent_read=True
            )
            return [membership_of_row(row) for row in rows]

    def membership(self, room_id: str, user_id: str) -> Membership | None:
        with translated():
            try:
                row = MembershipRow.get(user_key(user_id), room_key(room_id), consistent_read=True)
            except MembershipRow.DoesNotExist:
                return None
        return membership_of_row(row)

    def among(self, user_id: str, room_ids: Sequence[str]) -> set[str]:
        keys = [(room_key(room_id), member_sort_key(user_id)) for room_id in room_ids]
        with translated():
            rows = MemberRow.batch_get(keys, consistent_read=True, attributes_to_get=["pk", "sk"])
            return {row.pk.removeprefix("R#") for row in rows}

    def admit(
        self, member: Member, entry: Entry | None, *, read: tuple[int, int], code: str | None = None
    ) -> bool:
        room_id, user_id = member.room_id, member.user.id
        # In the order in which PynamoDB sends them: checks, deletions, puts, updates.
        items = ["tombstone", "member", "membership", "room"]
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                if code is not None:
                    items.insert(0, "code")
                    transaction.condition_check(
                        CodeRow, code_key(code), CODE, condition=CodeRow.room == room_id
                    )
                transaction.delete(ListenerRow(room_key(room_id), f"!{user_id}"))
                transaction.save(row_of_member(member), condition=MemberRow.pk.does_not_exist())
                transaction.save(row_of_membership(member, read))
                if entry is not None:
                    items.insert(-1, "slot")
                    transaction.save(
                        slot_of(room_id, entry), condition=LogSlot.room.does_not_exist()
                    )
                _count(transaction, room_id, 1, entry)
        except TransactWriteError as error:
            failed = _failed(error, items)
            if "member" in failed:
                return False
            raise _refusal(failed) from error
        return True

    def remove(
        self,
        member: Member,
        entry: Entry | None,
        *,
        tombstone_until: int,
        by: Member | None = None,
    ) -> bool:
        room_id, user_id = member.room_id, member.user.id
        items = ["member", "membership", "tombstone", "room"]
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                if by is not None:
                    items.insert(0, "by")
                    transaction.condition_check(
                        MemberRow,
                        room_key(room_id),
                        member_sort_key(by.user.id),
                        condition=MemberRow.role == by.role,
                    )
                transaction.delete(
                    MemberRow(room_key(room_id), member_sort_key(user_id)),
                    condition=(MemberRow.role == member.role)
                    & (MemberRow.seq == member.decided_seq)
                    & (MemberRow.at == member.joined_at),
                )
                transaction.delete(MembershipRow(user_key(user_id), room_key(room_id)))
                transaction.save(tombstone(room_id, user_id, tombstone_until))
                if entry is not None:
                    items.insert(-1, "slot")
                    transaction.save(
                        slot_of(room_id, entry), condition=LogSlot.room.does_not_exist()
                    )
                _count(transaction, room_id, -1, entry)
        except TransactWriteError as error:
            failed = _failed(error, items)
            if failed & {"member", "by"}:
                return False
            raise _refusal(failed) from error
        return True

    def mark_read(self, room_id: str, user_id: str, seq: int, number: int) -> None:
        row = MembershipRow(user_key(user_id), room_key(room_id))
        try:
            with translated():
                row.update(
                    actions=[MembershipRow.rs.set(seq), MembershipRow.rn.set(number)],
                    condition=MembershipRow.rs < seq,
                )
        except UpdateError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise


def _count(transaction: TransactWrite, room_id: str, change: int, entry: Entry | None) -> None:
    counted = [RoomRow.counted.set(entry.seq)] if entry else []
    transaction.update(
        RoomRow(room_key(room_id), ROOM),
        actions=[RoomRow.members.add(change), *counted],
        condition=RoomRow.pk.exists(),
    )


def _failed(error: TransactWriteError, items: Sequence[str]) -> set[str]:
    """Name the items of a transaction whose conditions did not hold."""
    failure, failed = classify(error)
    if failure is not Failure.CONDITION:
        raise error
    return {items[index] for index in failed}


def _refusal(failed: set[str]) -> Exception:
    """Tell what it means: the room or the code is gone before anybody fights for a slot."""
    return NotFound() if failed & {"room", "code"} else SlotTaken()
