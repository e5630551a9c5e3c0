"""The contract of Moderation, on every store that claims it."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from teahouse.domain.entry import Entry, Fact, RoleChanged, body_hash
from teahouse.domain.member import Member
from teahouse.domain.room import Room
from teahouse.domain.user import User
from teahouse.ports import SlotTaken

from tests.cast import ANN, BEN, CLEO, NOON_MS, joined, member, opened, room, user
from tests.contracts.stores import Store, requested_store

LATER_MS = NOON_MS + 3_600_000


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    return requested_store(request)


@pytest.fixture
def den(store: Store) -> Room:
    """A private room that ann owns, with ben in it from slot 2 on."""
    den = room(f"den-{secrets.token_hex(6)}")
    store.rooms.create(den, member(den.id, ANN, role="owner"), opened())
    row = member(den.id, BEN, decided_seq=2)
    store.members.admit(row, joined(2, BEN), read=(2, 0))
    return den


def slot(seq: int, fact: Fact) -> Entry:
    """Make a slot that ann wrote."""
    return replace(joined(seq, ANN), fact=fact, body_hash=body_hash(fact))


def row_of(store: Store, den: Room, person: User) -> Member:
    row = store.members.find(den.id, person.id)
    assert row is not None
    return row


def changes(store: Store, den: Room, person: User, seq: int, **what: object) -> bool:
    before, by = row_of(store, den, person), row_of(store, den, ANN)
    after = replace(before, decided_seq=seq, **what)  # type: ignore[arg-type]
    entry = slot(seq, RoleChanged(user_id=person.id, role=after.role))
    checked = None if person == ANN else by
    return store.moderation.change_member(before, after, entry, by=checked)


def test_what_is_decided_of_a_member_is_in_both_rows_and_in_the_log(
    store: Store, den: Room
) -> None:
    assert changes(store, den, BEN, 3, role="moderator", muted_until=LATER_MS)

    row = row_of(store, den, BEN)
    assert (row.role, row.muted_until, row.decided_seq) == ("moderator", LATER_MS, 3)
    mine = store.members.membership(den.id, BEN.id)
    assert mine is not None
    assert (mine.role, mine.muted_until, mine.read_seq) == ("moderator", LATER_MS, 2)
    assert store.log.newest(den.id) == slot(3, RoleChanged(user_id=BEN.id, role="moderator"))

    assert changes(store, den, BEN, 4, muted_until=None)
    assert row_of(store, den, BEN).muted_until is None


def test_an_older_look_decides_nothing(store: Store, den: Room) -> None:
    seen = row_of(store, den, BEN)
    assert changes(store, den, BEN, 3, muted_until=LATER_MS)
    ann = row_of(store, den, ANN)
    entry = slot(4, RoleChanged(user_id=BEN.id, role="moderator"))

    after = replace(seen, role="moderator", decided_seq=4)
    assert not store.moderation.change_member(seen, after, entry, by=ann)
    now = row_of(store, den, BEN)
    after = replace(now, role="moderator", decided_seq=4)
    was_moderator, stranger = replace(ann, role="moderator"), member(den.id, user("dora"))
    for nobody in (was_moderator, stranger):
        assert not store.moderation.change_member(now, after, entry, by=nobody)

    assert row_of(store, den, BEN) == now
    assert store.log.newest(den.id).seq == 3
    assert store.moderation.change_member(now, after, entry, by=ann)  # the control


def test_nothing_is_decided_over_a_slot_that_is_taken(store: Store, den: Room) -> None:
    with pytest.raises(SlotTaken):
        changes(store, den, BEN, 2, role="moderator")

    assert row_of(store, den, BEN).role == "member"
    assert changes(store, den, BEN, 3, role="moderator")  # the control


def test_a_room_keeps_an_owner(store: Store, den: Room) -> None:
    assert not changes(store, den, ANN, 3, role="member")
    assert not store.members.remove(row_of(store, den, ANN), None, tombstone_until=LATER_MS)
    assert store.rooms.get(den.id).owners == 1

    assert changes(store, den, BEN, 3, role="owner")
    assert store.rooms.get(den.id).owners == 2
    assert changes(store, den, ANN, 4, role="member")
    assert store.rooms.get(den.id).owners == 1
    ben = row_of(store, den, BEN)
    assert not store.members.remove(ben, None, tombstone_until=LATER_MS)


def test_an_owner_of_several_may_be_removed_and_is_counted(store: Store, den: Room) -> None:
    row = member(den.id, CLEO, role="owner")
    store.members.admit(row, None, read=(2, 0))
    assert store.rooms.get(den.id).owners == 2

    assert store.members.remove(row, None, tombstone_until=LATER_MS)

    assert store.rooms.get(den.id).owners == 1
