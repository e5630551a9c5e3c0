"""Which items does the table of rooms hold? One model a kind of row, and its domain value.

Rooms and members change in the same transactions, so both adapters share these rows.
"""

from __future__ import annotations

import hashlib

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from teahouse.adapters.dynamodb.tables import Model, RoomsMeta
from teahouse.domain.member import Member, Membership
from teahouse.domain.room import Room, Summary
from teahouse.domain.user import User

ROOM = "ROOM"
SUMMARY = "SUMMARY"
CODE = "CODE"
PUBLIC = "PUBLIC"


class RoomRow(Model):
    """The room. Its code lies here in the clear, for those who may invite."""

    Meta = RoomsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    description = UnicodeAttribute()
    kind = UnicodeAttribute()
    owner = UnicodeAttribute()
    room_key = UnicodeAttribute()
    at = NumberAttribute()
    members = NumberAttribute()
    counted = NumberAttribute()
    code = UnicodeAttribute(null=True)
    first = NumberAttribute()


class SummaryRow(Model):
    """What a list shows of a room; at most 1 KB, for every message may write it."""

    Meta = RoomsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    seq = NumberAttribute()
    n = NumberAttribute()
    at = NumberAttribute()
    by = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)


class CodeRow(Model):
    """Where an invitation leads. The key is the code's hash: who reads keys cannot invite."""

    Meta = RoomsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    room = UnicodeAttribute()


class PublicRow(Model):
    """One line of the list of public rooms, in order of their making."""

    Meta = RoomsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class MemberRow(Model):
    """Somebody in a room, with the profile of that time and the slot that decided the row."""

    Meta = RoomsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    role = UnicodeAttribute()
    at = NumberAttribute()
    seq = NumberAttribute()
    name = UnicodeAttribute()
    color = UnicodeAttribute()
    kind = UnicodeAttribute()
    username = UnicodeAttribute(null=True)
    avatar = UnicodeAttribute(null=True)


class MembershipRow(Model):
    """A room in somebody's list, with how far the person has read."""

    Meta = RoomsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    role = UnicodeAttribute()
    at = NumberAttribute()
    rs = NumberAttribute()
    rn = NumberAttribute()


def room_key(room_id: str) -> str:
    """Name the partition of a room."""
    return f"R#{room_id}"


def user_key(user_id: str) -> str:
    """Name the partition of a person's list."""
    return f"U#{user_id}"


def code_key(code: str) -> str:
    """Name the partition of an invitation code."""
    return f"C#{hashlib.sha256(code.encode()).hexdigest()}"


def member_sort_key(user_id: str) -> str:
    """Name a member's row within the partition of the room."""
    return f"M#{user_id}"


def public_key(room: Room) -> str:
    """Name a room's place in the list of public rooms."""
    return f"{room.created_at:013}#{room.id}"


def row_of_room(room: Room) -> RoomRow:
    """Make the item of a room."""
    return RoomRow(
        room_key(room.id),
        ROOM,
        name=room.name,
        description=room.description,
        kind=room.kind,
        owner=room.owner_id,
        room_key=room.room_key,
        at=room.created_at,
        members=room.member_count,
        counted=room.counted_seq,
        code=room.code,
        first=room.first_seq,
    )


def room_of_row(row: RoomRow) -> Room:
    """Make the room of an item."""
    return Room(
        id=row.pk.removeprefix("R#"),
        name=row.name,
        description=row.description,
        kind=row.kind,  # type: ignore[arg-type]  # only `row_of_room` writes it
        owner_id=row.owner,
        room_key=row.room_key,
        created_at=int(row.at),
        member_count=int(row.members),
        counted_seq=int(row.counted),
        code=row.code,
        first_seq=int(row.first),
    )


def row_of_summary(summary: Summary) -> SummaryRow:
    """Make the item of a summary."""
    return SummaryRow(
        room_key(summary.room_id),
        SUMMARY,
        seq=summary.seq,
        n=summary.number,
        at=summary.at,
        by=summary.by,
        name=summary.by_name,
        text=summary.text,
    )


def summary_of_row(row: SummaryRow) -> Summary:
    """Make the summary of an item."""
    return Summary(
        room_id=row.pk.removeprefix("R#"),
        seq=int(row.seq),
        number=int(row.n),
        at=int(row.at),
        by=row.by,
        by_name=row.name,
        text=row.text,
    )


def row_of_code(code: str, room_id: str) -> CodeRow:
    """Make the item of an invitation code."""
    return CodeRow(code_key(code), CODE, room=room_id)


def row_of_member(member: Member) -> MemberRow:
    """Make the item of a member."""
    user = member.user
    return MemberRow(
        room_key(member.room_id),
        member_sort_key(user.id),
        role=member.role,
        at=member.joined_at,
        seq=member.decided_seq,
        name=user.display_name,
        color=user.color,
        kind=user.kind,
        username=user.username,
        avatar=user.avatar,
    )


def member_of_row(row: MemberRow) -> Member:
    """Make the member of an item."""
    user = User(
        id=row.sk.removeprefix("M#"),
        display_name=row.name,
        color=row.color,
        kind=row.kind,  # type: ignore[arg-type]  # only `row_of_member` writes it
        username=row.username,
        avatar=row.avatar,
    )
    return Member(
        room_id=row.pk.removeprefix("R#"),
        user=user,
        role=row.role,  # type: ignore[arg-type]  # as above
        joined_at=int(row.at),
        decided_seq=int(row.seq),
    )


def row_of_membership(member: Member, read: tuple[int, int]) -> MembershipRow:
    """Make the item of a member's list."""
    return MembershipRow(
        user_key(member.user.id),
        room_key(member.room_id),
        role=member.role,
        at=member.joined_at,
        rs=read[0],
        rn=read[1],
    )


def membership_of_row(row: MembershipRow) -> Membership:
    """Make the membership of an item."""
    return Membership(
        user_id=row.pk.removeprefix("U#"),
        room_id=row.sk.removeprefix("R#"),
        role=row.role,  # type: ignore[arg-type]  # only `row_of_membership` writes it
        joined_at=int(row.at),
        read_seq=int(row.rs),
        read_number=int(row.rn),
    )
