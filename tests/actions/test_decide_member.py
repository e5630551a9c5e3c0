"""Who may say what a member may do, and from which moment on is it so?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from teahouse.actions.change_role import change_role
from teahouse.actions.delete_message import delete_message
from teahouse.actions.edit_message import edit_message
from teahouse.actions.leave_room import leave_room
from teahouse.actions.mute_member import mute_member
from teahouse.actions.react import react
from teahouse.actions.send_message import send_without_position
from teahouse.adapters.memory.moderation import MemoryModeration
from teahouse.adapters.memory.store import MemoryStore
from teahouse.app import App
from teahouse.domain.entry import Role
from teahouse.domain.errors import Busy, Forbidden, Muted, NotAMember, NotFound
from teahouse.domain.user import User
from teahouse.ports import OutcomeUnknown, SlotTaken

from tests.cast import ANN, BEN, CLEO, NOON_MS, member
from tests.interloper import Interloper
from tests.store_seam import seam
from tests.world import (
    RecordingBroadcaster,
    app_on,
    head_of,
    kinds,
    listens,
    memory_app,
    open_den,
    says,
    start_of,
)

ROLES: tuple[Role, ...] = ("owner", "moderator", "member")
OPERATION = "the-same-operation-00000"
LATER_MS = NOON_MS + 60_000


@pytest.fixture(params=["memory", "dynamodb"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def den_of(app: App, **roles: Role) -> str:
    """Open ann's den with ben and cleo in it, in the roles that are named."""
    den = open_den(app)
    for person in (BEN, CLEO):
        app.accounts.create(person, None)
        role = roles.get(person.id, "member")
        app.members.admit(member(den, person, role=role), None, read=(1, 0))
    return den


def role_of(app: App, den: str, person: User) -> str:
    row = app.members.find(den, person.id)
    assert row is not None
    return row.role


def mute(app: App, den: str, whom: User, *, by: User = ANN, until: int | None = LATER_MS) -> None:
    mute_member(app, by_id=by.id, room_id=den, user_id=whom.id, until=until)


def name(app: App, den: str, whom: User, role: Role, *, by: User = ANN) -> None:
    change_role(app, by_id=by.id, room_id=den, user_id=whom.id, role=role)


@pytest.mark.parametrize("by", ROLES)
@pytest.mark.parametrize("whom", ROLES)
@pytest.mark.parametrize("to", ROLES)
def test_only_owners_say_who_is_what(by: Role, whom: Role, to: Role) -> None:
    app = memory_app()
    den = den_of(app, ben=by, cleo=whom)

    if by == "owner":
        name(app, den, CLEO, to, by=BEN)
        assert role_of(app, den, CLEO) == to
        assert kinds(app, den)[1:] == (["roleChanged"] if to != whom else [])
    else:
        with pytest.raises(Forbidden):
            name(app, den, CLEO, to, by=BEN)
        assert kinds(app, den) == ["roomOpened"]


@pytest.mark.parametrize("by", ROLES)
@pytest.mark.parametrize("whom", ROLES)
def test_owners_and_moderators_mute_plain_members(by: Role, whom: Role) -> None:
    app = memory_app()
    den = den_of(app, ben=by, cleo=whom)

    if by != "member" and whom == "member":
        mute(app, den, CLEO, by=BEN)
        with pytest.raises(Muted):
            says(app, den, CLEO)
    else:
        with pytest.raises(Forbidden):
            mute(app, den, CLEO, by=BEN)
        assert says(app, den, CLEO) == 2


def test_the_room_hears_what_was_decided_once(app: App) -> None:
    den = den_of(app)
    cleo = listens(app, den, CLEO)

    name(app, den, BEN, "moderator")
    name(app, den, BEN, "moderator")
    mute(app, den, CLEO, by=BEN)
    mute(app, den, CLEO, until=None)
    mute(app, den, CLEO, until=NOON_MS - 1)

    assert isinstance(app.broadcaster, RecordingBroadcaster)
    events = [e for f in app.broadcaster.to(cleo, "events") for e in f["events"]]
    told = [(e["seq"], e["kind"], e["by"], e.get("role"), e.get("until")) for e in events]
    assert told == [
        (2, "roleChanged", ANN.id, "moderator", None),
        (3, "memberMuted", BEN.id, None, LATER_MS),
        (4, "memberMuted", ANN.id, None, None),
    ]


def test_who_is_muted_writes_nothing_takes_back_and_writes_again_in_time(app: App) -> None:
    den = den_of(app)
    own = says(app, den, CLEO)
    mute(app, den, CLEO)
    writes: list[Callable[[], Any]] = [
        lambda: says(app, den, CLEO, "More tea?"),
        lambda: send_without_position(
            app, sender_id=CLEO.id, room_id=den, operation_id="by-rest-0000000000000000", text="Hm"
        ),
        lambda: edit_message(
            app, editor_id=CLEO.id, room_id=den, seq=own, version=1, text="Coffee?"
        ),
        lambda: react(app, member_id=CLEO.id, room_id=den, seq=own, emoji="🍵", is_on=True),
        lambda: react(
            app,
            member_id=CLEO.id,
            room_id=den,
            seq=own,
            emoji="🍵",
            is_on=True,
            operation_id="recorded-0000000000000000",
        ),
    ]

    for write in writes:
        with pytest.raises(Muted):
            write()
    assert kinds(app, den)[2:] == ["memberMuted"]
    assert says(app, den, BEN) == 4  # the control: the room is open

    delete_message(app, deleter_id=CLEO.id, room_id=den, seq=own)
    app.clock.sleep(60)
    assert says(app, den, CLEO, "More tea?") == 6


