"""Members on DynamoDB: a row beside the room, a row in the person's list, and their slot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.connections import ListenerRow
from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.log import LogSlot
from teahouse.adapters.dynamodb.room_rows import (
    BanRow,
    CodeRow,
    LeftRow,
    MemberRow,
    MembershipRow,
    RoomRow,
)
from teahouse.adapters.dynamodb.tables import connection
from teahouse.adapters.items.connections import tombstone_item, tombstone_key
from teahouse.adapters.items.log import slot_of
from teahouse.adapters.items.members import (
    MEMBER_PLACE,
    LeftItem,
    MemberItem,
    MembershipItem,
    ban_key,
    left_item,
    left_key,
    left_prefix,
    left_room_of,
    list_partition,
    member_item,
    member_key,
    member_of,
    members_between,
    membership_item,
    membership_key,
    membership_of,
)
from teahouse.adapters.items.rooms import (
    RowName,
    code_key,
    room_id_of,
    room_key,
    room_partition,
)
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.errors import Forbidden, NotFound
from teahouse.domain.member import BANNED, Member, Membership
from teahouse.domain.room import LOBBY_ID
from teahouse.ports import Page, SlotTaken


class DynamoDbMembers:
    """The rooms' table, as far as members go."""

    def find(self, room_id: str, user_id: str) -> Member | None:
        with translated():
            try:
                row = MemberRow.get(*member_key(room_id, user_id), consistent_read=True)
            except MemberRow.DoesNotExist:
                return None
        return member_of(row.item(MemberItem))

    def page(self, room_id: str, cursor: str | None, limit: int) -> Page[Member]:
        after = decode_cursor(cursor, MEMBER_PLACE) if cursor is not None else None
        with translated():
            found = MemberRow.query(
                room_partition(room_id),
                MemberRow.sk.between(*members_between(after)),
                consistent_read=True,
                limit=limit + 1,
            )
            members = [member_of(row.item(MemberItem)) for row in found]
        shown = tuple(members[:limit])
        return Page(shown, encode_cursor(shown[-1].user.id) if len(members) > limit else None)

    def rooms_of(self, user_id: str) -> list[Membership]:
        with translated():
            rows = MembershipRow.query(
                list_partition(user_id),
                MembershipRow.sk.startswith(room_partition("")),
                consistent_read=True,
            )
            return [membership_of(row.item(MembershipItem)) for row in rows]

    def membership(self, room_id: str, user_id: str) -> Membership | None:
        with translated():
            try:
                row = MembershipRow.get(*membership_key(user_id, room_id), consistent_read=True)
            except MembershipRow.DoesNotExist:
                return None
        return membership_of(row.item(MembershipItem))

    def among(self, user_id: str, room_ids: Sequence[str]) -> set[str]:
        keys = [member_key(room_id, user_id) for room_id in room_ids]
        with translated():
            rows = MemberRow.batch_get(keys, consistent_read=True, attributes_to_get=["pk", "sk"])
            return {room_id_of(row.item(RowName).pk) for row in rows}

    def admit(
        self, member: Member, entry: Entry | None, *, read: tuple[int, int], code: str | None = None
    ) -> bool:
        room_id, user_id = member.room_id, member.user.id
        row = MemberRow.of(member_item(member))
        # In the order in which PynamoDB sends them: checks, deletions, puts, updates.
        items = ["ban", "tombstone", "member", "membership", "room"]
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                check_not_banned(transaction, room_id, user_id)
                if code is not None:
                    items.insert(1, "code")
                    transaction.condition_check(
                        CodeRow, *code_key(code), condition=CodeRow.room == room_id
                    )
                transaction.delete(ListenerRow(*tombstone_key(room_id, user_id)))
                transaction.save(row, condition=MemberRow.pk.does_not_exist())
                transaction.save(MembershipRow.of(membership_item(member, read)))
                if entry is not None:
                    items.insert(-1, "slot")
                    slot = LogSlot.of(slot_of(room_id, entry))
                    transaction.save(slot, condition=LogSlot.room.does_not_exist())
                count_members(transaction, member, 1, entry)
        except TransactWriteError as error:
            failed = failed_items(error, items)
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
        items = ["member", "membership", "tombstone", "left", "room"]
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                if by is not None:
                    items.insert(0, "by")
                    check_role(transaction, by)
                transaction.delete(
                    MemberRow(*member_key(room_id, user_id)), condition=as_read(member)
                )
                transaction.delete(MembershipRow(*membership_key(user_id, room_id)))
                transaction.save(ListenerRow.of(tombstone_item(room_id, user_id, tombstone_until)))
                transaction.save(LeftRow.of(left_item(user_id, room_id)))
                if entry is not None:
                    items.insert(-1, "slot")
                    slot = LogSlot.of(slot_of(room_id, entry))
                    transaction.save(slot, condition=LogSlot.room.does_not_exist())
                count_members(transaction, member, -1, entry)
        except TransactWriteError as error:
            failed = failed_items(error, items)
            if failed & ({"member", "by", "room"} if member.role == "owner" else {"member", "by"}):
                return False
            raise _refusal(failed) from error
        return True

    def left_by(self, user_id: str) -> list[str]:
        with translated():
            rows = LeftRow.query(
                list_partition(user_id),
                LeftRow.sk.startswith(left_prefix()),
                consistent_read=True,
            )
            return [left_room_of(row.item(LeftItem)) for row in rows]

    def forget_left(self, user_id: str, room_id: str) -> None:
        with translated():
            LeftRow(*left_key(user_id, room_id)).delete()

    def mark_read(self, room_id: str, user_id: str, seq: int, number: int) -> None:
        row = MembershipRow(*membership_key(user_id, room_id))
        try:
            with translated():
                row.update(
                    actions=[MembershipRow.rs.set(seq), MembershipRow.rn.set(number)],
                    condition=MembershipRow.rs < seq,
                )
        except UpdateError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise


