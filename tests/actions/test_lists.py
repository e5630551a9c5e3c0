"""Lists: my rooms, public rooms, one room, its members."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from msgspec import UNSET
from teahouse.actions.list_members import list_members
from teahouse.actions.list_public_rooms import list_public_rooms
from teahouse.actions.list_rooms import list_rooms
from teahouse.actions.open_room import open_room
from teahouse.actions.show_room import show_room
from teahouse.app import App
from teahouse.domain.errors import Invalid, NotAMember
from teahouse.domain.room import Summary
from teahouse.domain.user import User
from teahouse.protocol.codec import encode

from tests.cast import ANN, BEN, CLEO, NOON_MS, member, user
from tests.world import app_on, listens, open_den, says


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


@pytest.fixture
def dora(app: App) -> User:
    """Somebody who is in no room yet."""
    dora = user(f"dora-{secrets.token_hex(6)}", username="dora-name")
    app.accounts.create(dora, None)
    return dora


def summary(room_id: str, seq: int, at: int) -> Summary:
    return Summary(room_id=room_id, seq=seq, number=seq - 1, at=at, by=BEN.id, text="Tea?")


def enter(app: App, room_id: str, person: User, **changes: object) -> None:
    app.members.admit(member(room_id, person, **changes), None, read=(1, 0))


def test_my_rooms_are_listed_by_what_was_said_last(app: App, dora: User) -> None:
    dens = [open_den(app) for _ in range(3)]
    stranger = open_den(app)
    for n, den in enumerate(dens):
        enter(app, den, dora, joined_at=NOON_MS + n)
    app.rooms.summarize(summary(dens[0], 7, NOON_MS + 1000))
    app.rooms.summarize(summary(stranger, 7, NOON_MS + 2000))

    page = list_rooms(app, dora.id)

    assert [room.id for room in page.items] == [dens[0], dens[2], dens[1]]
    assert page.cursor is None
    first = page.items[0]
    assert (first.head, first.unread, first.read_seq, first.role) == (7, 6, 1, "member")
    assert first.last_message is not UNSET
    assert (first.last_message.by, first.last_message.text) == (BEN.id, "Tea?")
    assert page.items[1].unread == 0
    assert page.items[1].last_message is UNSET


def test_who_spoke_last_is_listed_by_the_name_of_today(app: App, dora: User) -> None:
    den = open_den(app)
    enter(app, den, dora)
    speaker = user(f"eve-{secrets.token_hex(6)}")
    app.accounts.create(speaker, None)
    app.rooms.summarize(replace(summary(den, 7, NOON_MS), by=speaker.id))

    def name() -> str:
        [shown] = [*list_rooms(app, dora.id).items]
        one = show_room(app, user_id=dora.id, room_id=den)
        assert shown.last_message is not UNSET
        assert one.last_message == shown.last_message
        return shown.last_message.by_name

    assert name() == speaker.display_name
    app.accounts.change_profile(replace(speaker, display_name="Eva"))
    assert name() == "Eva"


def test_what_i_have_read_is_no_longer_unread(app: App, dora: User) -> None:
    den = open_den(app)
    enter(app, den, dora)
    app.rooms.summarize(summary(den, 7, NOON_MS))

    app.members.mark_read(den, dora.id, 6, 5)
    assert list_rooms(app, dora.id).items[0].unread == 1
    app.members.mark_read(den, dora.id, 9, 8)  # the summary lags

    room = list_rooms(app, dora.id).items[0]
    assert (room.unread, room.read_seq) == (0, 9)


def test_my_rooms_are_paged_each_once(app: App, dora: User) -> None:
    dens = {open_den(app) for _ in range(5)}
    for den in dens:
        enter(app, den, dora)

    seen: list[str] = []
    cursor = None
    for _ in range(9):
        page = list_rooms(app, dora.id, cursor=cursor, limit=2)
        seen += [room.id for room in page.items]
        cursor = page.cursor
        if cursor is None:
            break

    assert len(seen) == 5
    assert set(seen) == dens
    assert list_rooms(app, dora.id, limit=5).cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "%", "UiNkZW4", "é" * 3, "A" * 257])
def test_a_cursor_that_is_none_of_ours_is_refused(app: App, cursor: str) -> None:
    den = open_den(app)
    for ask in (
        lambda: list_rooms(app, ANN.id, cursor=cursor),
        lambda: list_public_rooms(app, ANN.id, cursor=cursor),
        lambda: list_members(app, user_id=ANN.id, room_id=den, cursor=cursor),
    ):
        with pytest.raises(Invalid) as refused:
            ask()
        assert "cursor" in (refused.value.fields or {})


def test_the_code_is_shown_only_to_those_who_may_invite(app: App) -> None:
    den = open_den(app)
    enter(app, den, BEN, role="moderator")
    enter(app, den, CLEO)

    for person, sees in ((ANN, True), (BEN, True), (CLEO, False)):
        shown = show_room(app, user_id=person.id, room_id=den)
        listed = list_rooms(app, person.id, limit=10_000).items
        assert shown in listed
        assert (shown.code == f"code-of-{den}") == sees
        assert (b'"code"' in encode(shown)) == sees


def test_a_room_counts_what_its_summary_does_not_know_of(app: App) -> None:
    """Two messages of one second: the summary holds the first. The control is the list."""
    den = open_den(app, BEN)
    for number in (1, 2):
        says(app, den, ANN, f"tea {number}")

    (listed,) = (room for room in list_rooms(app, BEN.id, limit=10_000).items if room.id == den)
    shown = show_room(app, user_id=BEN.id, room_id=den)

    assert (listed.unread, shown.unread) == (1, 2)
    assert shown.head == app.log.newest(den).seq


def test_a_room_is_shown_to_its_members_alone(app: App, dora: User) -> None:
    den = open_den(app)
    public = open_room(app, owner_id=dora.id, name="Square", kind="public").id

    for room_id in (den, public, "no-such-room"):
        with pytest.raises(NotAMember):
            show_room(app, user_id=CLEO.id, room_id=room_id)

    assert show_room(app, user_id=ANN.id, room_id=den).id == den  # the control


def test_public_rooms_are_shown_to_strangers_without_what_is_said_in_them(
    app: App, dora: User
) -> None:
    owner = user(f"owner-{secrets.token_hex(6)}")
    app.accounts.create(owner, None)
    den = open_den(app)
    square = open_room(app, owner_id=owner.id, name="Square", kind="public").id
    app.rooms.summarize(summary(square, 7, NOON_MS))

    rooms = {room.id: room for room in list_public_rooms(app, dora.id, limit=200).items}

    assert den not in rooms
    assert (rooms[square].role, rooms[square].unread) == (None, 0)
    assert rooms[square].last_message is UNSET
    assert b'"role":null' in encode(rooms[square])
    enter(app, square, dora)
    mine = {room.id: room for room in list_public_rooms(app, dora.id, limit=200).items}[square]
    assert (mine.role, mine.unread) == ("member", 6)
    assert mine.last_message is not UNSET


def test_members_are_listed_with_their_names_of_today_and_who_is_here(app: App, dora: User) -> None:
    den = open_den(app, BEN)
    stale = user(dora.id, display_name="Dora as she was")
    enter(app, den, stale)
    listens(app, den, BEN)

    page = list_members(app, user_id=ANN.id, room_id=den)

    lines = {line.user.id: line for line in page.items}
    assert {name: line.online for name, line in lines.items()} == {
        ANN.id: False,
        BEN.id: True,
        dora.id: False,
    }
    assert lines[ANN.id].role == "owner"
    assert lines[dora.id].user.display_name == dora.display_name
    first = list_members(app, user_id=ANN.id, room_id=den, limit=2)
    rest = list_members(app, user_id=ANN.id, room_id=den, limit=2, cursor=first.cursor)
    assert [*first.items, *rest.items] == list(page.items)


def test_strangers_see_no_members(app: App) -> None:
    den = open_den(app)

    for room_id in (den, "no-such-room"):
        with pytest.raises(NotAMember):
            list_members(app, user_id=CLEO.id, room_id=room_id)
