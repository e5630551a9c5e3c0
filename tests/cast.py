"""The cast: ann, ben, cleo; the den. Builders for what tests need, in the words of the product."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from teahouse.domain.entry import Entry, MemberJoined, MessageSent, RoomOpened, body_hash
from teahouse.domain.member import Member
from teahouse.domain.room import Room
from teahouse.domain.user import User

NOON_MS = 1_800_000_000_000
ROOM_KEY = "k3yk3y"


def user(name: str, **changes: Any) -> User:
    """Make somebody with an account; the id is the name."""
    person = User(
        id=name,
        display_name=name.capitalize(),
        color="#0f766e",
        kind="account",
        username=f"{name}-name",
    )
    return replace(person, **changes)


ANN = user("ann")
BEN = user("ben")
CLEO = user("cleo")


def room(room_id: str, **changes: Any) -> Room:
    """Make a private room that ann owns."""
    den = Room(
        id=room_id,
        name="The den",
        description="",
        kind="private",
        owner_id=ANN.id,
        room_key=ROOM_KEY,
        created_at=NOON_MS,
        member_count=1,
        code=f"code-of-{room_id}",
    )
    return replace(den, **changes)


def member(room_id: str, person: User, **changes: Any) -> Member:
    """Make a plain member's row, decided by slot 1."""
    row = Member(room_id=room_id, user=person, role="member", joined_at=NOON_MS, decided_seq=1)
    return replace(row, **changes)


def opened(by: User = ANN) -> Entry:
    """Make slot 1."""
    return _entry(1, by, RoomOpened(name="The den"), "opening-operation-id-0", 0)


def said(seq: int, text: str = "hello", *, by: User = ANN, operation_id: str = "") -> Entry:
    """Make a message in slot `seq`; it is number `seq - 1` of the room."""
    operation_id = operation_id or f"operation-of-slot-{seq:04}"
    fact = MessageSent(text=text, client_message_id=operation_id, number=seq - 1)
    return _entry(seq, by, fact, operation_id, seq - 1)


def joined(seq: int, person: User) -> Entry:
    """Make the slot in which somebody joined."""
    fact = MemberJoined(user_id=person.id)
    return _entry(seq, person, fact, f"operation-of-slot-{seq:04}", 0)


def _entry(seq: int, by: User, fact: Any, operation_id: str, number: int) -> Entry:
    return Entry(
        seq=seq,
        by=by.id,
        at=NOON_MS + seq,
        fact=fact,
        operation_id=operation_id,
        body_hash=body_hash(fact),
        number=number,
        room_key=ROOM_KEY,
    )
