"""The contract of Moderation, on every store that claims it."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from teahouse.domain.connection import Listener
from teahouse.domain.entry import Entry, Fact, MemberBanned, RoleChanged, RoomChanged, body_hash
from teahouse.domain.errors import Forbidden, NotFound
from teahouse.domain.member import Ban, Member
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


def ban(den: Room, person: User) -> Ban:
    return Ban(room_id=den.id, user_id=person.id, by=ANN.id, at=NOON_MS)


def bans(store: Store, den: Room, person: User, seq: int) -> bool:
    entry = slot(seq, MemberBanned(user_id=person.id))
    row, by = store.members.find(den.id, person.id), row_of(store, den, ANN)
    return store.moderation.ban(ban(den, person), row, entry, by=by, tombstone_until=LATER_MS)


def admits(store: Store, den: Room, person: User, seq: int) -> bool:
    row = member(den.id, person, decided_seq=seq)
    return store.members.admit(row, joined(seq, person), read=(seq, 0))


def test_who_is_banned_is_out_and_cannot_be_admitted(store: Store, den: Room) -> None:
    listener = Listener(connection_id=f"c-{den.id}", user_id=BEN.id)
    store.connections.register(den.id, listener, LATER_MS)

    assert bans(store, den, BEN, 3)

    assert store.members.find(den.id, BEN.id) is None
    assert store.members.membership(den.id, BEN.id) is None
    assert store.connections.of_room(den.id, NOON_MS) == []
    counted = store.rooms.get(den.id)
    assert (counted.member_count, counted.counted_seq) == (1, 3)
    assert store.moderation.find_ban(den.id, BEN.id) == ban(den, BEN)
    assert den.id in store.members.left_by(BEN.id)
    with pytest.raises(Forbidden):
        admits(store, den, BEN, 4)
    assert admits(store, den, CLEO, 4)  # the control

    assert store.moderation.lift_ban(den.id, BEN.id, by=row_of(store, den, ANN))
    assert admits(store, den, BEN, 5)


def test_a_stranger_is_banned_without_a_row(store: Store, den: Room) -> None:
    assert bans(store, den, CLEO, 3)

    assert store.rooms.get(den.id).member_count == 2
    with pytest.raises(Forbidden):
        admits(store, den, CLEO, 4)
    assert not bans(store, den, CLEO, 4)
    assert store.log.newest(den.id).seq == 3


def test_a_ban_on_an_older_look_changes_nothing(store: Store, den: Room) -> None:
    ann, seen = row_of(store, den, ANN), row_of(store, den, BEN)
    entry = slot(3, MemberBanned(user_id=BEN.id))
    more = {"entry": entry, "tombstone_until": LATER_MS}

    def tries(row: Member | None, by: Member) -> bool:
        return store.moderation.ban(ban(den, BEN), row, by=by, **more)  # type: ignore[arg-type]

    assert not tries(None, ann)
    assert not tries(replace(seen, role="moderator"), ann)
    assert not tries(seen, replace(ann, role="moderator"))
    assert not store.moderation.lift_ban(den.id, BEN.id, by=replace(ann, role="member"))
    with pytest.raises(SlotTaken):
        bans(store, den, BEN, 2)
    assert row_of(store, den, BEN) == seen
    assert store.moderation.find_ban(den.id, BEN.id) is None

    assert tries(seen, ann)  # the control


def test_bans_are_paged_each_once(store: Store, den: Room) -> None:
    names = ["ben", "ben-", "ben0", "Zoe", "-x"]
    for n, name in enumerate(names):
        assert bans(store, den, user(name), n + 3)

    seen, cursor = [], None
    for _ in range(9):
        page = store.moderation.page_bans(den.id, cursor, 2)
        seen += [ban.user_id for ban in page.items]
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == sorted(names)


def changes_room(store: Store, den: Room, seq: int, **what: object) -> bool:
    before = store.rooms.get(den.id)
    is_alone = bool(what.pop("is_alone", False))
    after = replace(before, **what)  # type: ignore[arg-type]
    entry, by = slot(seq, RoomChanged(name=after.name)), row_of(store, den, ANN)
    return store.moderation.change_room(before, after, entry, by=by, is_alone=is_alone)


def is_listed(store: Store, den: Room) -> bool:
    return den.id in store.rooms.page_public(None, 200).items


def test_a_room_is_named_and_described_otherwise(store: Store, den: Room) -> None:
    assert changes_room(store, den, 3, name="茶室", description="", avatar="a-picture")

    now = store.rooms.get(den.id)
    assert now.avatar == "a-picture"
    assert (now.name, now.description, now.code, now.member_count) == ("茶室", "", den.code, 2)
    assert store.log.newest(den.id).kind == "roomChanged"
    with pytest.raises(SlotTaken):
        changes_room(store, den, 3, name="Another")
    assert changes_room(store, den, 4, avatar=None)
    assert store.rooms.get(den.id).avatar is None


def test_a_public_room_is_listed_and_a_private_one_has_a_code(store: Store, den: Room) -> None:
    assert not is_listed(store, den)
    assert changes_room(store, den, 3, kind="public", code=None)
    assert is_listed(store, den)
    assert store.rooms.find_by_code(str(den.code)) is None

    assert changes_room(store, den, 4, kind="private", code=f"new-{den.id}")
    assert not is_listed(store, den)
    assert store.rooms.find_by_code(f"new-{den.id}") == den.id


def test_a_closed_room_has_no_code_no_list_and_takes_nobody(store: Store, den: Room) -> None:
    assert changes_room(store, den, 3, kind="public", code=None)
    assert not changes_room(store, den, 4, closed_at=NOON_MS, is_alone=True)

    assert changes_room(store, den, 4, closed_at=NOON_MS)

    assert store.rooms.get(den.id).closed_at == NOON_MS
    assert not is_listed(store, den)
    with pytest.raises(NotFound):
        admits(store, den, CLEO, 5)
    assert store.members.remove(row_of(store, den, ANN), None, tombstone_until=LATER_MS)


def test_an_older_look_changes_no_room(store: Store, den: Room) -> None:
    ann, seen = row_of(store, den, ANN), store.rooms.get(den.id)
    entry = slot(3, RoomChanged(name="Old"))
    after = replace(seen, name="Old")
    store.rooms.replace_code(seen, f"fresh-{den.id}", by=ann)

    assert not store.moderation.change_room(seen, after, entry, by=ann)
    fresh = store.rooms.get(den.id)
    after = replace(fresh, name="Old")
    was = replace(ann, role="moderator")
    assert not store.moderation.change_room(fresh, after, entry, by=was)

    assert store.rooms.get(den.id).name == "The den"
    assert store.moderation.change_room(fresh, after, entry, by=ann)  # the control


def test_a_member_is_shown_otherwise_and_stays_what_they_are(store: Store, den: Room) -> None:
    before = row_of(store, den, BEN)
    shown = replace(BEN, display_name="Benjamin", avatar="a-picture", username=None)

    store.moderation.show_member(den.id, shown)

    after = row_of(store, den, BEN)
    assert (after.user.display_name, after.user.avatar) == ("Benjamin", "a-picture")
    assert replace(after, user=before.user) == before
    store.moderation.show_member(den.id, BEN)
    assert row_of(store, den, BEN).user.avatar is None


def test_who_is_no_member_does_not_become_one_by_being_shown(store: Store, den: Room) -> None:
    store.moderation.show_member(den.id, CLEO)

    assert store.members.find(den.id, CLEO.id) is None
