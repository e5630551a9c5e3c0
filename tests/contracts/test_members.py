"""The contract of Members, on every store that claims it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError
from teahouse.domain.connection import Listener
from teahouse.domain.entry import Entry, MemberLeft, body_hash
from teahouse.domain.errors import Invalid, NotFound
from teahouse.domain.room import Room
from teahouse.domain.user import User
from teahouse.ports import Clock, OutcomeUnknown, SlotTaken

from tests.cast import ANN, BEN, CLEO, NOON_MS, joined, member, opened, room, user
from tests.contracts.stores import Noon, Store, dynamodb_store, lean_store, requested_store
from tests.store_seam import seam

LATER_MS = NOON_MS + 3_600_000


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def store(request: pytest.FixtureRequest) -> Store:
    return requested_store(request)


@pytest.fixture
def den(store: Store) -> Room:
    """A private room that ann owns, and nobody else is in."""
    return open_den(store)


def open_den(store: Store) -> Room:
    den = room(f"den-{secrets.token_hex(6)}")
    store.rooms.create(den, member(den.id, ANN, role="owner"), opened())
    return den


def admit(store: Store, den: Room, person: User, seq: int) -> bool:
    row = member(den.id, person, decided_seq=seq)
    return store.members.admit(row, joined(seq, person), read=(seq, 0))


def left(seq: int, person: User) -> Entry:
    fact = MemberLeft(user_id=person.id)
    return replace(joined(seq, person), fact=fact, body_hash=body_hash(fact))


def remove(store: Store, den: Room, person: User, seq: int) -> bool:
    row = store.members.find(den.id, person.id)
    assert row is not None
    return store.members.remove(row, left(seq, person), tombstone_until=LATER_MS)


def hearing(store: Store, den: Room) -> list[str]:
    return sorted(x.connection_id for x in store.connections.of_room(den.id, NOON_MS))


def test_who_is_admitted_is_in_the_room_in_the_list_and_in_the_log(store: Store, den: Room) -> None:
    ben = replace(BEN, avatar="a-picture", username=None, kind="guest")
    row = member(den.id, ben, decided_seq=2)

    assert store.members.admit(row, joined(2, ben), read=(2, 7))

    assert store.members.find(den.id, BEN.id) == row
    assert store.rooms.get(den.id).member_count == 2
    assert store.log.newest(den.id) == joined(2, ben)
    mine = store.members.membership(den.id, BEN.id)
    assert mine is not None
    assert (mine.role, mine.joined_at, mine.read_seq, mine.read_number) == ("member", NOON_MS, 2, 7)
    assert store.members.rooms_of(BEN.id).count(mine) == 1


def test_the_count_says_up_to_which_slot_it_counts(store: Store, den: Room) -> None:
    assert store.rooms.get(den.id).counted_seq == 1

    admit(store, den, BEN, 2)
    remove(store, den, BEN, 3)
    store.members.admit(member(den.id, CLEO, decided_seq=3), None, read=(3, 0))

    counted = store.rooms.get(den.id)
    assert (counted.member_count, counted.counted_seq) == (2, 3)


def test_who_is_not_in_the_room_is_not_found(store: Store, den: Room) -> None:
    assert store.members.find(den.id, BEN.id) is None
    assert store.members.membership(den.id, BEN.id) is None
    assert store.members.find("no-such-room", ANN.id) is None

    assert store.members.find(den.id, ANN.id) is not None  # the control


def test_admitting_a_member_again_changes_nothing(store: Store, den: Room) -> None:
    admit(store, den, BEN, 2)
    store.members.mark_read(den.id, BEN.id, 9, 3)

    assert not admit(store, den, BEN, 3)

    assert store.rooms.get(den.id).member_count == 2
    assert store.log.newest(den.id).seq == 2
    mine = store.members.membership(den.id, BEN.id)
    assert mine is not None
    assert mine.read_seq == 9


def test_nobody_is_admitted_over_a_slot_that_is_taken(store: Store, den: Room) -> None:
    with pytest.raises(SlotTaken):
        admit(store, den, BEN, 1)

    assert store.members.find(den.id, BEN.id) is None
    assert store.members.membership(den.id, BEN.id) is None
    assert store.rooms.get(den.id).member_count == 1
    assert admit(store, den, BEN, 2)  # the control


def test_nobody_is_admitted_to_a_room_that_is_not_there(store: Store) -> None:
    with pytest.raises(NotFound):
        store.members.admit(member("nowhere-1", BEN), None, read=(0, 0))

    assert store.members.find("nowhere-1", BEN.id) is None


def test_a_room_too_large_for_slots_admits_and_removes_by_rows_alone(
    store: Store, den: Room
) -> None:
    row = member(den.id, BEN, decided_seq=0)

    assert store.members.admit(row, None, read=(1, 0))
    assert store.members.find(den.id, BEN.id) == row
    assert store.rooms.get(den.id).member_count == 2

    assert store.members.remove(row, None, tombstone_until=LATER_MS)
    assert store.members.find(den.id, BEN.id) is None
    assert store.rooms.get(den.id).member_count == 1
    assert store.log.newest(den.id).seq == 1


def test_a_code_must_lead_to_the_room_in_the_very_step_that_admits(store: Store, den: Room) -> None:
    store.rooms.replace_code(den, f"fresh-{den.id}", by=member(den.id, ANN, role="owner"))
    row = member(den.id, BEN, decided_seq=2)

    with pytest.raises(NotFound):
        store.members.admit(row, joined(2, BEN), read=(2, 0), code=den.code)
    assert store.members.find(den.id, BEN.id) is None

    assert store.members.admit(row, joined(2, BEN), read=(2, 0), code=f"fresh-{den.id}")


def test_who_is_removed_is_nowhere_any_more(store: Store, den: Room) -> None:
    admit(store, den, BEN, 2)

    assert remove(store, den, BEN, 3)

    assert store.members.find(den.id, BEN.id) is None
    assert store.members.membership(den.id, BEN.id) is None
    assert den.id not in {m.room_id for m in store.members.rooms_of(BEN.id)}
    assert store.rooms.get(den.id).member_count == 1
    assert store.log.newest(den.id) == left(3, BEN)


def test_a_room_that_was_left_is_known_until_it_is_forgotten(store: Store, den: Room) -> None:
    """Control: who is still there has left nothing."""
    person = user(f"ben-{secrets.token_hex(6)}")
    admit(store, den, person, 2)
    assert store.members.left_by(person.id) == []

    remove(store, den, person, 3)
    assert store.members.left_by(person.id) == [den.id]

    admit(store, den, person, 4)
    assert store.members.left_by(person.id) == [den.id]

    store.members.forget_left(person.id, den.id)
    store.members.forget_left(person.id, den.id)
    assert store.members.left_by(person.id) == []
    assert [m.room_id for m in store.members.rooms_of(person.id)] == [den.id]


def test_a_removed_member_hears_nothing_more_until_admitted_again(store: Store, den: Room) -> None:
    admit(store, den, BEN, 2)
    for connection, person in (("c-ann", ANN), ("c-ben", BEN)):
        listener = Listener(connection_id=connection, user_id=person.id)
        store.connections.register(den.id, listener, LATER_MS)
    assert hearing(store, den) == ["c-ann", "c-ben"]

    remove(store, den, BEN, 3)
    assert hearing(store, den) == ["c-ann"]

    admit(store, den, BEN, 4)
    assert hearing(store, den) == ["c-ann", "c-ben"]


def test_a_removal_on_an_older_look_changes_nothing(store: Store, den: Room) -> None:
    admit(store, den, BEN, 2)
    seen = store.members.find(den.id, BEN.id)
    assert seen is not None
    remove(store, den, BEN, 3)
    assert not store.members.remove(seen, left(4, BEN), tombstone_until=LATER_MS)
    admit(store, den, BEN, 4)

    assert not store.members.remove(seen, left(5, BEN), tombstone_until=LATER_MS)

    assert store.members.find(den.id, BEN.id) is not None
    assert store.rooms.get(den.id).member_count == 2
    assert store.log.newest(den.id).seq == 4


def test_a_removal_needs_the_remover_to_be_still_what_they_were(store: Store, den: Room) -> None:
    admit(store, den, BEN, 2)
    admit(store, den, CLEO, 3)
    ann, ben = store.members.find(den.id, ANN.id), store.members.find(den.id, BEN.id)
    cleo = store.members.find(den.id, CLEO.id)
    assert ann is not None
    assert ben is not None
    assert cleo is not None
    was_moderator = replace(cleo, role="moderator")
    was_there = member(den.id, user("dora"), role="moderator")

    for remover in (was_moderator, was_there):
        assert not store.members.remove(ben, left(4, BEN), tombstone_until=LATER_MS, by=remover)
    assert store.members.find(den.id, BEN.id) == ben

    assert store.members.remove(ben, left(4, BEN), tombstone_until=LATER_MS, by=ann)


def test_nobody_is_removed_over_a_slot_that_is_taken(store: Store, den: Room) -> None:
    admit(store, den, BEN, 2)

    with pytest.raises(SlotTaken):
        remove(store, den, BEN, 2)

    assert store.members.find(den.id, BEN.id) is not None
    assert store.rooms.get(den.id).member_count == 2


def test_members_are_paged_each_once(store: Store, den: Room) -> None:
    names = ["ben", "ben-", "ben0", "benA", "ben_", "Zoe", "-x"]
    for n, name in enumerate(names):
        admit(store, den, user(name), n + 2)
    other = open_den(store)
    admit(store, other, user("stranger"), 2)

    seen, cursor = [], None
    for _ in range(9):
        page = store.members.page(den.id, cursor, 2)
        seen += [m.user.id for m in page.items]
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == sorted(["ann", *names])
    assert store.members.page(den.id, None, 8).cursor is None
    assert store.members.page(den.id, None, 7).cursor is not None


@pytest.mark.parametrize("cursor", ["", "?", "UiNkZW4", "TSNhbm4", "YQo", "a" * 300])
def test_a_cursor_that_is_none_of_ours_is_refused(store: Store, den: Room, cursor: str) -> None:
    with pytest.raises(Invalid):
        store.members.page(den.id, cursor, 5)


def test_a_persons_rooms_are_all_listed(store: Store) -> None:
    person = user(f"p-{secrets.token_hex(6)}")
    dens = [open_den(store) for _ in range(3)]
    for den in dens[:2]:
        admit(store, den, person, 2)

    assert {m.room_id for m in store.members.rooms_of(person.id)} == {d.id for d in dens[:2]}
    assert store.members.among(person.id, [d.id for d in dens]) == {d.id for d in dens[:2]}
    assert store.members.among(person.id, []) == set()


def test_the_read_position_only_rises(store: Store, den: Room) -> None:
    admit(store, den, BEN, 2)

    store.members.mark_read(den.id, BEN.id, 9, 4)
    store.members.mark_read(den.id, BEN.id, 8, 3)
    store.members.mark_read(den.id, CLEO.id, 8, 3)

    mine = store.members.membership(den.id, BEN.id)
    assert mine is not None
    assert (mine.read_seq, mine.read_number) == (9, 4)
    assert store.members.membership(den.id, CLEO.id) is None


def test_one_of_sixteen_gets_the_slot_and_none_is_half_in(store: Store, den: Room) -> None:
    people = [user(f"person-{n:02}") for n in range(16)]

    def enter(person: User) -> bool:
        try:
            return admit(store, den, person, 2)
        except (SlotTaken, OutcomeUnknown):
            return False

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(enter, people))

    inside = [p.id for p in people if store.members.find(den.id, p.id)]
    assert won.count(True) == 1
    assert inside == [people[won.index(True)].id]
    assert store.log.newest(den.id) == joined(2, people[won.index(True)])
    assert store.rooms.get(den.id).member_count == 2


@pytest.mark.parametrize(
    "reasons",
    [
        ["None", "TransactionConflict", "None", "None", "None"],
        ["None", "ConditionalCheckFailed", "None", "None", "TransactionConflict"],
        ["None", "None", "None", "ConditionalCheckFailed", "ThrottlingError"],
    ],
)
@pytest.mark.parametrize("make_store", [dynamodb_store, lean_store])
def test_mixed_reasons_of_a_cancellation_leave_the_outcome_open(
    engine_url: str, make_store: Callable[[Clock], Store], reasons: list[str]
) -> None:
    store = make_store(Noon())
    den = open_den(store)

    def cancel(operation, params, call):  # type: ignore[no-untyped-def]
        answer = {
            "Error": {"Code": "TransactionCanceledException", "Message": "injected"},
            "CancellationReasons": [{"Code": code} for code in reasons],
        }
        raise ClientError(answer, operation)

    with seam(cancel), pytest.raises(OutcomeUnknown):
        admit(store, den, BEN, 2)

    assert admit(store, den, BEN, 2)  # the control
