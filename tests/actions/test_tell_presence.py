"""Who is told that somebody has come or gone? People, not tabs; each once; else nothing."""

from __future__ import annotations

from typing import Any

import pytest
from teahouse.actions.disconnect import disconnect
from teahouse.actions.join_room import join_room
from teahouse.actions.list_members import list_members
from teahouse.actions.ping import ping
from teahouse.actions.tell_presence import CROWD_POSTS_PER_S, look_for_departures
from teahouse.actions.unjoin_room import unjoin_room
from teahouse.app import App
from teahouse.domain.connection import Departure
from teahouse.domain.presence import GRACE_MS
from teahouse.domain.user import User
from teahouse.protocol.frames import Joined

from tests.cast import ANN, BEN, CLEO, user
from tests.store_seam import seam
from tests.world import app_on, lean_app, listens, memory_app, open_den, says, start_of


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def comes(app: App, den: str, person: User) -> tuple[str, Joined]:
    """Let a new connection of a person join a room; give it and the answer."""
    connection_id = f"{app.ids.new_id()}="
    listens(app, "hallway-" + app.ids.new_id(), person, connection_id)
    joined = join_room(
        app,
        user_id=person.id,
        room_id=den,
        connection_id=connection_id,
        connected_at=app.clock.now_ms(),
        position=None,
    )
    return connection_id, joined


def goes(app: App, connection_id: str) -> None:
    disconnect(app, connection_id=connection_id, connected_at=app.clock.now_ms())


def after_the_grace_time(app: App) -> None:
    app.clock.sleep(GRACE_MS / 1_000)


def heard(app: App, connection_id: str) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = app.broadcaster.to(connection_id, "presence")  # type: ignore[attr-defined]
    return frames


def departures(app: App, den: str) -> list[Departure]:
    return app.connections.attendance(den, app.clock.now_ms()).departures


