"""Whom does somebody know? People of shared rooms, each once, over any number of pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from teahouse.actions.list_people import LOOKED_AT, PAGE_PEOPLE, ROOMS, list_people
from teahouse.app import App
from teahouse.domain.errors import Invalid
from teahouse.domain.room import LOBBY_ID
from teahouse.domain.user import User

from tests.cast import ANN, BEN, CLEO, member, opened, room, user
from tests.world import app_on, listens, memory_app, open_den


@pytest.fixture(params=["memory", "dynamodb"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def known(app: App, person: User, query: str | None = None, **more: bool) -> list[str]:
    """Read every page; nobody comes twice."""
    found: list[str] = []
    cursor = None
    while True:
        page = list_people(app, user_id=person.id, query=query, cursor=cursor, **more)
        assert len(page.items) <= PAGE_PEOPLE
        found += [user.id for user in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


def fresh(app: App, *names: str) -> list[User]:
    """Make people that no other test knows."""
    return [user(f"{name}-{app.ids.new_id()}") for name in names]


def test_people_of_shared_rooms_are_known_and_nobody_else(app: App) -> None:
    ann, ben, cleo, eve = fresh(app, "ann", "ben", "cleo", "eve")
    open_den(app, ben, owner=ann)
    open_den(app, ben, cleo, owner=ann)
    open_den(app, cleo, owner=eve)

    assert known(app, ann) == sorted([ben.id, cleo.id])
    assert known(app, ben) == sorted([ann.id, cleo.id])
    assert known(app, eve) == [cleo.id]


def test_every_page_goes_on_where_the_last_one_ended(app: App) -> None:
    ann, *crowd = fresh(app, *(f"p{n}" for n in range(PAGE_PEOPLE * 2 + 1)))
    half = len(crowd) // 2
    open_den(app, *crowd[: half + 10], owner=ann)
    open_den(app, *crowd[half - 10 :], owner=ann)

    assert known(app, ann) == sorted(person.id for person in crowd)


def test_a_name_is_found_in_either_case_in_both_names(app: App) -> None:
    ann, ben, cleo = fresh(app, "ann", "ben", "cleo")
    cleo = replace(cleo, display_name="克莉奥 Tea")
    open_den(app, ben, cleo, owner=ann)

    assert known(app, ann, "BEN-") == [ben.id]
    assert known(app, ann, "克莉") == known(app, ann, " tea ") == [cleo.id]
    assert known(app, ann, "nobody") == []


def test_who_is_here_is_who_hears_a_shared_room(app: App) -> None:
    ann, ben, cleo, eve = fresh(app, "ann", "ben", "cleo", "eve")
    den = open_den(app, ben, cleo, owner=ann)
    elsewhere = open_den(app, owner=eve)
    for person, place in ((ben, den), (eve, elsewhere), (ann, den)):
        listens(app, place, person)

    assert known(app, ann, is_online=True) == [ben.id]
    assert known(app, ann, "cleo", is_online=True) == []


def test_an_administrator_knows_all_of_a_lobby_that_is_too_large_for_others() -> None:
    app = memory_app()
    head = replace(ANN, is_administrator=True)
    lobby = room(LOBBY_ID, kind="public", code=None, member_count=5_000)
    app.rooms.create(lobby, member(LOBBY_ID, head), opened())
    for person in (head, BEN, CLEO):
        app.accounts.create(person, None)
        app.members.admit(member(LOBBY_ID, person), None, read=(1, 0))

    assert known(app, head) == [BEN.id, CLEO.id]
    assert known(app, BEN) == []


def test_a_name_that_is_rare_is_looked_for_page_by_page() -> None:
    app = memory_app()
    crowd = [user(f"{n:05}") for n in range(LOOKED_AT + 1)]
    open_den(app, *crowd)

    page = list_people(app, user_id=ANN.id, query=crowd[-1].display_name)

    assert (page.items, page.cursor is None) == ((), False)
    assert known(app, ANN, crowd[-1].display_name) == [crowd[-1].id]


@pytest.mark.parametrize("is_online", [False, True])
def test_whom_one_knows_of_the_last_of_many_rooms_is_found(is_online: bool) -> None:
    app = memory_app()
    ann, *others = fresh(app, "ann", *(f"p{n}" for n in range(ROOMS + 1)))
    for person in others:
        listens(app, open_den(app, person, owner=ann), person)

    first = list_people(app, user_id=ann.id, query="p", is_online=is_online)

    assert len(first.items) == PAGE_PEOPLE
    assert sorted(known(app, ann, is_online=is_online)) == sorted(other.id for other in others)


def test_a_cursor_that_is_none_of_ours_is_refused() -> None:
    app = memory_app()
    open_den(app)

    with pytest.raises(Invalid):
        list_people(app, user_id=ANN.id, cursor="???")
