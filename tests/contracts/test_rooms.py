"""The contract of Rooms, on every store that claims it."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from teahouse.domain.errors import Invalid, NotFound
from teahouse.domain.room import Room, Summary
from teahouse.ports import Clock, OutcomeUnknown

from tests.cast import ANN, BEN, NOON_MS, member, opened, room, user
from tests.contracts.stores import Noon, Store, dynamodb_store, lean_store, requested_store
from tests.store_seam import seam


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def store(request: pytest.FixtureRequest) -> Store:
    return requested_store(request)


@pytest.fixture
def den() -> Room:
    return room(f"den-{secrets.token_hex(6)}")


def create(store: Store, den: Room) -> bool:
    return store.rooms.create(den, member(den.id, ANN, role="owner"), opened())


def replace_code(store: Store, den: Room, code: str) -> None:
    store.rooms.replace_code(den, code, by=member(den.id, ANN, role="owner"))


def summary(den: Room, seq: int, **changes: object) -> Summary:
    said = Summary(room_id=den.id, seq=seq, number=seq - 1, at=NOON_MS, by="ann", text="hello")
    return replace(said, **changes)  # type: ignore[arg-type]


def test_a_new_room_is_there_whole_with_its_owner_its_slot_and_its_code(
    store: Store, den: Room
) -> None:
    assert create(store, den)

    assert store.rooms.get(den.id) == den
    assert store.members.find(den.id, ANN.id) == member(den.id, ANN, role="owner")
    assert store.log.newest(den.id) == opened()
    assert store.rooms.find_by_code(str(den.code)) == den.id
    mine = store.members.membership(den.id, ANN.id)
    assert mine is not None
    assert (mine.role, mine.read_seq, mine.read_number) == ("owner", 1, 0)


def test_a_room_is_created_once_and_by_nobody_else(store: Store, den: Room) -> None:
    create(store, den)

    again = store.rooms.create(
        replace(den, owner_id=BEN.id, code=None), member(den.id, BEN, role="owner"), opened(BEN)
    )

    assert not again
    assert store.rooms.get(den.id).owner_id == ANN.id
    assert store.members.find(den.id, BEN.id) is None
    assert store.log.newest(den.id).by == ANN.id


def test_a_code_leads_to_one_room_only(store: Store, den: Room) -> None:
    create(store, den)
    other = room(f"{den.id}-2", code=den.code)

    assert not create(store, other)

    with pytest.raises(NotFound):
        store.rooms.get(other.id)
    assert store.rooms.find_by_code(str(den.code)) == den.id


def test_a_room_that_is_not_there_is_not_found(store: Store, den: Room) -> None:
    with pytest.raises(NotFound):
        store.rooms.get(den.id)
    assert store.rooms.find_by_code("no-such-code") is None

    create(store, den)
    assert store.rooms.get(den.id).name == "The den"  # the control


def test_a_new_code_kills_the_old_one(store: Store, den: Room) -> None:
    create(store, den)
    fresh = f"fresh-{den.id}"

    replace_code(store, den, fresh)

    assert store.rooms.find_by_code(fresh) == den.id
    assert store.rooms.find_by_code(str(den.code)) is None
    assert store.rooms.get(den.id).code == fresh


def test_a_code_that_has_changed_meanwhile_must_be_looked_at_again(store: Store, den: Room) -> None:
    create(store, den)
    replace_code(store, den, f"first-{den.id}")

    with pytest.raises(OutcomeUnknown):
        replace_code(store, den, f"second-{den.id}")

    assert store.rooms.find_by_code(f"first-{den.id}") == den.id
    assert store.rooms.find_by_code(f"second-{den.id}") is None
    replace_code(store, store.rooms.get(den.id), f"second-{den.id}")  # the control
    assert store.rooms.find_by_code(f"second-{den.id}") == den.id


def test_a_code_is_renewed_only_by_who_is_still_what_they_were(store: Store, den: Room) -> None:
    create(store, den)

    for by in (member(den.id, ANN, role="moderator"), member(den.id, BEN, role="owner")):
        with pytest.raises(OutcomeUnknown):
            store.rooms.replace_code(den, f"fresh-{den.id}", by=by)
    assert store.rooms.find_by_code(str(den.code)) == den.id

    replace_code(store, den, f"fresh-{den.id}")  # the control
    assert store.rooms.find_by_code(f"fresh-{den.id}") == den.id


def test_of_sixteen_renewals_at_once_exactly_one_code_lives(store: Store, den: Room) -> None:
    create(store, den)
    codes = [f"{n:02}-{den.id}" for n in range(16)]

    def renew(code: str) -> None:
        try:
            replace_code(store, den, code)
        except OutcomeUnknown:
            return

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(renew, codes))

    living = [code for code in codes if store.rooms.find_by_code(code)]
    assert living == [store.rooms.get(den.id).code]
    assert store.rooms.find_by_code(str(den.code)) is None


def test_a_summary_only_rises(store: Store, den: Room) -> None:
    create(store, den)
    store.rooms.summarize(summary(den, 5, text="new"))

    store.rooms.summarize(summary(den, 4, text="old"))
    store.rooms.summarize(summary(den, 5, text="the same"))

    assert store.rooms.get_many([den.id]) == {den.id: (den, summary(den, 5, text="new"))}
    store.rooms.summarize(summary(den, 6, by=None, text=None))  # the control
    assert store.rooms.get_many([den.id])[den.id][1] == summary(den, 6, by=None, text=None)
    assert store.rooms.find_summary(den.id) == summary(den, 6, by=None, text=None)
    assert store.rooms.find_summary(f"{den.id}-nowhere") is None


def test_many_rooms_are_read_at_once_and_those_not_there_left_out(store: Store, den: Room) -> None:
    owner = user(f"owner-of-{den.id}")  # a list of 120 rooms would be in everybody's way
    rooms = [room(f"{den.id}-{n:03}", code=None, owner_id=owner.id) for n in range(120)]
    for one in rooms:
        store.rooms.create(one, member(one.id, owner, role="owner"), opened(owner))

    found = store.rooms.get_many([one.id for one in rooms] + [f"{den.id}-nowhere"])

    assert found == {one.id: (one, None) for one in rooms}
    assert store.rooms.get_many([]) == {}


def test_public_rooms_are_paged_newest_first_and_private_ones_left_out(
    store: Store, den: Room
) -> None:
    later = 10**12  # beyond whatever other tests have created
    base = NOON_MS + later + int(secrets.token_hex(4), 16)
    ids = [f"{den.id}-{n}" for n in range(5)]
    for n, room_id in enumerate(ids):
        create(store, room(room_id, kind="public", code=None, created_at=base + n))
    create(store, room(f"{den.id}-secret", created_at=base + 9))

    seen: list[str] = []
    page = store.rooms.page_public(None, 2)
    while len(page.items) == 2 and ids[0] not in page.items:  # past what other tests have opened
        seen += page.items
        page = store.rooms.page_public(page.cursor, 2)
    seen += page.items

    assert [room_id for room_id in seen if room_id.startswith(den.id)] == ids[::-1]


def test_a_list_that_ends_has_no_cursor(store: Store, den: Room) -> None:
    create(store, room(den.id, kind="public", code=None))

    seen: list[str] = []
    cursor = None
    for _ in range(100):
        page = store.rooms.page_public(cursor, 7)
        seen += page.items
        cursor = page.cursor
        if cursor is None:
            break

    assert cursor is None
    assert len(seen) == len(set(seen))
    assert den.id in seen


@pytest.mark.parametrize(
    "cursor",
    ["", "?", "=", "é", "a" * 300, "UiNkZW4", base64.urlsafe_b64encode(b"1#x").decode()],
)
def test_a_cursor_that_is_none_of_ours_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(Invalid):
        store.rooms.page_public(cursor, 5)


@pytest.mark.parametrize("make_store", [dynamodb_store, lean_store])
def test_a_summary_costs_one_write_unit_however_long_its_text(
    engine_url: str, make_store: Callable[[Clock], Store], den: Room
) -> None:
    store = make_store(Noon())
    create(store, den)
    longest = summary(den, 2, by="u" * 16, text="😀" * 120)

    with seam() as first:
        store.rooms.summarize(longest)
    with seam() as second:
        store.rooms.summarize(replace(longest, seq=3))
    with seam() as stale:
        store.rooms.summarize(longest)

    assert (first.write_units, second.write_units, stale.read_units) == (1, 1, 0)


@pytest.mark.parametrize("make_store", [dynamodb_store, lean_store])
def test_a_code_lies_in_the_store_under_its_hash(
    engine_url: str, make_store: Callable[[Clock], Store], den: Room
) -> None:
    store = make_store(Noon())
    sent: list[object] = []

    def watch(operation, params, call):  # type: ignore[no-untyped-def]
        sent.append(params["Key"])
        return call()

    create(store, den)
    with seam(watch):
        assert store.rooms.find_by_code(str(den.code)) == den.id

    assert len(sent) == 1
    assert str(den.code) not in str(sent)
