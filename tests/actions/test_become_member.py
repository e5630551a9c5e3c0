"""Becoming a member: once, in order, with everybody told, whatever fails in between."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from teahouse.actions.accept_invitation import accept_invitation
from teahouse.actions.append import Operation, append
from teahouse.actions.become_member import become_member
from teahouse.actions.preview_invitation import preview_invitation
from teahouse.actions.remove_member import remove_member
from teahouse.actions.renew_code import renew_code
from teahouse.actions.settle import settle
from teahouse.adapters.memory.members import MemoryMembers
from teahouse.adapters.memory.store import MemoryStore
from teahouse.adapters.system import SystemClock
from teahouse.app import App
from teahouse.domain.entry import MemberJoined, MessageSent
from teahouse.domain.errors import Busy, Conflict, Forbidden, NotAMember, NotFound
from teahouse.domain.room import SMALL_ROOM_MEMBERS
from teahouse.domain.user import User
from teahouse.ports import OutcomeUnknown, SlotTaken

from tests.cast import ANN, BEN, CLEO, member, opened, room, said, user
from tests.store_seam import Call, Fault, lost_answer, refuse, seam
from tests.world import app_on, engine_app, head_of, listens, memory_app, open_den


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def invite(app: App, room_id: str, person: User) -> tuple[Any, bool]:
    """Let somebody accept the room's own code."""
    app.accounts.create(person, None)
    return accept_invitation(app, user_id=person.id, code=code_of(app, room_id))


def code_of(app: App, room_id: str) -> str:
    code = app.rooms.get(room_id).code
    assert code is not None
    return code


def joiners(app: App, room_id: str) -> list[str]:
    run = app.log.read_run(room_id, 1, max_entries=1_000)
    assert [e.seq for e in run.entries] == list(range(1, len(run.entries) + 1))
    return [e.fact.user_id for e in run.entries if isinstance(e.fact, MemberJoined)]


def test_who_has_the_code_becomes_a_member_and_the_room_hears_of_it(app: App) -> None:
    den = open_den(app)
    ann_hears = listens(app, den, ANN)
    app.log.put(den, said(2))

    shown, is_new = invite(app, den, BEN)

    assert is_new
    assert (shown.id, shown.role, shown.member_count) == (den, "member", 2)
    assert (shown.read_seq, shown.unread) == (3, 0)
    assert joiners(app, den) == [BEN.id]
    row = app.members.find(den, BEN.id)
    assert row is not None
    assert row.decided_seq == 3
    newest = app.log.newest(den)
    assert (newest.by, newest.number) == (BEN.id, 1)
    (frame,) = app.broadcaster.to(ann_hears, "events")  # type: ignore[attr-defined]
    assert [(e["kind"], e["userId"]) for e in frame["events"]] == [("memberJoined", BEN.id)]
    assert set(frame["users"]) == {BEN.id}


def test_accepting_again_changes_nothing(app: App) -> None:
    den = open_den(app)
    invite(app, den, BEN)
    ann_hears = listens(app, den, ANN)

    shown, is_new = invite(app, den, BEN)

    assert not is_new
    assert shown.member_count == 2
    assert joiners(app, den) == [BEN.id]
    assert app.broadcaster.to(ann_hears) == []  # type: ignore[attr-defined]


def test_the_newcomers_devices_hear_of_the_room_and_the_code_stays_with_those_who_invite(
    app: App,
) -> None:
    den, elsewhere = open_den(app), open_den(app)
    app.accounts.create(BEN, None)
    device = listens(app, elsewhere, BEN)
    other = listens(app, elsewhere, BEN)
    den_room = app.rooms.get(den)

    become_member(app, user=BEN, room=den_room, skip_connection=other)

    (frame,) = app.broadcaster.to(device)  # type: ignore[attr-defined]
    assert (frame["type"], frame["room"]["id"], frame["room"]["role"]) == (
        "roomAdded",
        den,
        "member",
    )
    assert "code" not in frame["room"]
    assert app.broadcaster.to(other) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", ["", "x", "no-such-code-0000000000", "é", "\ud800", "a" * 65, "#"])
def test_a_code_that_leads_nowhere_is_not_found(app: App, code: str) -> None:
    den = open_den(app)

    for act in (
        lambda: preview_invitation(app, code=code),
        lambda: accept_invitation(app, user_id=BEN.id, code=code),
    ):
        with pytest.raises(NotFound):
            act()

    assert preview_invitation(app, code=code_of(app, den)).id == den  # the control