def test_what_was_said_before_the_mute_is_answered_again(app: App) -> None:
    den = den_of(app)
    by_rest = {"sender_id": CLEO.id, "room_id": den, "operation_id": "by-rest-0000000000000000"}
    first = says(app, den, CLEO, client_message_id=OPERATION)
    second = send_without_position(app, text="Hm", **by_rest)
    mute(app, den, CLEO)

    again = send_without_position(app, text="Hm", **by_rest)

    assert says(app, den, CLEO, client_message_id=OPERATION) == first
    assert (again.entry.seq, again.duplicate) == (second.entry.seq, True)


def test_who_becomes_moderator_is_muted_no_more(app: App) -> None:
    den = den_of(app)
    mute(app, den, CLEO)

    name(app, den, CLEO, "moderator")

    assert says(app, den, CLEO) == 4


def test_the_last_owner_neither_steps_down_nor_leaves_and_one_of_two_may(app: App) -> None:
    den = den_of(app)
    for leaves in (
        lambda: name(app, den, ANN, "member"),
        lambda: leave_room(app, user_id=ANN.id, room_id=den),
    ):
        with pytest.raises(Forbidden):
            leaves()

    name(app, den, BEN, "owner")
    name(app, den, ANN, "member")
    assert app.rooms.get(den).owners == 1
    name(app, den, ANN, "owner", by=BEN)
    leave_room(app, user_id=ANN.id, room_id=den)

    assert app.rooms.get(den).owners == 1
    assert app.members.find(den, ANN.id) is None


def test_two_owners_who_demote_each_other_at_once_leave_one() -> None:
    for step in range(1, 30):
        app = memory_app()
        den = den_of(app, ben="owner")

        def demotes(app: App = app, den: str = den) -> None:
            name(app, den, ANN, "member", by=BEN)

        interloper = Interloper(step, demotes)
        with suppress(Forbidden):
            name(interloper.beside(app), den, BEN, "member")

        roles = sorted(role_of(app, den, p) for p in (ANN, BEN))
        assert roles == ["member", "owner"], f"overtaken before step {step}"
        assert app.rooms.get(den).owners == 1
        if not interloper.came:
            return
    raise AssertionError("it never ended")


def test_who_is_muted_at_any_moment_says_nothing_behind_it() -> None:
    taken = 0
    for step in range(1, 40):
        app = memory_app()
        den = den_of(app)
        interloper = Interloper(step, lambda app=app, den=den: mute(app, den, CLEO))  # type: ignore[misc]

        try:
            says(interloper.beside(app), den, CLEO)
            taken += 1
        except Muted:
            assert "messageSent" not in kinds(app, den)
        log = kinds(app, den)
        if "messageSent" in log and "memberMuted" in log:
            assert log.index("messageSent") < log.index("memberMuted")
        if not interloper.came:
            break
    assert 1 < taken < step


@pytest.mark.parametrize("room_id", ["den", "no-such-room"])
def test_an_outsider_learns_nothing(app: App, room_id: str) -> None:
    den = open_den(app, BEN)
    named = den if room_id == "den" else room_id

    for whom in (BEN.id, "nobody"):
        with pytest.raises(NotAMember):
            mute_member(app, by_id=CLEO.id, room_id=named, user_id=whom, until=LATER_MS)
        with pytest.raises(NotAMember):
            change_role(app, by_id=CLEO.id, room_id=named, user_id=whom, role="owner")

    with pytest.raises(NotFound):  # the control: ann may look
        mute_member(app, by_id=ANN.id, room_id=den, user_id="nobody", until=LATER_MS)
    with pytest.raises(Forbidden):  # and a plain member may not
        mute_member(app, by_id=BEN.id, room_id=den, user_id="nobody", until=LATER_MS)


class Scripted(MemoryModeration):
    """Fails as told: before the write, after it, or with the slot taken by somebody else."""

    def __init__(self, store: MemoryStore, *script: str) -> None:
        super().__init__(store)
        self.script = list(script)

    def change_member(self, *rows: Any, **more: Any) -> bool:
        step = self.script.pop(0) if self.script else "done"
        if step == "before":
            raise OutcomeUnknown
        if step == "taken":
            raise SlotTaken
        is_done = super().change_member(*rows, **more)
        if step == "after":
            raise OutcomeUnknown
        return is_done


@pytest.mark.parametrize("script", [["before"], ["after"], ["taken"], ["taken", "before", "after"]])
def test_a_decision_whose_answer_was_lost_is_made_once_and_told(script: list[str]) -> None:
    store = MemoryStore()
    app = memory_app(store, moderation=Scripted(store, *script))
    den = den_of(app)
    cleo = listens(app, den, CLEO)

    mute(app, den, CLEO)

    assert kinds(app, den) == ["roomOpened", "memberMuted"]
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    assert len(app.broadcaster.to(cleo, "events")) == 1


def test_busy_is_said_when_it_cannot_be_decided_in_time() -> None:
    store = MemoryStore()
    app = memory_app(store, moderation=Scripted(store, *["taken"] * 100_000))
    den = den_of(app)

    with pytest.raises(Busy):
        mute(app, den, CLEO)


def test_what_deciding_costs(engine_url: str, request: pytest.FixtureRequest) -> None:
    app = app_on("dynamodb", request)
    den = den_of(app)

    with seam() as muting:
        mute(app, den, CLEO)
    with seam() as naming:
        name(app, den, BEN, "owner")

    assert (muting.write_units, naming.write_units) == (8, 10)
    assert muting.read_units == naming.read_units
    assert head_of(app, den).seq == 3
    assert replace(start_of(app, den), seq=3) == head_of(app, den)
