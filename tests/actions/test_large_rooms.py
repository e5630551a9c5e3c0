"""Does a room of ten thousand cost its members what a small one does?"""

from __future__ import annotations

import secrets

import pytest
from teahouse.actions.announce import announce
from teahouse.actions.become_member import become_member
from teahouse.actions.join_room import join_room
from teahouse.actions.leave_room import leave_room
from teahouse.actions.list_members import list_members
from teahouse.actions.list_notifications import list_notifications
from teahouse.actions.remove_member import remove_member
from teahouse.actions.send_message import send_message
from teahouse.adapters.dynamodb.room_rows import MemberRow, RoomRow
from teahouse.adapters.items.members import member_item
from teahouse.adapters.items.rooms import room_key
from teahouse.app import App
from teahouse.domain.room import SMALL_ROOM_MEMBERS

from tests.cast import ANN, member, user
from tests.store_seam import Seam, seam
from tests.world import app_on, head_of, listens, memory_app, open_den, start_of

MEMBERS = 10_000


@pytest.fixture(scope="module")
def crowd(request: pytest.FixtureRequest, engine_url: str) -> tuple[App, str]:
    """Open a room of ann's with ten thousand members; written in batches, as no action would."""
    app = app_on("dynamodb", request)
    hall = open_den(app)
    with MemberRow.batch_write() as batch:
        for n in range(MEMBERS - 1):
            batch.save(MemberRow.of(member_item(member(hall, user(f"person-{n:05}")))))
    RoomRow(*room_key(hall)).update(actions=[RoomRow.members.set(MEMBERS)])
    return app, hall


def newcomer(app: App) -> str:
    person = user(f"dora-{secrets.token_hex(4)}")
    app.accounts.create(person, None)
    return person.id


def test_coming_and_going_takes_no_slot_and_costs_what_it_does_in_a_small_room(
    crowd: tuple[App, str],
) -> None:
    app, hall = crowd
    den = open_den(app)
    costs: list[tuple[Seam, Seam]] = []
    for room_id in (den, hall):
        person = app.accounts.get(newcomer(app))
        with seam() as coming:
            assert become_member(app, user=person, room=app.rooms.get(room_id))
        with seam() as going:
            leave_room(app, user_id=person.id, room_id=room_id)
        costs.append((coming, going))

    assert head_of(app, hall).seq == 1
    assert head_of(app, den).seq == 3  # the control: a small room tells of both
    small, large = [[(s.read_units, s.write_units) for s in pair] for pair in costs]
    for big, few in zip(large, small, strict=True):
        assert big[0] <= few[0]
        assert big[1] <= few[1]


def test_speaking_reading_and_removing_cost_no_more_for_ten_thousand(
    crowd: tuple[App, str],
) -> None:
    app, hall = crowd
    dora = newcomer(app)
    become_member(app, user=app.accounts.get(dora), room=app.rooms.get(hall))
    line = listens(app, hall, ANN)

    with seam() as saying:
        send_message(
            app,
            sender_id=ANN.id,
            room_id=hall,
            client_message_id=f"hello-{secrets.token_hex(12)}",
            position=start_of(app, hall),
            text="Hello, all.",
            connection_id=line,
        )
    with seam() as hearing:
        joined = join_room(
            app,
            user_id=ANN.id,
            room_id=hall,
            connection_id=line,
            connected_at=app.clock.now_ms(),
            position=None,
        )
    with seam() as listing:
        page = list_members(app, user_id=ANN.id, room_id=hall)
    with seam() as removing:
        remove_member(app, by_id=ANN.id, room_id=hall, user_id=dora)

    assert isinstance(joined.online, int)
    assert (len(page.items), page.cursor is None) == (100, False)
    assert (saying.write_units, removing.write_units) == (2, 14)
    assert saying.read_units <= 4
    assert hearing.read_units <= 6
    assert listing.read_units <= 60  # of a page: half a unit for each profile
    assert removing.read_units <= 8


def test_an_announcement_is_kept_once_and_reaches_ten_thousand() -> None:
    """In memory: that no call of it is a Scan is held by every role, and by what it costs."""
    app = memory_app()
    head = user("head", is_administrator=True)
    app.accounts.create(head, None)
    lines = {listens(app, "lobby", user(f"person-{n:05}")) for n in range(MEMBERS)}

    announce(app, user_id=head.id, text="The house closes at ten.")

    told = [line for line, _ in app.broadcaster.posts]  # type: ignore[attr-defined]
    assert (len(told), set(told)) == (MEMBERS, lines)
    assert len(list_notifications(app, "person-00007").notifications) == 1


@pytest.mark.parametrize(
    ("there", "is_told"), [(SMALL_ROOM_MEMBERS - 1, True), (SMALL_ROOM_MEMBERS, False)]
)
def test_the_two_hundredth_is_told_of_and_the_next_is_not(*, there: int, is_told: bool) -> None:
    app = memory_app()
    den = open_den(app)
    for n in range(there - 1):
        app.members.admit(member(den, user(f"person-{n:03}")), None, read=(1, 0))
    person = app.accounts.get(newcomer(app))

    become_member(app, user=person, room=app.rooms.get(den))

    assert (app.log.newest(den).kind == "memberJoined") == is_told