def said(frames: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    return [(frame.get("entered"), frame.get("left")) for frame in frames]


def test_who_comes_is_told_of_once_however_many_tabs(app: App) -> None:
    den = open_den(app, BEN)
    anns, _ = comes(app, den, ANN)

    bens, joined = comes(app, den, BEN)
    comes(app, den, BEN)

    assert joined.online == sorted([ANN.id, BEN.id])
    [frame] = heard(app, anns)
    assert (frame["entered"], frame["online"]) == ([BEN.id], joined.online)
    assert frame["users"][BEN.id]["displayName"] == BEN.display_name
    assert heard(app, bens) == []


def test_who_goes_is_told_of_once_by_the_next_that_happens_after_the_grace_time(app: App) -> None:
    den = open_den(app, BEN, CLEO)
    anns, _ = comes(app, den, ANN)
    cleos, _ = comes(app, den, CLEO)
    bens, _ = comes(app, den, BEN)
    before = len(heard(app, anns))

    goes(app, bens)
    look_for_departures(app, [den])
    assert said(heard(app, anns)[before:]) == []

    after_the_grace_time(app)
    look_for_departures(app, [den])
    [frame] = heard(app, anns)[before:]
    assert (frame["left"], frame["online"]) == ([BEN.id], sorted([ANN.id, CLEO.id]))
    assert set(frame["users"]) == {BEN.id}
    after_the_grace_time(app)
    look_for_departures(app, [den])
    assert len(heard(app, anns)[before:]) == 1
    assert heard(app, cleos)[-1]["left"] == [BEN.id]


def test_who_comes_back_within_the_grace_time_has_neither_left_nor_entered(app: App) -> None:
    den = open_den(app, BEN)
    anns, _ = comes(app, den, ANN)
    bens, _ = comes(app, den, BEN)
    before = len(heard(app, anns))

    goes(app, bens)
    app.clock.sleep(GRACE_MS / 2_000)
    _, joined = comes(app, den, BEN)
    after_the_grace_time(app)
    look_for_departures(app, [den])

    assert joined.online == sorted([ANN.id, BEN.id])
    assert heard(app, anns)[before:] == []


def test_one_tab_of_two_that_is_closed_is_nothing(app: App) -> None:
    den = open_den(app, BEN)
    anns, _ = comes(app, den, ANN)
    bens, _ = comes(app, den, BEN)
    comes(app, den, BEN)
    before = len(heard(app, anns))

    goes(app, bens)
    after_the_grace_time(app)
    look_for_departures(app, [den])

    assert heard(app, anns)[before:] == []


def test_who_is_back_leaves_departures_that_only_a_ping_sweeps_up(app: App) -> None:
    """Control: those of who is missed are taken by whatever reads the room next."""
    den = open_den(app, BEN, CLEO)
    comes(app, den, ANN)
    bens, _ = comes(app, den, BEN)
    cleos, _ = comes(app, den, CLEO)
    goes(app, bens)
    goes(app, cleos)
    comes(app, den, BEN)
    after_the_grace_time(app)

    comes(app, den, ANN)
    assert [x.user_id for x in departures(app, den)] == [BEN.id]
    look_for_departures(app, [den])

    assert departures(app, den) == []


def test_who_stops_to_hear_a_room_is_told_of_once_whatever_was_left_of_them(app: App) -> None:
    den = open_den(app, BEN)
    anns, _ = comes(app, den, ANN)
    first, _ = comes(app, den, BEN)
    goes(app, first)
    second, _ = comes(app, den, BEN)
    after_the_grace_time(app)
    before = len(heard(app, anns))

    unjoin_room(app, user_id=BEN.id, room_id=den, connection_id=second)

    assert said(heard(app, anns)[before:]) == [(None, [BEN.id])]


def test_what_is_said_tells_of_who_has_gone(app: App) -> None:
    den = open_den(app, BEN)
    anns, _ = comes(app, den, ANN)
    bens, _ = comes(app, den, BEN)
    goes(app, bens)
    after_the_grace_time(app)

    says(app, den, ANN, "anybody?", connection_id=anns)

    assert heard(app, anns)[-1]["left"] == [BEN.id]


def test_who_stops_to_hear_a_room_has_left_at_once(app: App) -> None:
    """Control: somebody who never heard it leaves nothing to be told."""
    den = open_den(app, BEN)
    anns, _ = comes(app, den, ANN)
    bens, _ = comes(app, den, BEN)
    before = len(heard(app, anns))

    unjoin_room(app, user_id=CLEO.id, room_id=den, connection_id="another=")
    assert heard(app, anns)[before:] == []
    unjoin_room(app, user_id=BEN.id, room_id=den, connection_id=bens)

    assert said(heard(app, anns)[before:]) == [(None, [BEN.id])]


def test_a_ghost_that_a_post_finds_leaves_after_the_grace_time(app: App) -> None:
    den = open_den(app, BEN, CLEO)
    anns, _ = comes(app, den, ANN)
    bens, _ = comes(app, den, BEN)
    app.broadcaster.gone.add(bens)  # type: ignore[attr-defined]
    comes(app, den, CLEO)
    before = len(heard(app, anns))

    after_the_grace_time(app)
    look_for_departures(app, [den])

    assert said(heard(app, anns)[before:]) == [(None, [BEN.id])]


def test_the_list_of_members_agrees_with_what_was_told(app: App) -> None:
    den = open_den(app, BEN)
    _, joined = comes(app, den, ANN)
    bens, _ = comes(app, den, BEN)

    def online() -> list[str]:
        lines = list_members(app, user_id=ANN.id, room_id=den).items
        return sorted(line.user.id for line in lines if line.online)

    goes(app, bens)
    assert online() == sorted([ANN.id, BEN.id])
    after_the_grace_time(app)
    assert online() == joined.online == [ANN.id]


def test_two_tabs_that_come_at_once_tell_it_once() -> None:
    """Both are registered before either looks: the first one tells."""
    from teahouse.domain.connection import Attendance, Listener
    from teahouse.domain.presence import has_entered

    tabs = [
        Listener(connection_id=name, user_id=BEN.id, since=at)
        for name, at in (("b=", 1), ("a=", 2), ("c=", 2))
    ]
    attendance = Attendance(listeners=tabs, departures=[])

    assert [has_entered(attendance, tab.connection_id) for tab in tabs] == [True, False, False]
    assert not has_entered(attendance, "somebody-else=")


def test_a_crowd_hears_a_number_now_and_then() -> None:
    app = memory_app()
    crowd = [user(f"{n:016}") for n in range(100)]
    den = open_den(app, *crowd)
    anns, joined = comes(app, den, ANN)
    assert joined.online == 1
    app.clock.sleep(60)

    comes(app, den, crowd[0])
    comes(app, den, crowd[1])
    app.clock.sleep(3 / CROWD_POSTS_PER_S)
    comes(app, den, crowd[2])

    assert [frame["online"] for frame in heard(app, anns)] == [2, 4]
    assert said(heard(app, anns)) == [(None, None)] * 2


def test_what_it_costs(engine_url: str) -> None:
    """A leave: one write, and one read of the room's name and one of the person's."""
    app = lean_app()
    den = open_den(app, BEN)
    anns, _ = comes(app, den, ANN)
    bens, _ = comes(app, den, BEN)

    with seam() as quiet:
        look_for_departures(app, [den])
        look_for_departures(app, [den])
    assert (dict(quiet.calls), quiet.read_units) == ({"Query": 1}, 0.5)

    with seam() as ending:
        goes(app, bens)
    # The connection's rows: own, the person's, two rooms heard, and two rooms that hear it.
    assert dict(ending.calls) == {"Query": 1, "BatchWriteItem": 1, "PutItem": 1}
    assert ending.write_units == 6

    after_the_grace_time(app)
    with seam() as telling:
        look_for_departures(app, [den])
    assert dict(telling.calls) == {"Query": 2, "DeleteItem": 1, "GetItem": 2}
    assert (telling.read_units, telling.write_units) == (3.5, 1)
    assert heard(app, anns)[-1]["left"] == [BEN.id]


def test_a_ping_looks_only_at_rooms_of_ones_own() -> None:
    """Control: in the den ben's leaving is told by his neighbour's ping."""
    app = memory_app()
    den, attic = open_den(app, BEN), open_den(app, BEN)
    for room_id in (den, attic):
        comes(app, room_id, ANN)
        bens, _ = comes(app, room_id, BEN)
        goes(app, bens)
    after_the_grace_time(app)

    positions = {room_id: start_of(app, room_id) for room_id in (den, attic)}
    standing = ping(app, user_id=CLEO.id, connection_id="cleos=", positions=positions)

    assert standing.mine == []
    mine = ping(app, user_id=ANN.id, connection_id="anns=", positions=positions).mine
    assert mine == sorted([den, attic])
