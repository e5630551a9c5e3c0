"""What does a slot of the log look like in the table?

A slot's attributes are short, since every reader pays for them: k(ind), b(y), t(ime),
o(peration), h(ash of the body), n(umber), e(poch's random part), f(act's own fields as JSON,
UTF-8 unescaped), w(ith which entries before it, it is pushed).
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import msgspec

from teahouse.adapters.items.values import Item, Key, Number, Text, number, wrapped
from teahouse.domain.entry import FACTS, Entry, Fact

OPERATION_TTL_MS = 72 * 3600 * 1000  # a client gives up after 24 h; 48 h are promised


class Slot(Item):
    """One slot."""

    room: Text
    seq: Number
    k: Text
    b: Text
    t: Number
    o: Text
    h: Text
    n: Number
    e: Text
    f: Text
    w: Number | None = None


class SlotName(Item):
    """The name of a slot, where it is enough to know that it is there."""

    room: Text
    seq: Number


class Operation(Item):
    """Where an operation without a position went; it lies in the table of rooms."""

    pk: Text
    sk: Text
    seq: Number
    ttl: Number


def slot_of(room_id: str, entry: Entry) -> Slot:
    """Make the item of an entry."""
    return Slot(
        room=Text(room_id),
        seq=number(entry.seq),
        k=Text(entry.kind),
        b=Text(entry.by),
        t=number(entry.at),
        o=Text(entry.operation_id),
        h=Text(entry.body_hash),
        n=number(entry.number),
        e=Text(entry.room_key),
        f=facts_of(entry.fact),
        w=None if entry.together_from is None else number(entry.together_from),
    )


def facts_of(fact: Fact) -> Text:
    """Write a fact's own fields; what is absent is not said."""
    facts = {f.name: getattr(fact, f.name) for f in fields(fact)}
    said = {name: value for name, value in facts.items() if value not in (None, ())}
    return Text(msgspec.json.encode(said).decode())


def entry_of(slot: Slot) -> Entry:
    """Make the entry of an item."""
    return Entry(
        seq=int(slot.seq),
        by=slot.b.S,
        at=int(slot.t),
        fact=_facts_reader(slot.k.S).decode(slot.f.S),
        operation_id=slot.o.S,
        body_hash=slot.h.S,
        number=int(slot.n),
        room_key=slot.e.S,
        together_from=None if slot.w is None else int(slot.w),
    )


@cache
def _facts_reader(kind: str) -> msgspec.json.Decoder[Fact]:
    return msgspec.json.Decoder(FACTS[kind])


def operation_key(room_id: str, user_id: str, operation_id: str) -> Key:
    """Name the record of somebody's operation."""
    return f"R#{room_id}", f"O#{user_id}#{operation_id}"


def operation_of(room_id: str, entry: Entry) -> Operation:
    """Make the record of an entry's operation."""
    return Operation(
        *wrapped(operation_key(room_id, entry.by, entry.operation_id)),
        seq=number(entry.seq),
        ttl=number((entry.at + OPERATION_TTL_MS) // 1000),
    )


def wire_bytes(entry: Entry) -> int:
    """Estimate what an entry weighs on the wire."""
    text = getattr(entry.fact, "text", "")
    return 200 + len(text.encode())
