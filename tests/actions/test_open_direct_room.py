"""One room for two people, whoever asks, and for nobody else."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from teahouse.actions.ban_member import ban_member
from teahouse.actions.become_member import become_member
from teahouse.actions.change_role import change_role
from teahouse.actions.change_room import change_room
from teahouse.actions.close_room import close_room
from teahouse.actions.join_room import join_room
from teahouse.actions.leave_room import leave_room
from teahouse.actions.list_rooms import list_rooms
from teahouse.actions.open_direct_room import open_direct_room
from teahouse.actions.open_room import open_room
from teahouse.actions.remove_member import remove_member
from teahouse.actions.renew_code import renew_code
from teahouse.app import App
from teahouse.domain.errors import Forbidden, Invalid, NotAMember, NotFound
from teahouse.domain.user import User

from tests.cast import user
from tests.world import RecordingBroadcaster, app_on, kinds, listens, memory_app, open_den

Cast = tuple[User, User, User]


@pytest.fixture(params=["memory", "dynamodb"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def two_who_know_each_other(app: App) -> Cast:
    """Make two people in a den, and a third who is in none."""
    tail = secrets.token_hex(4)
    ann, ben, cleo = (user(f"{name}-{tail}") for name in ("ann", "ben", "cleo"))
    open_den(app, ben, owner=ann)
    app.accounts.create(cleo, None)
    return ann, ben, cleo


def opens(app: App, by: User, whom: User) -> tuple[str, bool]:
    room, is_new = open_direct_room(app, by_id=by.id, user_id=whom.id)
    assert (room.kind, room.role, room.name) == ("direct", "member", whom.display_name)
    return room.id, is_new


def test_whoever_asks_it_is_one_room_with_the_others_name(app: App) -> None:
    ann, ben, _ = two_who_know_each_other(app)

    den, is_new = opens(app, ann, ben)

    assert is_new
    assert opens(app, ben, ann) == (den, False)
    assert opens(app, ann, ben) == (den, False)
    [shown] = [room for room in list_rooms(app, ben.id).items if room.id == den]
    assert (shown.name, shown.member_count, shown.code or None) == (ann.display_name, 2, None)
    assert shown.peer
    assert shown.peer.id == ann.id
    assert kinds(app, den) == [
        "roomOpened",
        "memberJoined",
    ]


def test_it_opens_on_both_sides_at_once(app: App) -> None:
    ann, ben, _ = two_who_know_each_other(app)
    lines = [listens(app, "elsewhere", person) for person in (ann, ben)]

    den, _ = opens(app, ann, ben)

    assert isinstance(app.broadcaster, RecordingBroadcaster)
    added = [app.broadcaster.to(line, "roomAdded") for line in lines]
    assert [(f["room"]["id"], f["room"]["name"]) for [f] in added] == [
        (den, ben.display_name),
        (den, ann.display_name),
    ]


def test_sixteen_who_ask_at_once_get_one_room(app: App) -> None:
    ann, ben, _ = two_who_know_each_other(app)
    pairs = [(ann, ben), (ben, ann)] * 8

    with ThreadPoolExecutor(16) as pool:
        dens = {den for den, _ in pool.map(lambda pair: opens(app, *pair), pairs)}

    [den] = dens
    assert app.rooms.get(den).member_count == 2
    assert app.log.newest(den).seq == 2


def test_only_people_who_share_a_room_and_administrators_reach_somebody(app: App) -> None:
    ann, ben, cleo = two_who_know_each_other(app)
    admin = user(f"admin-{secrets.token_hex(4)}", is_administrator=True)
    app.accounts.create(admin, None)

    for whom in (cleo.id, "nobody"):
        with pytest.raises(NotFound):
            open_direct_room(app, by_id=ann.id, user_id=whom)
    with pytest.raises(Invalid):
        open_direct_room(app, by_id=ann.id, user_id=ann.id)

    opens(app, admin, cleo)
    opens(app, ann, ben)  # the controls


def test_there_is_no_third_no_code_and_nobody_above_the_other(app: App) -> None:
    ann, ben, cleo = two_who_know_each_other(app)
    den, _ = opens(app, ann, ben)
    whom = {"by_id": ann.id, "room_id": den, "user_id": ben.id}
    acts: list[Callable[[], object]] = [
        lambda: renew_code(app, user_id=ann.id, room_id=den),
        lambda: change_room(app, by_id=ann.id, room_id=den, kind="public"),
        lambda: close_room(app, by_id=ann.id, room_id=den),
        lambda: remove_member(app, **whom),
        lambda: ban_member(app, **whom),
        lambda: change_role(app, role="owner", **whom),
    ]

    for act in acts:
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotAMember):
        join_room(
            app,
            user_id=cleo.id,
            room_id=den,
            connection_id=listens(app, "elsewhere", cleo),
            connected_at=app.clock.now_ms(),
            position=None,
        )
    assert open_room(app, owner_id=ann.id, name="Another").code  # the control


def test_who_left_is_there_again_when_either_opens_it(app: App) -> None:
    ann, ben, _ = two_who_know_each_other(app)
    den, _ = opens(app, ann, ben)
    leave_room(app, user_id=ben.id, room_id=den)
    leave_room(app, user_id=ann.id, room_id=den)

    assert opens(app, ann, ben) == (den, True)

    assert app.rooms.get(den).member_count == 2
    assert app.rooms.get(den).closed_at is None


def test_a_handler_that_died_between_the_two_is_made_good_by_the_next() -> None:
    app = memory_app()
    ann, ben, _ = two_who_know_each_other(app)
    den, _ = opens(app, ann, ben)
    row = app.members.find(den, ben.id)
    assert row is not None
    app.members.remove(row, None, tombstone_until=0)

    assert opens(app, ben, ann) == (den, True)
    assert not become_member(app, user=ben, room=app.rooms.get(den))
