"""Leaving and removing: who may, what the log says, and that nothing more is heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from teahouse.actions.leave_room import leave_room
from teahouse.actions.read_events import read_events
from teahouse.actions.remove_member import remove_member
from teahouse.actions.require_member import require_member
from teahouse.adapters.memory.members import MemoryMembers
from teahouse.adapters.memory.store import MemoryStore
from teahouse.app import App
from teahouse.domain.entry import MemberLeft, MemberRemoved, Role
from teahouse.domain.errors import Busy, ChatError, Forbidden, NotAMember, NotFound
from teahouse.domain.room import LOBBY_ID, SMALL_ROOM_MEMBERS
from teahouse.ports import OutcomeUnknown, SlotTaken

from tests.cast import ANN, BEN, CLEO, member, user
from tests.world import app_on, listens, memory_app, open_den, says

DORA = user("dora")


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def frames_to(app: App, connection: str, kind: str | None = None) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = app.broadcaster.to(connection, kind)  # type: ignore[attr-defined]
    return frames


def test_who_leaves_is_gone_and_the_room_hears_of_it(app: App) -> None:
    den = open_den(app, BEN)
    ann_hears, ben_hears = listens(app, den, ANN), listens(app, den, BEN)

    leave_room(app, user_id=BEN.id, room_id=den)

    assert app.members.find(den, BEN.id) is None
    assert app.rooms.get(den).member_count == 1
    slot = app.log.newest(den)
    assert (slot.seq, slot.by, slot.fact) == (2, BEN.id, MemberLeft(user_id=BEN.id))
    (told,) = frames_to(app, ann_hears)
    assert [(e["kind"], e["userId"]) for e in told["events"]] == [("memberLeft", BEN.id)]
    assert frames_to(app, ben_hears) == [{"type": "roomRemoved", "roomId": den, "reason": "left"}]


def test_who_is_removed_hears_nothing_more_on_any_device(app: App) -> None:
    den, elsewhere = open_den(app, BEN), open_den(app, BEN)
    ann_hears = listens(app, den, ANN)
    devices = [listens(app, den, BEN), listens(app, elsewhere, BEN)]

    remove_member(app, by_id=ANN.id, room_id=den, user_id=BEN.id)
    says(app, den, ANN, "Now that ben is gone")

    slot = app.log.read_run(den, 2, max_entries=1).entries[0]
    assert (slot.by, slot.fact) == (ANN.id, MemberRemoved(user_id=BEN.id))
    kinds = [e["kind"] for frame in frames_to(app, ann_hears) for e in frame["events"]]
    assert kinds == ["memberRemoved", "messageSent"]  # the control: ann does hear it
    for device in devices:
        assert frames_to(app, device) == [
            {"type": "roomRemoved", "roomId": den, "reason": "removed"}
        ]
    registered = app.connections.of_room(elsewhere, app.clock.now_ms())
    assert [x.connection_id for x in registered] == [devices[1]]  # other rooms stay as they were
    for read in (require_member_of, read_events_of):
        with pytest.raises(NotAMember):
            read(app, den)


def require_member_of(app: App, room_id: str) -> object:
    return require_member(app, room_id, BEN.id)


def read_events_of(app: App, room_id: str) -> object:
    return read_events(app, user_id=BEN.id, room_id=room_id)


def test_a_removal_killed_before_it_is_told_leaks_nothing() -> None:
    """The handler dies after the transaction; ben's connection is still registered."""
    app = memory_app()
    den = open_den(app, BEN)
    ann_hears, ben_hears = listens(app, den, ANN), listens(app, den, BEN)
    row = app.members.find(den, BEN.id)
    assert row is not None
    assert app.members.remove(row, None, tombstone_until=app.clock.now_ms() + 60_000)

    says(app, den, ANN, "Among ourselves")

    assert frames_to(app, ben_hears) == []
    assert len(frames_to(app, ann_hears, "events")) == 1


ALLOWED: dict[tuple[Role, Role], bool] = {
    ("owner", "moderator"): True,
    ("owner", "member"): True,
    ("moderator", "owner"): False,
    ("moderator", "moderator"): False,
    ("moderator", "member"): True,
    ("member", "owner"): False,
    ("member", "moderator"): False,
    ("member", "member"): False,
}


@pytest.mark.parametrize(("remover", "removed"), sorted(ALLOWED))
def test_who_may_remove_whom(app: App, remover: Role, removed: Role) -> None:
    den = open_den(app)
    for person, role in ((BEN, remover), (CLEO, removed)):
        app.members.admit(member(den, person, role=role), None, read=(1, 0))

    if ALLOWED[remover, removed]:
        remove_member(app, by_id=BEN.id, room_id=den, user_id=CLEO.id)
    else:
        with pytest.raises(Forbidden):
            remove_member(app, by_id=BEN.id, room_id=den, user_id=CLEO.id)

    assert (app.members.find(den, CLEO.id) is None) == ALLOWED[remover, removed]
    assert app.log.newest(den).seq == (2 if ALLOWED[remover, removed] else 1)


