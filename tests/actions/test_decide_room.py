"""Who may name, open, shut and close a room, and what is left of it then?"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from teahouse.actions.accept_invitation import accept_invitation
from teahouse.actions.ban_member import ban_member
from teahouse.actions.become_member import become_member
from teahouse.actions.change_role import change_role
from teahouse.actions.change_room import change_room
from teahouse.actions.close_room import close_room
from teahouse.actions.delete_message import delete_message
from teahouse.actions.edit_message import edit_message
from teahouse.actions.enter_lobby import enter_lobby
from teahouse.actions.leave_room import leave_room
from teahouse.actions.mute_member import mute_member
from teahouse.actions.react import react
from teahouse.actions.read_messages import read_messages
from teahouse.actions.remove_member import remove_member
from teahouse.actions.renew_code import renew_code
from teahouse.actions.send_message import send_without_position
from teahouse.actions.show_room import show_room
from teahouse.adapters.memory.moderation import MemoryModeration
from teahouse.adapters.memory.store import MemoryStore
from teahouse.app import App
from teahouse.domain.entry import Role
from teahouse.domain.errors import Forbidden, Invalid, NotFound, RoomClosed
from teahouse.domain.room import LOBBY_ID
from teahouse.ports import OutcomeUnknown, SlotTaken

from tests.cast import ANN, BEN, CLEO, member, user
from tests.interloper import Interloper
from tests.store_seam import seam
from tests.world import (
    RecordingBroadcaster,
    app_on,
    kinds,
    listens,
    memory_app,
    open_den,
    says,
    start_of,
)

ROLES: tuple[Role, ...] = ("owner", "moderator", "member")
OPERATION = "the-same-operation-00000"


@pytest.fixture(params=["memory", "dynamodb"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def den_of(app: App, ben: Role = "member") -> str:
    den = open_den(app)
    for person in (BEN, CLEO):
        app.accounts.create(person, None)
    app.members.admit(member(den, BEN, role=ben), None, read=(1, 0))
    return den


@pytest.mark.parametrize("role", ROLES)
def test_who_may_name_open_and_close(role: Role) -> None:
    app = memory_app()
    den = den_of(app, role)
    may = {
        "name": role != "member",
        "kind": role == "owner",
        "close": role == "owner",
    }
    acts: dict[str, Callable[[], object]] = {
        "name": lambda: change_room(app, by_id=BEN.id, room_id=den, name="Tea room"),
        "kind": lambda: change_room(app, by_id=BEN.id, room_id=den, kind="public"),
        "close": lambda: close_room(app, by_id=BEN.id, room_id=den),
    }

    for name, act in acts.items():
        before = kinds(app, den)
        if may[name]:
            act()
            assert len(kinds(app, den)) == len(before) + 1
        else:
            with pytest.raises(Forbidden):
                act()
            assert kinds(app, den) == before


def test_the_room_hears_what_changed_and_nothing_else(app: App) -> None:
    den = den_of(app)
    ben = listens(app, den, BEN)

    shown = change_room(app, by_id=ANN.id, room_id=den, name=" 茶室 ", description="")
    change_room(app, by_id=ANN.id, room_id=den, name="茶室")
    change_room(app, by_id=ANN.id, room_id=den)
    opened = change_room(app, by_id=ANN.id, room_id=den, kind="public")
    shut = change_room(app, by_id=ANN.id, room_id=den, kind="private")

    assert isinstance(app.broadcaster, RecordingBroadcaster)
    events = [e for f in app.broadcaster.to(ben, "events") for e in f["events"]]
    assert [(e["seq"], e["kind"]) for e in events] == [(n, "roomChanged") for n in (2, 3, 4)]
    assert [e.get("name") for e in events] == ["茶室", None, None]
    assert [e.get("roomKind") for e in events] == [None, "public", "private"]
    assert (shown.name, opened.kind, shut.kind) == ("茶室", "public", "private")
    assert not opened.code
    assert shut.code
    assert shut.code != shown.code


@pytest.mark.parametrize("what", [{"name": " "}, {"name": "x" * 65}, {"description": "x" * 501}])
def test_what_no_room_can_be_called_is_refused(app: App, what: dict[str, str]) -> None:
    den = den_of(app)

    with pytest.raises(Invalid):
        change_room(app, by_id=ANN.id, room_id=den, **what)  # type: ignore[arg-type]

    assert kinds(app, den) == ["roomOpened"]


def test_behind_its_end_nobody_writes_and_everybody_reads(app: App) -> None:
    den = den_of(app)
    seq = says(app, den, BEN, client_message_id=OPERATION)
    code = str(app.rooms.get(den).code)
    close_room(app, by_id=ANN.id, room_id=den)
    close_room(app, by_id=ANN.id, room_id=den)
    position = start_of(app, den)
    whom = {"by_id": ANN.id, "room_id": den, "user_id": BEN.id}
    at = {"room_id": den, "seq": seq}
    writes: list[Callable[[], Any]] = [
        lambda: says(app, den, BEN, "Still there?"),
        lambda: send_without_position(
            app, sender_id=BEN.id, room_id=den, operation_id="by-rest-0000000000000000", text="Hm"
        ),
        lambda: edit_message(app, editor_id=BEN.id, version=1, text="Coffee?", **at),
        lambda: delete_message(app, deleter_id=BEN.id, position=position, **at),
        lambda: react(app, member_id=ANN.id, emoji="🍵", is_on=True, **at),
        lambda: change_role(app, role="moderator", **whom),
        lambda: mute_member(app, until=app.clock.now_ms() + 9_999, **whom),
        lambda: remove_member(app, **whom),
        lambda: ban_member(app, **whom),
        lambda: change_room(app, by_id=ANN.id, room_id=den, name="Open again"),
        lambda: renew_code(app, user_id=ANN.id, room_id=den),
        lambda: become_member(app, user=CLEO, room=app.rooms.get(den)),
    ]

    for write in writes:
        with pytest.raises(RoomClosed):
            write()
    with pytest.raises(NotFound):
        accept_invitation(app, user_id=CLEO.id, code=code)

    assert kinds(app, den) == ["roomOpened", "messageSent", "roomClosed"]
    # What was said before is answered again.
    assert says(app, den, BEN, client_message_id=OPERATION) == seq
    assert [m.text for m in read_messages(app, user_id=BEN.id, room_id=den).messages] == ["Tea?"]
    assert show_room(app, user_id=BEN.id, room_id=den).closed_at == app.clock.now_ms()


def test_a_closed_room_can_be_left_by_anybody_and_takes_no_slot_for_it(app: App) -> None:
    den = den_of(app)
    close_room(app, by_id=ANN.id, room_id=den)

    leave_room(app, user_id=ANN.id, room_id=den)
    leave_room(app, user_id=BEN.id, room_id=den)

    assert kinds(app, den) == ["roomOpened", "roomClosed"]
    assert app.rooms.get(den).member_count == 0


def test_the_only_one_in_a_room_closes_it_by_leaving(app: App) -> None:
    den = den_of(app)
    with pytest.raises(Forbidden):
        leave_room(app, user_id=ANN.id, room_id=den)
    leave_room(app, user_id=BEN.id, room_id=den)

    leave_room(app, user_id=ANN.id, room_id=den)

    assert kinds(app, den) == ["roomOpened", "memberLeft", "roomClosed"]
    assert app.members.find(den, ANN.id) is None


def test_who_enters_while_the_last_one_leaves_has_an_owner_or_no_room() -> None:
    ways = set()
    for step in range(1, 60):
        app = memory_app()
        den = open_den(app)
        app.accounts.create(BEN, None)

        def enters(app: App = app, den: str = den) -> None:
            try:
                become_member(app, user=BEN, room=app.rooms.get(den))
            except RoomClosed:
                return

        interloper = Interloper(step, enters)
        try:
            leave_room(interloper.beside(app), user_id=ANN.id, room_id=den)
        except Forbidden:
            assert app.members.find(den, ANN.id) is not None

        room = app.rooms.get(den)
        is_in = app.members.find(den, BEN.id) is not None
        ways.add((is_in, room.closed_at is not None))
        assert room.closed_at is not None or room.owners == 1
        if not interloper.came:
            break
    assert ways == {(True, False), (False, True)}


def test_what_is_said_while_a_room_closes_is_before_its_end_or_refused() -> None:
    said = 0
    for step in range(1, 40):
        app = memory_app()
        den = den_of(app)
        interloper = Interloper(
            step,
            lambda app=app, den=den: close_room(app, by_id=ANN.id, room_id=den),  # type: ignore[misc]
        )
        try:
            says(interloper.beside(app), den, BEN)
            said += 1
        except RoomClosed:
            assert "messageSent" not in kinds(app, den)
        if not interloper.came:
            break
        assert kinds(app, den)[-1] == "roomClosed"
    assert 1 < said < step


def test_the_lobby_belongs_to_administrators_and_is_never_closed() -> None:
    app = memory_app()
    first, admin = user("first"), user("admin", is_administrator=True)
    for person in (first, admin, BEN):
        app.accounts.create(person, None)
    enter_lobby(app, first)
    assert app.rooms.get(LOBBY_ID).owners == 0

    enter_lobby(app, admin)
    enter_lobby(app, BEN)

    assert app.rooms.get(LOBBY_ID).owners == 1
    ban_member(app, by_id=admin.id, room_id=LOBBY_ID, user_id=BEN.id)
    for act in (
        lambda: close_room(app, by_id=admin.id, room_id=LOBBY_ID),
        lambda: change_room(app, by_id=admin.id, room_id=LOBBY_ID, kind="private"),
        lambda: ban_member(app, by_id=first.id, room_id=LOBBY_ID, user_id=admin.id),
    ):
        with pytest.raises(Forbidden):
            act()


class Scripted(MemoryModeration):
    """Fails as told: before the write, after it, or with the slot taken by somebody else."""

    def __init__(self, store: MemoryStore, *script: str) -> None:
        super().__init__(store)
        self.script = list(script)

    def _fails(self, does: Callable[[], bool]) -> bool:
        step = self.script.pop(0) if self.script else "done"
        if step == "before":
            raise OutcomeUnknown
        if step == "taken":
            raise SlotTaken
        is_done = does()
        if step == "after":
            raise OutcomeUnknown
        return is_done

    def change_room(self, *rows: Any, **more: Any) -> bool:
        return self._fails(lambda: super(Scripted, self).change_room(*rows, **more))

    def ban(self, *rows: Any, **more: Any) -> bool:
        return self._fails(lambda: super(Scripted, self).ban(*rows, **more))


@pytest.mark.parametrize("script", [["before"], ["after"], ["taken"], ["taken", "before", "after"]])
@pytest.mark.parametrize("act", ["name", "close", "ban"])
def test_what_was_decided_and_not_answered_is_decided_once_and_told(
    script: list[str], act: str
) -> None:
    store = MemoryStore()
    app = memory_app(store, moderation=Scripted(store, *script))
    den = den_of(app)
    ann = listens(app, den, ANN)

    if act == "name":
        change_room(app, by_id=ANN.id, room_id=den, name="Tea room")
    elif act == "close":
        close_room(app, by_id=ANN.id, room_id=den)
    else:
        ban_member(app, by_id=ANN.id, room_id=den, user_id=BEN.id)

    assert len(kinds(app, den)) == 2
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    assert len(app.broadcaster.to(ann, "events")) == 1


def test_what_deciding_costs(engine_url: str, request: pytest.FixtureRequest) -> None:
    app = app_on("dynamodb", request)
    den = den_of(app)
    dora = user(f"dora-{secrets.token_hex(4)}")  # the engine outlives a test: nobody else's lines
    app.accounts.create(dora, None)
    app.members.admit(member(den, dora), None, read=(1, 0))
    acts: dict[str, Callable[[], object]] = {
        "name": lambda: change_room(app, by_id=ANN.id, room_id=den, name="Tea room"),
        "ban": lambda: ban_member(app, by_id=ANN.id, room_id=den, user_id=dora.id),
        "close": lambda: close_room(app, by_id=ANN.id, room_id=den),
    }

    units = {}
    for name, act in acts.items():
        with seam() as seen:
            act()
        units[name] = seen.write_units

    assert units == {"name": 6, "ban": 16, "close": 8}