def check_role(transaction: TransactWrite, by: Member) -> None:
    """Demand that somebody still has the role that was read."""
    transaction.condition_check(
        MemberRow,
        *member_key(by.room_id, by.user.id),
        condition=MemberRow.role == by.role,
    )


def check_not_banned(transaction: TransactWrite, room_id: str, user_id: str) -> None:
    """Demand that somebody is not banned."""
    condition = BanRow.pk.does_not_exist()
    transaction.condition_check(BanRow, *ban_key(room_id, user_id), condition=condition)


def as_read(member: Member) -> Any:
    """Demand that a member's row is as it was read."""
    return (
        (MemberRow.role == member.role)
        & (MemberRow.seq == member.decided_seq)
        & (MemberRow.at == member.joined_at)
    )


def owners_counted(room_id: str, change: int) -> tuple[Any, Any]:
    """Give the change of a room's count of owners, and its condition: one stays.

    The lobby alone may have none.
    """
    action = RoomRow.owners.set((RoomRow.owners | 1) + change)
    if change > 0 or room_id == LOBBY_ID:
        return action, RoomRow.pk.exists()
    return action, (RoomRow.owners > 1) | RoomRow.closed.exists()


def count_members(
    transaction: TransactWrite, member: Member, change: int, entry: Entry | None
) -> None:
    """Change a room's counts by one member."""
    actions = [RoomRow.members.add(change)]
    condition = RoomRow.pk.exists()
    if entry is not None:
        actions.append(RoomRow.counted.set(entry.seq))
    if member.role == "owner":
        owners, condition = owners_counted(member.room_id, change)
        actions.append(owners)
    if change > 0:
        condition &= RoomRow.closed.does_not_exist()
    row = RoomRow(*room_key(member.room_id))
    transaction.update(row, actions=actions, condition=condition)


def failed_items(error: TransactWriteError, items: Sequence[str]) -> set[str]:
    """Name the items of a transaction whose conditions did not hold."""
    failure, failed = classify(error)
    if failure is not Failure.CONDITION:
        raise error
    return {items[index] for index in failed}


def _refusal(failed: set[str]) -> Exception:
    """Tell what it means: the room or the code is gone before anybody fights for a slot."""
    if "ban" in failed:
        return Forbidden(BANNED)
    return NotFound() if failed & {"room", "code"} else SlotTaken()
