"""Who is banned, how do they come back? By no way, and strangers learn of nothing."""

from __future__ import annotations

import pytest
from teahouse.actions.accept_invitation import accept_invitation
from teahouse.actions.ban_member import ban_member
from teahouse.actions.become_member import become_member
from teahouse.actions.change_room import change_room
from teahouse.actions.join_room import join_room
from teahouse.app import App
from teahouse.domain.errors import Forbidden, NotAMember, NotFound
from teahouse.domain.user import User

from tests.cast import ANN, BEN, CLEO, member
from tests.interloper import Interloper
from tests.world import RecordingBroadcaster, app_on, kinds, listens, memory_app, open_den


@pytest.fixture(params=["memory", "dynamodb"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def den_of(app: App) -> str:
    den = open_den(app)
    for person in (BEN, CLEO):
        app.accounts.create(person, None)
    app.members.admit(member(den, BEN), None, read=(1, 0))
    return den


def test_who_is_banned_comes_back_by_no_way(app: App) -> None:
    den = den_of(app)
    code = str(app.rooms.get(den).code)
    ben = listens(app, den, BEN)
    ban_member(app, by_id=ANN.id, room_id=den, user_id=BEN.id)
    ban_member(app, by_id=ANN.id, room_id=den, user_id=BEN.id)

    with pytest.raises(Forbidden):
        accept_invitation(app, user_id=BEN.id, code=code)
    change_room(app, by_id=ANN.id, room_id=den, kind="public")
    with pytest.raises(Forbidden):
        hears(app, den, BEN)

    assert kinds(app, den) == ["roomOpened", "memberBanned", "roomChanged"]
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    assert [f["type"] for f in app.broadcaster.to(ben)] == ["roomRemoved"]
    assert app.broadcaster.to(ben)[0]["reason"] == "banned"
    hears(app, den, CLEO)  # the control: the door is open


def hears(app: App, den: str, who: User) -> None:
    join_room(
        app,
        user_id=who.id,
        room_id=den,
        connection_id=listens(app, "elsewhere", who),
        connected_at=app.clock.now_ms(),
        position=None,
    )


def test_who_joins_while_being_banned_is_not_in_the_room_behind_the_ban() -> None:
    for step in range(1, 40):
        app = memory_app()
        den = open_den(app)
        app.accounts.create(CLEO, None)
        interloper = Interloper(
            step,
            lambda app=app, den=den: ban_member(  # type: ignore[misc]
                app, by_id=ANN.id, room_id=den, user_id=CLEO.id
            ),
        )
        try:
            become_member(interloper.beside(app), user=CLEO, room=app.rooms.get(den))
        except Forbidden:
            assert "memberJoined" not in kinds(app, den)
        if not interloper.came:
            assert app.members.find(den, CLEO.id) is not None  # the control
            return
        assert app.members.find(den, CLEO.id) is None, f"banned before step {step}"
    raise AssertionError("it never ended")


def test_strangers_can_be_banned_and_nobody_can_be_told_from_nothing(app: App) -> None:
    den = den_of(app)

    ban_member(app, by_id=ANN.id, room_id=den, user_id=CLEO.id)
    with pytest.raises(Forbidden):
        become_member(app, user=CLEO, room=app.rooms.get(den))
    with pytest.raises(NotFound):
        ban_member(app, by_id=ANN.id, room_id=den, user_id="nobody")
    for whom in ("nobody", ANN.id, BEN.id):
        with pytest.raises(Forbidden):
            ban_member(app, by_id=BEN.id, room_id=den, user_id=whom)
        with pytest.raises(NotAMember):
            ban_member(app, by_id=CLEO.id, room_id=den, user_id=whom)
        with pytest.raises(NotAMember):
            ban_member(app, by_id=ANN.id, room_id="no-such-room", user_id=whom)


def test_a_stranger_who_is_banned_does_not_learn_that_there_is_such_a_room(app: App) -> None:
    """Control: ben, who was in it, hears of it."""
    den = den_of(app)
    cleo, ben = listens(app, open_den(app, CLEO), CLEO), listens(app, den, BEN)

    for whom in (CLEO, BEN):
        ban_member(app, by_id=ANN.id, room_id=den, user_id=whom.id)

    assert [f["roomId"] for f in app.broadcaster.to(ben, "roomRemoved")] == [den]  # type: ignore[attr-defined]
    assert app.broadcaster.to(cleo) == []  # type: ignore[attr-defined]
