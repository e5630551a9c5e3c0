"""Moderation on DynamoDB: what is decided of a member, and the slot that says so."""

from __future__ import annotations

from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import translated
from teahouse.adapters.dynamodb.log import LogSlot
from teahouse.adapters.dynamodb.members import as_read, check_role, failed_items, owners_counted
from teahouse.adapters.dynamodb.room_rows import MemberRow, MembershipRow, RoomRow
from teahouse.adapters.dynamodb.tables import connection
from teahouse.adapters.items.log import slot_of
from teahouse.adapters.items.members import member_key, membership_key
from teahouse.adapters.items.rooms import room_key
from teahouse.domain.entry import Entry
from teahouse.domain.member import Member
from teahouse.ports import SlotTaken


class DynamoDbModeration:
    """The rooms' table, as far as order goes."""

    def change_member(
        self, before: Member, after: Member, entry: Entry, *, by: Member | None
    ) -> bool:
        room_id, user_id = before.room_id, before.user.id
        owners = (after.role == "owner") - (before.role == "owner")
        items = ["slot", "member", "membership"]
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                if by is not None:
                    items.insert(0, "by")
                    check_role(transaction, by)
                slot = LogSlot.of(slot_of(room_id, entry))
                transaction.save(slot, condition=LogSlot.room.does_not_exist())
                row = MemberRow(*member_key(room_id, user_id))
                decided = [MemberRow.seq.set(after.decided_seq), *_decided(MemberRow, after)]
                transaction.update(row, actions=decided, condition=as_read(before))
                listed = MembershipRow(*membership_key(user_id, room_id))
                transaction.update(listed, actions=_decided(MembershipRow, after))
                if owners:
                    items.append("room")
                    counted, condition = owners_counted(owners)
                    room = RoomRow(*room_key(room_id))
                    transaction.update(room, actions=[counted], condition=condition)
        except TransactWriteError as error:
            if failed_items(error, items) - {"slot"}:
                return False
            raise SlotTaken from error
        return True


def _decided(row: Any, after: Member) -> list[Any]:
    muted = row.muted.set(after.muted_until) if after.muted_until else row.muted.remove()
    return [row.role.set(after.role), muted]