def test_a_renewed_code_is_dead_for_preview_and_for_joining(app: App) -> None:
    den = open_den(app)
    old = code_of(app, den)

    new = renew_code(app, user_id=ANN.id, room_id=den)

    app.accounts.create(BEN, None)
    with pytest.raises(NotFound):
        preview_invitation(app, code=old)
    with pytest.raises(NotFound):
        accept_invitation(app, user_id=BEN.id, code=old)
    assert app.members.find(den, BEN.id) is None
    assert accept_invitation(app, user_id=BEN.id, code=new)[1]


def test_a_code_renewed_while_it_is_accepted_lets_nobody_in() -> None:
    store = MemoryStore()

    class Renewing(MemoryMembers):
        """The owner renews the code between the look and the write."""

        def admit(self, *rows: Any, **more: Any) -> bool:
            renew_code(app, user_id=ANN.id, room_id=den)
            return super().admit(*rows, **more)

    app = memory_app(store, members=Renewing(store))
    den = open_den(memory_app(store))
    app.accounts.create(BEN, None)

    with pytest.raises(NotFound):
        accept_invitation(app, user_id=BEN.id, code=code_of(app, den))

    assert app.members.find(den, BEN.id) is None
    assert joiners(app, den) == []


@pytest.mark.parametrize(
    ("who", "refusal"), [("owner", None), ("moderator", None), ("member", Forbidden)]
)
def test_only_those_who_may_invite_renew_the_code(
    app: App, who: Any, refusal: type[Exception] | None
) -> None:
    den = open_den(app)
    app.members.admit(member(den, BEN, role=who), None, read=(1, 0))

    if refusal is None:
        code = renew_code(app, user_id=BEN.id, room_id=den)
        assert app.rooms.find_by_code(code) == den
    else:
        with pytest.raises(refusal):
            renew_code(app, user_id=BEN.id, room_id=den)
        assert app.rooms.get(den).code == f"code-of-{den}"


def test_strangers_learn_nothing_by_renewing_a_code(app: App) -> None:
    den = open_den(app)

    for room_id in (den, "no-such-room"):
        with pytest.raises(NotAMember):
            renew_code(app, user_id=CLEO.id, room_id=room_id)


def test_a_public_room_has_no_code_to_renew(app: App) -> None:
    square = app.ids.new_id()
    public = room(square, kind="public", code=None)
    app.rooms.create(public, member(square, ANN, role="owner"), opened())

    with pytest.raises(Conflict):
        renew_code(app, user_id=ANN.id, room_id=square)


def test_in_a_large_room_joining_takes_no_slot(app: App) -> None:
    den = open_den(app)
    large = replace(app.rooms.get(den), member_count=SMALL_ROOM_MEMBERS)

    assert become_member(app, user=BEN, room=large)

    assert joiners(app, den) == []
    row = app.members.find(den, BEN.id)
    assert row is not None
    assert row.decided_seq == 1
    small = replace(large, member_count=SMALL_ROOM_MEMBERS - 1)  # the control
    assert become_member(app, user=CLEO, room=small)
    assert joiners(app, den) == [CLEO.id]


def test_who_was_removed_and_is_back_without_a_slot_can_speak(app: App) -> None:
    """The removal stands in the log; the new row must not count as older than it."""
    den = open_den(app, BEN)
    start = head_of(app, den)
    remove_member(app, by_id=ANN.id, room_id=den, user_id=BEN.id)
    become_member(app, user=BEN, room=replace(app.rooms.get(den), member_count=SMALL_ROOM_MEMBERS))

    operation = Operation(
        room_id=den,
        author_id=BEN.id,
        id="x" * 22,
        fact=lambda n: MessageSent(text="back", client_message_id="x" * 22, number=n + 1),
    )
    assert append(app, operation, start).entry.seq == 3


class Scripted(MemoryMembers):
    """Fails as told: before the write, after it, or with the slot taken by somebody else."""

    def __init__(self, store: MemoryStore, *script: str) -> None:
        super().__init__(store)
        self.script = list(script)
        self.calls: Counter[str] = Counter()

    def admit(self, *rows: Any, **more: Any) -> bool:
        step = self.script.pop(0) if self.script else "done"
        self.calls[step] += 1
        if step == "before":
            raise OutcomeUnknown
        if step == "taken":
            raise SlotTaken
        admitted = super().admit(*rows, **more)
        if step == "after":
            raise OutcomeUnknown
        return admitted


