"""Who may tell whom something, what reaches which device, and what is kept until it is read?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from teahouse.actions.announce import announce
from teahouse.actions.hello import hello
from teahouse.actions.list_notifications import list_notifications, read_notifications
from teahouse.actions.send_notification import send_notification
from teahouse.app import App
from teahouse.domain.errors import Forbidden, Invalid, NotFound
from teahouse.domain.notification import BODY_CHARS, LINK_CHARS, TITLE_CHARS
from teahouse.domain.room import LOBBY_ID, SMALL_ROOM_MEMBERS
from teahouse.domain.session import Caller
from teahouse.domain.user import User

from tests.cast import ANN, BEN, CLEO, member, opened, room, user
from tests.store_seam import seam
from tests.world import lean_app, listens, memory_app, open_den

HEAD = replace(ANN, id="head", is_administrator=True)


def tell(app: App, by: User, to: User, scopes: frozenset[Any] | None = None, **parts: Any) -> str:
    caller = Caller(user_id=by.id, session_id="session", scopes=scopes)
    said = {"kind": "like", "title": "Ann likes your tea", **parts}
    return send_notification(app, caller=caller, user_id=to.id, **said)


def heard(app: App, connection_id: str) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = app.broadcaster.to(connection_id, "notification")  # type: ignore[attr-defined]
    return frames


def test_every_device_of_the_person_hears_and_nobody_else() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    phone, desk, anns = (listens(app, den, person) for person in (BEN, BEN, ANN))

    made_id = tell(app, ANN, BEN, body="the green one", link="/rooms/den/2")

    [frame] = heard(app, phone)
    assert heard(app, desk) == [frame]
    assert heard(app, anns) == []
    assert (frame["id"], frame["by"], frame["link"]) == (made_id, ANN.id, "/rooms/den/2")


def test_what_came_while_one_was_away_is_kept_until_it_is_read() -> None:
    app = memory_app()
    open_den(app, BEN)
    for n in range(3):
        tell(app, ANN, BEN, title=f"number {n}")
        app.clock.sleep(1)

    assert hello(app, user_id=BEN.id).unread_notifications == 3
    page = read_notifications(app, BEN.id)
    assert ([x.title for x in page.notifications], page.unread) == (
        ["number 2", "number 1", "number 0"],
        0,
    )
    tell(app, ANN, BEN, title="news")
    assert [(x.title, x.read) for x in list_notifications(app, BEN.id).notifications[:2]] == [
        ("news", False),
        ("number 2", True),
    ]
    assert hello(app, user_id=BEN.id).unread_notifications == 1


def test_strangers_are_not_reached_but_by_administrators_and_keys() -> None:
    """Control: ben, who shares a room with ann, is."""
    app = memory_app()
    den = open_den(app, BEN)
    for person in (CLEO, HEAD):
        app.accounts.create(person, None)
    tell(app, ANN, BEN)

    for stranger in (CLEO, user("nobody")):
        with pytest.raises(NotFound):
            tell(app, ANN, stranger)
    assert list_notifications(app, CLEO.id).notifications == []

    tell(app, HEAD, CLEO)
    tell(app, ANN, CLEO, scopes=frozenset({"notify"}))
    assert list_notifications(app, CLEO.id).unread == 2
    assert den


@pytest.mark.parametrize(("crowd", "is_reached"), [(SMALL_ROOM_MEMBERS, True), (201, False)])
def test_a_lobby_makes_acquainted_while_it_is_small(crowd: int, is_reached: bool) -> None:
    app = memory_app()
    lobby = room(LOBBY_ID, kind="public", code=None, member_count=crowd - 1)
    app.rooms.create(lobby, member(LOBBY_ID, ANN), opened())
    for person in (ANN, BEN):
        app.accounts.create(person, None)
    app.members.admit(member(LOBBY_ID, BEN), None, read=(1, 0))

    if is_reached:
        assert tell(app, ANN, BEN)
    else:
        with pytest.raises(NotFound):
            tell(app, ANN, BEN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"link": "https://elsewhere.example/"},
        {"link": "//elsewhere.example/"},
        {"link": "/\\elsewhere.example"},
        {"link": "/a b"},
        {"link": "/" + "x" * LINK_CHARS},
        {"link": "rooms/den"},
        {"title": " "},
        {"title": "x" * (TITLE_CHARS + 1)},
        {"body": "x" * (BODY_CHARS + 1)},
        {"kind": "announcement"},
        {"kind": "two words"},
    ],
)
def test_what_is_not_acceptable_is_kept_by_nobody(wrong: dict[str, str]) -> None:
    """Control: the same without it, in the tests above."""
    app = memory_app()
    open_den(app, BEN)

    with pytest.raises(Invalid):
        tell(app, ANN, BEN, **wrong)

    assert list_notifications(app, BEN.id).notifications == []


def test_an_announcement_reaches_all_who_are_here_and_the_others_later() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    for person in (CLEO, HEAD):
        app.accounts.create(person, None)
    lines = [listens(app, den, ANN), listens(app, "elsewhere", CLEO)]

    announce(app, user_id=HEAD.id, text="The house closes at ten.")

    for line in lines:
        [frame] = app.broadcaster.to(line, "announcement")  # type: ignore[attr-defined]
        assert frame == {"type": "announcement", "text": "The house closes at ten."}
    [kept] = list_notifications(app, BEN.id).notifications
    assert (kept.kind, kept.body, kept.read) == ("announcement", "The house closes at ten.", False)
    assert read_notifications(app, BEN.id).unread == 0


def test_only_administrators_announce() -> None:
    app = memory_app()
    den = open_den(app)
    line = listens(app, den, ANN)

    with pytest.raises(Forbidden):
        announce(app, user_id=ANN.id, text="buy my tea")

    assert app.broadcaster.to(line, "announcement") == []  # type: ignore[attr-defined]
    assert list_notifications(app, ANN.id).notifications == []


def test_what_it_costs(engine_url: str) -> None:
    app = lean_app()
    open_den(app, BEN)
    app.accounts.create(HEAD, None)

    with seam() as telling:
        tell(app, ANN, BEN)
    assert telling.write_units == 1
    with seam() as announcing:
        announce(app, user_id=HEAD.id, text="closing")
    assert announcing.write_units == 1
    assert announcing.calls["Query"] == 16
    with seam() as reading:
        read_notifications(app, BEN.id)
    assert dict(reading.calls) == {"Query": 2, "UpdateItem": 1, "BatchGetItem": 1}
