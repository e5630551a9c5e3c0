"""What do rooms and their members look like in the table? They change in the same transactions."""

from __future__ import annotations

import hashlib
import re

from teahouse.adapters.items.values import (
    Item,
    Key,
    Number,
    Text,
    number,
    text_or_none,
    value_of,
    wrapped,
)
from teahouse.domain.member import Member, Membership
from teahouse.domain.room import Room, Summary
from teahouse.domain.user import User

PUBLIC = "PUBLIC"  # the partition of the list of public rooms
# What a cursor may hold: a place in the list of public rooms, a member's user id.
PUBLIC_PLACE = re.compile(r"[0-9]{13}#[A-Za-z0-9_-]{1,64}")
MEMBER_PLACE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class RowName(Item):
    """The name of a row, where it is enough to know that it is there."""

    pk: Text
    sk: Text


class RoomItem(Item):
    """The room. Its code lies here in the clear, for those who may invite."""

    pk: Text
    sk: Text
    name: Text
    description: Text
    kind: Text
    owner: Text
    room_key: Text
    at: Number
    members: Number
    counted: Number
    first: Number
    code: Text | None = None


class SummaryItem(Item):
    """What a list shows of a room; at most 1 KB, for every message may write it."""

    pk: Text
    sk: Text
    seq: Number
    n: Number
    at: Number
    by: Text | None = None
    name: Text | None = None
    text: Text | None = None
    changed: Number | None = None


class CodeItem(Item):
    """Where an invitation leads. The key is the code's hash: who reads keys cannot invite."""

    pk: Text
    sk: Text
    room: Text


class PublicItem(Item):
    """One line of the list of public rooms, in order of their making."""

    pk: Text
    sk: Text


class MemberItem(Item):
    """Somebody in a room, with the profile of that time and the slot that decided the row."""

    pk: Text
    sk: Text
    role: Text
    at: Number
    seq: Number
    name: Text
    color: Text
    kind: Text
    username: Text | None = None
    avatar: Text | None = None


class MembershipItem(Item):
    """A room in somebody's list, with how far the person has read."""

    pk: Text
    sk: Text
    role: Text
    at: Number
    rs: Number
    rn: Number


def room_partition(room_id: str) -> str:
    """Name the partition of a room."""
    return f"R#{room_id}"


def list_partition(user_id: str) -> str:
    """Name the partition of a person's list."""
    return f"U#{user_id}"


def room_key(room_id: str) -> Key:
    """Name the room's own item."""
    return room_partition(room_id), "ROOM"


def summary_key(room_id: str) -> Key:
    """Name a room's summary."""
    return room_partition(room_id), "SUMMARY"


def member_key(room_id: str, user_id: str) -> Key:
    """Name a member's row."""
    return room_partition(room_id), f"M#{user_id}"


def members_between(after_user_id: str | None) -> Key:
    """Give the first and the last sort key of a room's members behind one of them.

    "!" sorts before all characters of ids, "~" after them.
    """
    return f"M#{after_user_id}!" if after_user_id is not None else "M#", "M#~"


def membership_key(user_id: str, room_id: str) -> Key:
    """Name a room in a person's list."""
    return list_partition(user_id), room_partition(room_id)


def code_key(code: str) -> Key:
    """Name an invitation code."""
    return f"C#{hashlib.sha256(code.encode()).hexdigest()}", "CODE"


def public_key(room: Room) -> Key:
    """Name a room's place in the list of public rooms."""
    return PUBLIC, f"{room.created_at:013}#{room.id}"


def room_id_of(partition: Text) -> str:
    """Read a room's id from the name of its partition."""
    return partition.S.removeprefix("R#")


def room_item(room: Room) -> RoomItem:
    """Make the item of a room."""
    return RoomItem(
        *wrapped(room_key(room.id)),
        name=Text(room.name),
        description=Text(room.description),
        kind=Text(room.kind),
        owner=Text(room.owner_id),
        room_key=Text(room.room_key),
        at=number(room.created_at),
        members=number(room.member_count),
        counted=number(room.counted_seq),
        first=number(room.first_seq),
        code=text_or_none(room.code),
    )


def room_of(item: RoomItem) -> Room:
    """Make the room of an item."""
    return Room(
        id=room_id_of(item.pk),
        name=item.name.S,
        description=item.description.S,
        kind=item.kind.S,  # type: ignore[arg-type]  # only `room_item` writes it
        owner_id=item.owner.S,
        room_key=item.room_key.S,
        created_at=int(item.at),
        member_count=int(item.members),
        counted_seq=int(item.counted),
        code=value_of(item.code),
        first_seq=int(item.first),
    )


def summary_item(summary: Summary) -> SummaryItem:
    """Make the item of a summary."""
    return SummaryItem(
        *wrapped(summary_key(summary.room_id)),
        seq=number(summary.seq),
        n=number(summary.number),
        at=number(summary.at),
        by=text_or_none(summary.by),
        name=text_or_none(summary.by_name),
        text=text_or_none(summary.text),
        changed=None if summary.changed_seq is None else number(summary.changed_seq),
    )


def summary_of(item: SummaryItem) -> Summary:
    """Make the summary of an item."""
    return Summary(
        room_id=room_id_of(item.pk),
        seq=int(item.seq),
        number=int(item.n),
        at=int(item.at),
        by=value_of(item.by),
        by_name=value_of(item.name),
        text=value_of(item.text),
        changed_seq=None if item.changed is None else int(item.changed),
    )


def code_item(code: str, room_id: str) -> CodeItem:
    """Make the item of an invitation code."""
    return CodeItem(*wrapped(code_key(code)), room=Text(room_id))


def public_item(room: Room) -> PublicItem:
    """Make a room's line in the list of public rooms."""
    return PublicItem(*wrapped(public_key(room)))


def public_room_id(item: PublicItem) -> str:
    """Read the id of the room from its line."""
    return item.sk.S.partition("#")[2]


def member_item(member: Member) -> MemberItem:
    """Make the item of a member."""
    user = member.user
    return MemberItem(
        *wrapped(member_key(member.room_id, user.id)),
        role=Text(member.role),
        at=number(member.joined_at),
        seq=number(member.decided_seq),
        name=Text(user.display_name),
        color=Text(user.color),
        kind=Text(user.kind),
        username=text_or_none(user.username),
        avatar=text_or_none(user.avatar),
    )


def member_of(item: MemberItem) -> Member:
    """Make the member of an item."""
    user = User(
        id=item.sk.S.removeprefix("M#"),
        display_name=item.name.S,
        color=item.color.S,
        kind=item.kind.S,  # type: ignore[arg-type]  # only `member_item` writes it
        username=value_of(item.username),
        avatar=value_of(item.avatar),
    )
    return Member(
        room_id=room_id_of(item.pk),
        user=user,
        role=item.role.S,  # type: ignore[arg-type]  # as above
        joined_at=int(item.at),
        decided_seq=int(item.seq),
    )


def membership_item(member: Member, read: tuple[int, int]) -> MembershipItem:
    """Make the item of a member's list."""
    return MembershipItem(
        *wrapped(membership_key(member.user.id, member.room_id)),
        role=Text(member.role),
        at=number(member.joined_at),
        rs=number(read[0]),
        rn=number(read[1]),
    )


def membership_of(item: MembershipItem) -> Membership:
    """Make the membership of an item."""
    return Membership(
        user_id=item.pk.S.removeprefix("U#"),
        room_id=room_id_of(item.sk),
        role=item.role.S,  # type: ignore[arg-type]  # only `membership_item` writes it
        joined_at=int(item.at),
        read_seq=int(item.rs),
        read_number=int(item.rn),
    )
