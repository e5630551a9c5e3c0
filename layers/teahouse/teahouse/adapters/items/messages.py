"""What do changed messages and reactions look like in the table?"""

from __future__ import annotations

from typing import TypeVar

import msgspec

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
from teahouse.domain.entry import Attachment, Entry, ReactionAdded, ReactionRemoved
from teahouse.domain.message import Reactions, Standing

Listed = TypeVar("Listed", bound=tuple[object, ...])


class StandingItem(Item):
    """What has become of a message. Lists are JSON; `gone` is there once it is deleted."""

    pk: Text
    sk: Text
    by: Text
    at: Number
    n: Number
    changed: Number
    version: Number
    text: Text | None = None
    edited: Number | None = None
    edits: Text | None = None
    reactions: Text | None = None
    gone: Number | None = None
    settled: Text | None = None


class ReactionItem(Item):
    """Somebody's emoji under a message, and the slot that put it there."""

    pk: Text
    sk: Text
    seq: Number


def standings_partition(room_id: str) -> str:
    """Name the partition of a room's changed messages."""
    return f"N#{room_id}"


def standing_key(room_id: str, seq: int) -> Key:
    """Name what has become of a message."""
    return standings_partition(room_id), _place(seq)


def standings_between(first_seq: int, last_seq: int) -> Key:
    """Give the first and the last sort key of messages."""
    return _place(first_seq), _place(last_seq)


def reactions_partition(room_id: str, user_id: str) -> str:
    """Name the partition of a person's reactions in a room."""
    return f"N#{room_id}#{user_id}"


def reaction_key(room_id: str, seq: int, user_id: str, emoji: str) -> Key:
    """Name a person's emoji under a message."""
    return reactions_partition(room_id, user_id), f"{_place(seq)}#{emoji}"


def reactions_between(first_seq: int, last_seq: int) -> Key:
    """Give the bounds of the sort keys of a person's reactions to messages."""
    return _place(first_seq), _place(last_seq + 1)


def standing_item(room_id: str, standing: Standing) -> StandingItem:
    """Make the item of a standing."""
    return StandingItem(
        *wrapped(standing_key(room_id, standing.seq)),
        by=Text(standing.by),
        at=number(standing.sent_at),
        n=number(standing.number),
        changed=number(standing.changed_seq),
        version=number(standing.version),
        text=text_or_none(standing.text),
        edited=None if standing.edited_at is None else number(standing.edited_at),
        edits=_listed(standing.edit_seqs),
        reactions=_listed(standing.reactions),
        gone=number(1) if standing.is_deleted else None,
        settled=_listed(standing.settled),
    )


def standing_of(item: StandingItem) -> Standing:
    """Make the standing of an item."""
    return Standing(
        seq=int(item.sk.S),
        by=item.by.S,
        sent_at=int(item.at),
        number=int(item.n),
        changed_seq=int(item.changed),
        version=int(item.version),
        text=value_of(item.text),
        edited_at=None if item.edited is None else int(item.edited),
        edit_seqs=_read(item.edits, tuple[int, ...]),
        is_deleted=item.gone is not None,
        reactions=_read(item.reactions, Reactions),
        settled=_read(item.settled, tuple[Attachment, ...]),
    )


def reaction_item(
    room_id: str, entry: Entry, fact: ReactionAdded | ReactionRemoved
) -> ReactionItem:
    """Make the item of a reaction."""
    key = reaction_key(room_id, fact.target, entry.by, fact.emoji)
    return ReactionItem(*wrapped(key), seq=number(entry.seq))


def reaction_of(item: ReactionItem) -> tuple[int, str]:
    """Read which message has which emoji."""
    place, _, emoji = item.sk.S.partition("#")
    return int(place), emoji


def _place(seq: int) -> str:
    return f"{seq:016}"


def _listed(value: tuple[object, ...]) -> Text | None:
    return Text(msgspec.json.encode(value).decode()) if value else None


def _read(text: Text | None, kind: type[Listed]) -> Listed | tuple[()]:
    return msgspec.json.decode(text.S, type=kind) if text else ()
