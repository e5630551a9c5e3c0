"""Moderation on DynamoDB: what is decided of a member, and the slot that says so."""

from __future__ import annotations

from typing import Any

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.connections import ListenerRow
from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.log import LogSlot
from teahouse.adapters.dynamodb.members import (
    as_read,
    check_role,
    count_members,
    failed_items,
    owners_counted,
)
from teahouse.adapters.dynamodb.room_rows import (
    BanRow,
    CodeRow,
    LeftRow,
    MemberRow,
    MembershipRow,
    PublicRow,
    RoomRow,
)
from teahouse.adapters.dynamodb.tables import connection
from teahouse.adapters.items.connections import tombstone_item
from teahouse.adapters.items.log import slot_of
from teahouse.adapters.items.members import (
    MEMBER_PLACE,
    BanItem,
    ban_item,
    ban_key,
    ban_of,
    bans_between,
    left_item,
    member_key,
    membership_key,
)
from teahouse.adapters.items.rooms import (
    code_item,
    code_key,
    public_item,
    public_key,
    room_key,
    room_partition,
)
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.member import Ban, Member
from teahouse.domain.room import Room
from teahouse.domain.user import User
from teahouse.ports import Page, SlotTaken


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
                    counted, condition = owners_counted(room_id, owners)
                    room = RoomRow(*room_key(room_id))
                    transaction.update(room, actions=[counted], condition=condition)
        except TransactWriteError as error:
            if failed_items(error, items) - {"slot"}:
                return False
            raise SlotTaken from error
        return True

    def find_ban(self, room_id: str, user_id: str) -> Ban | None:
        with translated():
            try:
                row = BanRow.get(*ban_key(room_id, user_id), consistent_read=True)
            except BanRow.DoesNotExist:
                return None
        return ban_of(row.item(BanItem))

    def page_bans(self, room_id: str, cursor: str | None, limit: int) -> Page[Ban]:
        after = decode_cursor(cursor, MEMBER_PLACE) if cursor is not None else None
        with translated():
            found = BanRow.query(
                room_partition(room_id),
                BanRow.sk.between(*bans_between(after)),
                consistent_read=True,
                limit=limit + 1,
            )
            bans = [ban_of(row.item(BanItem)) for row in found]
        shown = tuple(bans[:limit])
        return Page(shown, encode_cursor(shown[-1].user_id) if len(bans) > limit else None)

    def ban(
        self, ban: Ban, member: Member | None, entry: Entry, *, by: Member, tombstone_until: int
    ) -> bool:
        room_id, user_id = ban.room_id, ban.user_id
        row = MemberRow(*member_key(room_id, user_id))
        # In the order in which PynamoDB sends them: checks, deletions, puts, updates.
        items = ["by", "member", "membership", "slot", "ban", "tombstone", "left", "room"]
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                check_role(transaction, by)
                slot = LogSlot.of(slot_of(room_id, entry))
                transaction.save(slot, condition=LogSlot.room.does_not_exist())
                written = BanRow.of(ban_item(ban))
                transaction.save(written, condition=BanRow.pk.does_not_exist())
                if member is None:
                    items.remove("membership")
                    absent = MemberRow.pk.does_not_exist()
                    key = member_key(room_id, user_id)
                    transaction.condition_check(MemberRow, *key, condition=absent)
                else:
                    transaction.delete(row, condition=as_read(member))
                    transaction.delete(MembershipRow(*membership_key(user_id, room_id)))
                    tombstone = tombstone_item(room_id, user_id, tombstone_until)
                    transaction.save(ListenerRow.of(tombstone))
                    transaction.save(LeftRow.of(left_item(user_id, room_id)))
                    count_members(transaction, member, -1, entry)
        except TransactWriteError as error:
            if failed_items(error, items) - {"slot"}:
                return False
            raise SlotTaken from error
        return True

    def lift_ban(self, room_id: str, user_id: str, *, by: Member) -> bool:
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                check_role(transaction, by)
                transaction.delete(BanRow(*ban_key(room_id, user_id)))
        except TransactWriteError as error:
            if failed_items(error, ["by", "ban"]):
                return False
            raise
        return True

    def change_room(
        self, before: Room, after: Room, entry: Entry, *, by: Member, is_alone: bool = False
    ) -> bool:
        code_goes = before.code is not None and after.code != before.code
        code_comes = after.code is not None and after.code != before.code
        items = ["by", "code", "list", "slot", "new code", "new list", "room"]
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                check_role(transaction, by)
                if code_goes:
                    transaction.delete(CodeRow(*code_key(str(before.code))))
                else:
                    items.remove("code")
                if before.is_listed and not after.is_listed:
                    transaction.delete(PublicRow(*public_key(before)))
                else:
                    items.remove("list")
                slot = LogSlot.of(slot_of(before.id, entry))
                transaction.save(slot, condition=LogSlot.room.does_not_exist())
                if code_comes:
                    written = CodeRow.of(code_item(str(after.code), after.id))
                    transaction.save(written, condition=CodeRow.pk.does_not_exist())
                else:
                    items.remove("new code")
                if after.is_listed and not before.is_listed:
                    transaction.save(PublicRow.of(public_item(after)))
                else:
                    items.remove("new list")
                unchanged = _room_as_read(before)
                if is_alone:
                    unchanged &= RoomRow.members == 1
                row = RoomRow(*room_key(before.id))
                transaction.update(row, actions=_settings(after), condition=unchanged)
        except TransactWriteError as error:
            if failed_items(error, items) - {"slot"}:
                return False
            raise SlotTaken from error
        return True

    def show_member(self, room_id: str, user: User) -> None:
        row = MemberRow(*member_key(room_id, user.id))
        try:
            with translated():
                row.update(actions=_shown(user), condition=MemberRow.pk.exists())
        except UpdateError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise


def _shown(user: User) -> list[Any]:
    return [
        MemberRow.name.set(user.display_name),
        MemberRow.kind.set(user.kind),
        MemberRow.username.set(user.username) if user.username else MemberRow.username.remove(),
        MemberRow.avatar.set(user.avatar) if user.avatar else MemberRow.avatar.remove(),
    ]


def _decided(row: Any, after: Member) -> list[Any]:
    muted = row.muted.set(after.muted_until) if after.muted_until else row.muted.remove()
    return [row.role.set(after.role), muted]


def _room_as_read(before: Room) -> Any:
    code = RoomRow.code == before.code if before.code else RoomRow.code.does_not_exist()
    return RoomRow.pk.exists() & code & RoomRow.closed.does_not_exist()


def _settings(after: Room) -> list[Any]:
    return [
        RoomRow.name.set(after.name),
        RoomRow.description.set(after.description),
        RoomRow.kind.set(after.kind),
        RoomRow.av.set(after.avatar) if after.avatar else RoomRow.av.remove(),
        RoomRow.code.set(after.code) if after.code else RoomRow.code.remove(),
        RoomRow.closed.set(after.closed_at) if after.closed_at else RoomRow.closed.remove(),
    ]
