"""What do members look like in the table? One row beside the room, one in the person's list."""

from __future__ import annotations

import re

from teahouse.adapters.items.rooms import room_id_of, room_partition
from teahouse.adapters.items.values import (
    Item,
    Key,
    Number,
    Text,
    int_of,
    number,
    number_or_none,
    text_or_none,
    value_of,
    wrapped,
)
from teahouse.domain.member import Ban, Member, Membership
from teahouse.domain.user import User

MEMBER_PLACE = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what a cursor may hold: a user id


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
    muted: Number | None = None


class MembershipItem(Item):
    """A room in somebody's list, with how far the person has read."""

    pk: Text
    sk: Text
    role: Text
    at: Number
    rs: Number
    rn: Number
    muted: Number | None = None


class LeftItem(Item):
    """A room in which somebody was: what they said there is still theirs to take back."""

    pk: Text
    sk: Text


class BanItem(Item):
    """Somebody who may not become a member."""

    pk: Text
    sk: Text
    by: Text
    at: Number


def list_partition(user_id: str) -> str:
    """Name the partition of a person's list."""
    return f"U#{user_id}"


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


def left_prefix() -> str:
    """Begin the sort keys of the rooms that a person has left."""
    return "L#"


def left_key(user_id: str, room_id: str) -> Key:
    """Name a room that a person has left."""
    return list_partition(user_id), f"{left_prefix()}{room_id}"


def left_item(user_id: str, room_id: str) -> LeftItem:
    """Make the item of a room that a person has left."""
    return LeftItem(*wrapped(left_key(user_id, room_id)))


def left_room_of(item: LeftItem) -> str:
    """Read the id of a room that a person has left."""
    return item.sk.S.removeprefix(left_prefix())


def ban_key(room_id: str, user_id: str) -> Key:
    """Name somebody's ban from a room."""
    return room_partition(room_id), f"B#{user_id}"


def bans_between(after_user_id: str | None) -> Key:
    """Give the first and the last sort key of a room's bans behind one of them."""
    return f"B#{after_user_id}!" if after_user_id is not None else "B#", "B#~"


def ban_item(ban: Ban) -> BanItem:
    """Make the item of a ban."""
    return BanItem(*wrapped(ban_key(ban.room_id, ban.user_id)), by=Text(ban.by), at=number(ban.at))


def ban_of(item: BanItem) -> Ban:
    """Make the ban of an item."""
    return Ban(
        room_id=room_id_of(item.pk),
        user_id=item.sk.S.removeprefix("B#"),
        by=item.by.S,
        at=int(item.at),
    )


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
        muted=number_or_none(member.muted_until),
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
        muted_until=int_of(item.muted),
    )


def membership_item(member: Member, read: tuple[int, int]) -> MembershipItem:
    """Make the item of a member's list."""
    return MembershipItem(
        *wrapped(membership_key(member.user.id, member.room_id)),
        role=Text(member.role),
        at=number(member.joined_at),
        rs=number(read[0]),
        rn=number(read[1]),
        muted=number_or_none(member.muted_until),
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
        muted_until=int_of(item.muted),
    )
