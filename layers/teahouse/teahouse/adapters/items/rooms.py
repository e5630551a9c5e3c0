"""What do rooms look like in the table, their lists and their codes?"""

from __future__ import annotations

import hashlib
import re

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
from teahouse.domain.room import Room, Summary

PUBLIC = "PUBLIC"  # the partition of the list of public rooms
# What a cursor may hold: a place in the list of public rooms.
PUBLIC_PLACE = re.compile(r"[0-9]{13}#[A-Za-z0-9_-]{1,64}")


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
    owners: Number | None = None
    closed: Number | None = None
    pair: Text | None = None
    av: Text | None = None


class SummaryItem(Item):
    """What a list shows of a room; at most 1 KB, for every message may write it."""

    pk: Text
    sk: Text
    seq: Number
    n: Number
    at: Number
    by: Text | None = None
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


def room_partition(room_id: str) -> str:
    """Name the partition of a room."""
    return f"R#{room_id}"


def room_key(room_id: str) -> Key:
    """Name the room's own item."""
    return room_partition(room_id), "ROOM"


def summary_key(room_id: str) -> Key:
    """Name a room's summary."""
    return room_partition(room_id), "SUMMARY"


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
        owners=number(room.owners),
        closed=number_or_none(room.closed_at),
        pair=Text(" ".join(room.pair)) if room.pair else None,
        av=text_or_none(room.avatar),
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
        owners=1 if item.owners is None else int(item.owners),
        closed_at=int_of(item.closed),
        pair=_pair_of(item.pair),
        avatar=value_of(item.av),
    )


def summary_item(summary: Summary) -> SummaryItem:
    """Make the item of a summary."""
    return SummaryItem(
        *wrapped(summary_key(summary.room_id)),
        seq=number(summary.seq),
        n=number(summary.number),
        at=number(summary.at),
        by=text_or_none(summary.by),
        text=text_or_none(summary.text),
        changed=number_or_none(summary.changed_seq),
    )


def summary_of(item: SummaryItem) -> Summary:
    """Make the summary of an item."""
    return Summary(
        room_id=room_id_of(item.pk),
        seq=int(item.seq),
        number=int(item.n),
        at=int(item.at),
        by=value_of(item.by),
        text=value_of(item.text),
        changed_seq=int_of(item.changed),
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


def _pair_of(pair: Text | None) -> tuple[str, str] | None:
    if pair is None:
        return None
    one_id, _, other_id = pair.S.partition(" ")
    return one_id, other_id