def test_owners_stay_and_everybody_else_may_leave(app: App) -> None:
    den = open_den(app, BEN)

    with pytest.raises(Forbidden):
        leave_room(app, user_id=ANN.id, room_id=den)

    assert app.members.find(den, ANN.id) is not None
    leave_room(app, user_id=BEN.id, room_id=den)  # the control


@pytest.mark.parametrize("room_id", ["den", "no-such-room"])
def test_an_outsider_learns_nothing(app: App, room_id: str) -> None:
    den = open_den(app, BEN)
    named = den if room_id == "den" else room_id
    acts: list[Callable[[], None]] = [
        lambda: leave_room(app, user_id=CLEO.id, room_id=named),
        lambda: remove_member(app, by_id=CLEO.id, room_id=named, user_id=BEN.id),
        lambda: remove_member(app, by_id=CLEO.id, room_id=named, user_id="nobody"),
    ]

    for act in acts:
        with pytest.raises(NotAMember):
            act()

    assert app.members.find(den, BEN.id) is not None


def test_who_is_not_there_cannot_be_removed_and_a_plain_member_cannot_find_out(app: App) -> None:
    den = open_den(app, BEN)

    with pytest.raises(NotFound):
        remove_member(app, by_id=ANN.id, room_id=den, user_id=CLEO.id)
    for anybody in (CLEO.id, ANN.id):
        with pytest.raises(Forbidden):
            remove_member(app, by_id=BEN.id, room_id=den, user_id=anybody)


def test_leaving_twice_leaves_once(app: App) -> None:
    den = open_den(app, BEN)
    leave_room(app, user_id=BEN.id, room_id=den)

    with pytest.raises(NotAMember):
        leave_room(app, user_id=BEN.id, room_id=den)

    assert app.log.newest(den).seq == 2
    assert app.rooms.get(den).member_count == 1


def test_leaving_the_lobby_takes_no_slot_and_being_removed_does() -> None:
    store = MemoryStore()
    app = memory_app(store)
    den = open_den(app, BEN, CLEO)
    store.rooms[den] = replace(store.rooms[den], member_count=SMALL_ROOM_MEMBERS + 1)

    leave_room(app, user_id=BEN.id, room_id=den)
    assert app.log.newest(den).seq == 1

    remove_member(app, by_id=ANN.id, room_id=den, user_id=CLEO.id)
    assert app.log.newest(den).seq == 2
    assert not replace(store.rooms[den], id=LOBBY_ID).takes_slots_for_leaving


def test_a_remover_who_is_removed_first_removes_nobody() -> None:
    store = MemoryStore()
    plain = memory_app(store)
    den = open_den(plain, CLEO)
    plain.members.admit(member(den, BEN, role="moderator"), None, read=(1, 0))

    class Overtaken(MemoryMembers):
        """Ann removes ben between ben's look and ben's write."""

        def remove(self, *rows: Any, **more: Any) -> bool:
            if plain.members.find(den, BEN.id) is not None:
                remove_member(plain, by_id=ANN.id, room_id=den, user_id=BEN.id)
            return super().remove(*rows, **more)

    with pytest.raises(NotAMember):
        remove_member(
            memory_app(store, members=Overtaken(store)),
            by_id=BEN.id,
            room_id=den,
            user_id=CLEO.id,
        )

    assert plain.members.find(den, CLEO.id) is not None


class Scripted(MemoryMembers):
    """Fails as told: before the write, after it, or with the slot taken by somebody else."""

    def __init__(self, store: MemoryStore, *script: str) -> None:
        super().__init__(store)
        self.script = list(script)

    def remove(self, *rows: Any, **more: Any) -> bool:
        step = self.script.pop(0) if self.script else "done"
        if step == "before":
            raise OutcomeUnknown
        if step == "taken":
            raise SlotTaken
        removed = super().remove(*rows, **more)
        if step == "after":
            raise OutcomeUnknown
        return removed


@pytest.mark.parametrize(
    "script", [["before"], ["after"], ["taken"], ["before", "taken", "after"], ["before"] * 9]
)
@pytest.mark.parametrize("by", [ANN, BEN])
def test_an_ending_whose_answer_was_lost_happens_once_and_is_told(
    script: list[str], by: Any
) -> None:
    store = MemoryStore()
    app = memory_app(store, members=Scripted(store, *script))
    den = open_den(app, BEN)
    ann_hears = listens(app, den, ANN)

    if by is BEN:
        leave_room(app, user_id=BEN.id, room_id=den)
    else:
        remove_member(app, by_id=ANN.id, room_id=den, user_id=BEN.id)

    assert app.members.find(den, BEN.id) is None
    assert app.rooms.get(den).member_count == 1
    assert app.log.newest(den).seq == 2
    told = [e["seq"] for frame in frames_to(app, ann_hears) for e in frame["events"]]
    assert told == [2]


def test_busy_is_said_when_it_cannot_be_done_in_time() -> None:
    store = MemoryStore()
    app = memory_app(store, members=Scripted(store, *["taken"] * 100_000))
    den = open_den(app, BEN)

    with pytest.raises(Busy) as refused:
        leave_room(app, user_id=BEN.id, room_id=den)

    assert isinstance(refused.value, ChatError)
    assert app.members.find(den, BEN.id) is not None
