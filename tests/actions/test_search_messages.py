"""Is everything found that was said in one's rooms, as it stands now, and nothing else?"""

from __future__ import annotations

from typing import Any

import pytest
from teahouse.actions import search_messages as search
from teahouse.actions.delete_message import delete_message
from teahouse.actions.edit_message import edit_message
from teahouse.actions.leave_room import leave_room
from teahouse.actions.search_messages import PAGE_FOUND, ROOMS, search_messages
from teahouse.app import App
from teahouse.domain.errors import Invalid, NotAMember
from teahouse.domain.user import User

from tests.cast import ANN, CLEO, user
from tests.store_seam import seam
from tests.world import app_on, memory_app, open_den, says


@pytest.fixture(params=["memory", "dynamodb"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def somebody(app: App) -> User:
    """Make somebody who is in no room yet; one store serves many tests."""
    return user(f"person-{app.ids.new_id()}")


def found(app: App, query: str, who: User = ANN, **where: Any) -> list[str]:
    """Look for something, page after page."""
    texts: list[str] = []
    cursor = None
    while True:
        page = search_messages(app, user_id=who.id, query=query, cursor=cursor, **where)
        texts += [message.text for message in page.messages]
        if not isinstance(page.next, str):
            return texts
        cursor = page.next


def test_what_was_said_is_found_newest_first(app: App) -> None:
    den = open_den(app)
    for text in ("一起喝茶吗", "coffee", "green tea", "喝茶"):
        says(app, den, ANN, text)

    assert found(app, "喝茶", room_id=den) == ["喝茶", "一起喝茶吗"]
    assert found(app, "TEA", room_id=den) == ["green tea"]
    assert found(app, "milk", room_id=den) == []


def test_it_is_found_in_all_of_ones_rooms(app: App) -> None:
    """Control: what ben finds is not what he is not in."""
    ann, ben = somebody(app), somebody(app)
    one, other, foreign = (open_den(app, *others, owner=ann) for others in ([ben], [ben], []))
    for den, text in ((one, "tea one"), (other, "tea two"), (foreign, "tea three")):
        says(app, den, ann, text)
    page = search_messages(app, user_id=ben.id, query="tea")

    assert {(m.room_id, m.text) for m in page.messages} == {(other, "tea two"), (one, "tea one")}
    assert page.users.keys() == {ann.id}
    assert "tea three" in found(app, "tea", ann)


def test_what_stands_there_now_is_compared(app: App) -> None:
    """Control: before the change it is found."""
    den = open_den(app)
    edited, deleted = says(app, den, ANN, "tea"), says(app, den, ANN, "more tea")
    assert found(app, "tea", room_id=den) == ["more tea", "tea"]

    edit_message(app, editor_id=ANN.id, room_id=den, seq=edited, version=1, text="coffee")
    delete_message(app, deleter_id=ANN.id, room_id=den, seq=deleted)
    assert found(app, "tea", room_id=den) == []
    assert found(app, "coffee", room_id=den) == ["coffee"]


def test_who_is_not_in_the_room_finds_nothing_of_it(app: App) -> None:
    """Control: before he leaves, he does."""
    ben = somebody(app)
    den = open_den(app, ben)
    says(app, den, ANN, "tea")
    assert found(app, "tea", ben) == found(app, "tea", ben, room_id=den) == ["tea"]
    leave_room(app, user_id=ben.id, room_id=den)

    assert found(app, "tea", ben) == []
    with pytest.raises(NotAMember):
        found(app, "tea", ben, room_id=den)
    with pytest.raises(NotAMember):
        found(app, "tea", CLEO, room_id="nowhere")


def test_a_page_looks_into_so_many_rooms_however_little_was_said_there() -> None:
    """Who is in very many had none within the time that a function has."""
    app = memory_app()
    ann = somebody(app)
    dens = []
    for _ in range(ROOMS + 1):
        dens.append(open_den(app, owner=ann))
        app.clock.sleep(1)
    for den in (min(dens), max(dens)):
        says(app, den, ann, f"tea in {den}")

    pages, cursor = [], None
    while not pages or isinstance(cursor, str):
        pages.append(search_messages(app, user_id=ann.id, query="tea in", cursor=cursor))
        cursor = pages[-1].next

    assert len(pages) == 2
    assert sorted(m.room_id for page in pages for m in page.messages) == [min(dens), max(dens)]


def test_pages_tell_everything_once_whatever_is_said_meanwhile(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "STRETCH_SLOTS", 7)
    monkeypatch.setattr(search, "MAX_SLOTS", 20)
    ann = somebody(app)
    dens = [open_den(app, owner=ann), open_den(app, owner=ann)]
    said = [f"tea {place}" for place in range(2 * PAGE_FOUND)]
    for place, text in enumerate(said):
        says(app, dens[place % 2], ann, text)
    page = search_messages(app, user_id=ann.id, query="tea")
    says(app, dens[0], ann, "tea meanwhile")
    seen = [m.text for m in page.messages]
    while isinstance(page.next, str):
        page = search_messages(app, user_id=ann.id, query="tea", cursor=page.next)
        seen += [m.text for m in page.messages]

    assert sorted(set(seen) - {"tea meanwhile"}) == sorted(said)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("cursor", ["junk", "AAAA", ""])
def test_a_cursor_that_is_none_of_ours_is_refused(app: App, cursor: str) -> None:
    with pytest.raises(Invalid):
        search_messages(app, user_id=ANN.id, query="tea", cursor=cursor)


def test_a_search_costs_what_it_reads_and_writes_nothing(request: pytest.FixtureRequest) -> None:
    """Two units for each stretch and 4 KB; the member, the room and its newest slot are three."""
    app = app_on("dynamodb", request)
    den = open_den(app)
    for place in range(300):
        says(app, den, ANN, f"message {place}")

    with seam() as seen:
        assert found(app, "nowhere", room_id=den) == []
    assert seen.write_units == 0
    assert set(seen.calls) <= {"Query", "GetItem", "BatchGetItem"}
    assert seen.read_units < 30