@pytest.mark.parametrize(
    "script",
    [["before"], ["after"], ["taken"], ["before", "taken", "after"], ["before"] * 9],
)
def test_a_join_whose_answer_was_lost_happens_once_and_is_told(script: list[str]) -> None:
    store = MemoryStore()
    app = memory_app(store, members=Scripted(store))
    den = open_den(app)
    ann_hears = listens(app, den, ANN)
    app.members.script = list(script)  # type: ignore[attr-defined]

    _, is_new = invite(app, den, BEN)

    assert is_new
    assert joiners(app, den) == [BEN.id]
    assert app.rooms.get(den).member_count == 2
    frames = app.broadcaster.to(ann_hears, "events")  # type: ignore[attr-defined]
    assert [e["kind"] for frame in frames for e in frame["events"]] == ["memberJoined"]


def test_a_slotless_join_whose_answer_was_lost_happens_once() -> None:
    store = MemoryStore()
    app = memory_app(store, members=Scripted(store))
    large = replace(app.rooms.get(open_den(app)), member_count=SMALL_ROOM_MEMBERS)
    app.members.script = ["after"]  # type: ignore[attr-defined]

    assert become_member(app, user=BEN, room=large)
    assert app.rooms.get(large.id).member_count == 2


def test_of_two_tabs_that_join_at_once_one_is_new_and_the_room_hears_once() -> None:
    store = MemoryStore()
    plain = memory_app(store)
    den = open_den(plain)

    class Overtaken(MemoryMembers):
        """Another tab of the same person is faster, once."""

        def admit(self, *rows: Any, **more: Any) -> bool:
            become_member(plain, user=BEN, room=plain.rooms.get(den))
            return super().admit(*rows, **more)

    app = memory_app(store, members=Overtaken(store))

    assert not become_member(app, user=BEN, room=app.rooms.get(den))

    assert joiners(app, den) == [BEN.id]
    assert app.rooms.get(den).member_count == 2


def test_busy_is_said_when_the_slot_cannot_be_had_in_time() -> None:
    store = MemoryStore()
    app = memory_app(store, members=Scripted(store))
    den = open_den(app)
    app.members.script = ["taken"] * 100_000  # type: ignore[attr-defined]

    with pytest.raises(Busy):
        invite(app, den, BEN)

    assert app.members.find(den, BEN.id) is None
    assert 4.0 < app.clock.monotonic_s() <= 5.0


def test_what_is_settled_at_once_waits_for_nothing() -> None:
    app = memory_app()

    assert settle(app, lambda: "done") == "done"
    assert app.clock.monotonic_s() == 0.0


JOINERS = 16


def test_sixteen_join_one_room_in_a_storm_each_once_and_the_count_is_right(
    engine_url: str,
) -> None:
    """On the real engine; every third write meets a conflict, a throttle or a lost answer."""
    app = engine_app(clock=SystemClock())
    den = open_den(app)
    code = code_of(app, den)
    people = [user(f"joiner{n:02}-{den}") for n in range(JOINERS)]
    for person in people:
        app.accounts.create(person, None)
    injected: Counter[str] = Counter()

    def join(person: User) -> None:
        while True:
            try:
                accept_invitation(app, user_id=person.id, code=code)
                return
            except (Busy, OutcomeUnknown):  # the client says it again
                continue

    with seam(every_third(injected)), ThreadPoolExecutor(JOINERS) as pool:
        list(pool.map(join, people))

    assert sorted(joiners(app, den)) == sorted(person.id for person in people)
    assert app.rooms.get(den).member_count == JOINERS + 1
    inside = app.members.page(den, None, 100).items
    assert {m.user.id for m in inside} == {ANN.id, *(p.id for p in people)}
    assert sorted(m.decided_seq for m in inside) == list(range(1, JOINERS + 2))
    assert injected.keys() == {"conflict", "throttle", "lost_before", "lost_after"}


def every_third(injected: Counter[str]) -> Fault:
    """Make each kind of failure in turn, for every third transaction."""
    steps = itertools.cycle(
        ("", "", "conflict", "", "", "throttle", "", "", "lost_before", "", "", "lost_after")
    )
    lock = threading.Lock()

    def fault(operation: str, params: dict[str, Any], call: Call) -> dict[str, Any]:
        if operation != "TransactWriteItems":
            return call()
        with lock:
            step = next(steps)
            if step:
                injected[step] += 1
        if step == "conflict":
            raise refuse(operation, "TransactionConflictException")
        if step == "throttle":
            raise refuse(operation, "ThrottlingException")
        if step == "lost_before":
            raise lost_answer()
        answer = call()
        if step == "lost_after":
            raise lost_answer()
        return answer

    return fault
