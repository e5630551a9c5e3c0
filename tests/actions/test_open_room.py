"""Opening a room, and the lobby that is there on demand."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec import UNSET
from teahouse.actions.enter_lobby import enter_lobby
from teahouse.actions.open_room import open_room
from teahouse.adapters.memory.rooms import MemoryRooms
from teahouse.adapters.memory.store import MemoryStore
from teahouse.adapters.system import SystemClock
from teahouse.app import App
from teahouse.domain.entry import RoomOpened
from teahouse.domain.errors import Busy, Conflict, Invalid
from teahouse.domain.member import ROOMS_PER_USER
from teahouse.domain.room import LOBBY_ID
from teahouse.ports import OutcomeUnknown

from tests.cast import BEN, NOON_MS, user
from tests.world import app_on, engine_app, listens, memory_app, open_den

# The engine outlives a test: this ann is in no rooms but those of this file.
ANN = user(f"ann-{secrets.token_hex(4)}")


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    app = app_on(request.param, request)
    app.accounts.create(ANN, None)
    return app


def test_who_opens_a_room_owns_it_and_may_invite(app: App) -> None:
    shown = open_room(app, owner_id=ANN.id, name="  The  den ", description="For two.")

    assert (shown.name, shown.description, shown.kind, shown.role) == (
        "The den",
        "For two.",
        "private",
        "owner",
    )
    assert (shown.member_count, shown.head, shown.first_seq, shown.unread) == (1, 1, 1, 0)
    assert isinstance(shown.code, str)
    assert len(shown.code) == 22
    assert app.rooms.find_by_code(shown.code) == shown.id
    slot = app.log.newest(shown.id)
    assert (slot.seq, slot.by, slot.fact) == (1, ANN.id, RoomOpened(name="The den"))
    assert shown.epoch == app.epoch(slot.room_key)


def test_a_public_room_has_no_code_and_is_listed(app: App) -> None:
    shown = open_room(app, owner_id=ANN.id, name="Square", kind="public")

    assert shown.code is UNSET
    assert app.rooms.get(shown.id).code is None
    assert shown.id in app.rooms.page_public(None, 200).items


def test_two_rooms_are_of_different_epochs(app: App) -> None:
    first = open_room(app, owner_id=ANN.id, name="One")
    second = open_room(app, owner_id=ANN.id, name="Two")

    assert first.epoch != second.epoch
    assert first.code != second.code


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"description": "x" * 501}, "description"),
    ],
)
def test_a_room_without_a_proper_name_is_not_opened(changes: dict[str, Any], field: str) -> None:
    store = MemoryStore()
    app = memory_app(store)
    app.accounts.create(ANN, None)

    with pytest.raises(Invalid) as refused:
        open_room(app, **{"owner_id": ANN.id, "name": "The den", **changes})

    assert list(refused.value.fields or ()) == [field]
    assert store.rooms == {}
    open_room(app, owner_id=ANN.id, name="x" * 64, description="x" * 500)  # the control
    assert len(store.rooms) == 1


def test_the_owners_other_devices_hear_of_the_room(app: App) -> None:
    device = listens(app, open_den(app, owner=ANN), ANN)

    shown = open_room(app, owner_id=ANN.id, name="The den")

    (frame,) = app.broadcaster.to(device)  # type: ignore[attr-defined]
    assert (frame["type"], frame["room"]["id"], frame["room"]["code"]) == (
        "roomAdded",
        shown.id,
        shown.code,
    )


class Scripted(MemoryRooms):
    """Fails as told: an exception before writing, or `after` it has been written."""

    def __init__(self, store: MemoryStore, *script: str) -> None:
        super().__init__(store)
        self.script = list(script)

    def create(self, *rows: Any) -> bool:
        step = self.script.pop(0) if self.script else "done"
        if step == "before":
            raise OutcomeUnknown
        created = super().create(*rows)
        if step == "after":
            raise OutcomeUnknown
        return created


@pytest.mark.parametrize("script", [["before"], ["after"], ["before", "after"], ["before"] * 9])
def test_a_room_whose_answer_was_lost_is_opened_once(script: list[str]) -> None:
    store = MemoryStore()
    app = memory_app(store, rooms=Scripted(store, *script))
    app.accounts.create(ANN, None)

    shown = open_room(app, owner_id=ANN.id, name="The den")

    assert list(store.rooms) == [shown.id]
    assert list(store.log[shown.id]) == [1]


def test_a_store_that_never_answers_makes_busy() -> None:
    store = MemoryStore()
    app = memory_app(store, rooms=Scripted(store, *["before"] * 100_000))
    app.accounts.create(ANN, None)

    with pytest.raises(Busy):
        open_room(app, owner_id=ANN.id, name="The den")

    assert 4.0 < app.clock.monotonic_s() <= 5.0


def test_nobody_owns_rooms_without_end() -> None:
    app = memory_app()
    app.accounts.create(ANN, None)
    for n in range(ROOMS_PER_USER):
        open_room(app, owner_id=ANN.id, name=f"room {n}")

    with pytest.raises(Conflict):
        open_room(app, owner_id=ANN.id, name="one too many")

    assert len(app.members.rooms_of(ANN.id)) == ROOMS_PER_USER


def test_the_lobby_is_made_on_demand_and_is_nobodys_own() -> None:
    app = memory_app()
    for person in (ANN, BEN):
        app.accounts.create(person, None)
        enter_lobby(app, person)
    enter_lobby(app, ANN)

    lobby = app.rooms.get(LOBBY_ID)
    assert (lobby.name, lobby.kind, lobby.member_count) == ("Lobby", "public", 2)
    roles = [m.role for m in app.members.page(LOBBY_ID, None, 9).items]
    assert roles == ["member", "member"]
    assert app.log.newest(LOBBY_ID).seq == 1  # entering takes no slot


def test_of_sixteen_newcomers_at_once_one_makes_the_lobby_and_all_are_in(engine_url: str) -> None:
    app = engine_app(clock=SystemClock())
    people = [user(f"newcomer-{app.ids.new_id()}", display_name="New") for _ in range(16)]
    was_there = _lobby_count(app)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda person: enter_lobby(app, person), people))

    assert all(app.members.find(LOBBY_ID, person.id) for person in people)
    assert _lobby_count(app) == was_there + 16
    assert app.log.newest(LOBBY_ID).seq == 1


def _lobby_count(app: App) -> int:
    found = app.rooms.get_many([LOBBY_ID]).get(LOBBY_ID)
    return found[0].member_count if found else 0


def test_a_lobby_whose_answer_was_lost_lets_its_maker_in() -> None:
    store = MemoryStore()
    app = memory_app(store, rooms=Scripted(store, "after"))

    enter_lobby(app, ANN)

    assert app.members.find(LOBBY_ID, ANN.id) is not None
    assert app.rooms.get(LOBBY_ID).member_count == 1
    assert app.rooms.get(LOBBY_ID).created_at == NOON_MS
