"""Whatever somebody does while being removed, banned, muted or shut out: nothing of it leaks.

Random pairs of actions, the second between two random steps of the first, in which the store fails
at random too. `INTERLEAVINGS=10000` makes as many; each names its seed.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from teahouse.actions.ban_member import ban_member
from teahouse.actions.become_member import become_member
from teahouse.actions.close_room import close_room
from teahouse.actions.edit_message import edit_message
from teahouse.actions.join_room import join_room
from teahouse.actions.mute_member import mute_member
from teahouse.actions.react import react
from teahouse.actions.remove_member import remove_member
from teahouse.actions.send_message import send_without_position
from teahouse.app import App
from teahouse.domain.entry import Entry, MemberFact, MemberJoined
from teahouse.domain.errors import ChatError
from teahouse.ports import OutcomeUnknown

from tests.cast import ANN, BEN, NOON_MS
from tests.interloper import Died, Interloper
from tests.world import RecordingBroadcaster, head_of, listens, memory_app, open_den, says

INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS") or 10_000)
DOES = ("send", "send by REST", "edit", "react", "hear", "enter")
BEFALLS = ("remove", "ban", "mute", "close", "remove and admit")
MOST_STEPS = 14


@dataclass
class Den:
    """Ann's den with ben in it, who has said something, and a line on which he may hear."""

    app: App
    id: str
    line: str
    said: int


def den_of(app: App) -> Den:
    den = open_den(app, BEN)
    den = Den(app, den, listens(app, "elsewhere", BEN), 0)
    den.said = says(app, den.id, BEN, "first")
    return den


def does(kind: str, den: Den, app: App) -> None:
    """Let ben do something, through an App that may be disturbed."""
    at: dict[str, Any] = {"room_id": den.id, "seq": den.said}
    if kind == "send":
        says(app, den.id, BEN, "late")
    elif kind == "send by REST":
        send_without_position(
            app, sender_id=BEN.id, room_id=den.id, operation_id="by-rest-00000000000000", text="Hm"
        )
    elif kind == "edit":
        edit_message(app, editor_id=BEN.id, version=1, text="late", **at)
    elif kind == "react":
        react(app, member_id=BEN.id, emoji="🍵", is_on=True, **at)
    elif kind == "hear":
        join_room(
            app,
            user_id=BEN.id,
            room_id=den.id,
            connection_id=den.line,
            connected_at=NOON_MS,
            position=None,
        )
    else:
        become_member(app, user=BEN, room=app.rooms.get(den.id))


def befalls(kind: str, den: Den) -> None:
    """Let ann decide something of ben, or of the room; she is not disturbed."""
    whom = {"by_id": ANN.id, "room_id": den.id, "user_id": BEN.id}
    if kind == "mute":
        mute_member(den.app, until=NOON_MS * 2, **whom)
    elif kind == "close":
        close_room(den.app, by_id=ANN.id, room_id=den.id)
    elif kind == "ban":
        ban_member(den.app, **whom)
    else:
        remove_member(den.app, **whom)
        if kind == "remove and admit":
            become_member(den.app, user=BEN, room=den.app.rooms.get(den.id))


class Failing(Interloper):
    """Comes once, and lets some other calls fail, or the handler die."""

    def __init__(self, step: int, comes: Callable[[], object], draw: random.Random) -> None:
        super().__init__(step, comes)
        self._draw = draw

    def before_call(self) -> None:
        super().before_call()
        chance = self._draw.random()
        if chance < 0.02:
            raise Died
        if chance < 0.06:
            raise OutcomeUnknown


def one(seed: int) -> tuple[str, str, bool]:
    """Try one interleaving; gives what it was, and whether ben did what he wanted."""
    draw = random.Random(seed)
    doing, befalling = draw.choice(DOES), draw.choice(BEFALLS)
    den = den_of(memory_app())
    if doing == "enter":  # whoever enters is not in the room yet
        remove_member(den.app, by_id=ANN.id, room_id=den.id, user_id=BEN.id)
    disturbed = Failing(draw.randint(1, MOST_STEPS), lambda: _quietly(befalling, den), draw)
    is_done = False
    with suppress(ChatError, OutcomeUnknown, Died):
        does(doing, den, disturbed.beside(den.app))
        is_done = True
    if not disturbed.came:
        _quietly(befalling, den)
    _nothing_leaks(den, seed)
    return doing, befalling, is_done


def _quietly(kind: str, den: Den) -> None:
    with suppress(ChatError):
        befalls(kind, den)


def _nothing_leaks(den: Den, seed: int) -> None:
    log = den.app.log.read_run(den.id, 1, max_entries=100).entries
    _who_is_gone_or_mute_wrote_nothing(log, seed)
    row = den.app.members.find(den.id, BEN.id)
    is_closed = log[-1].kind == "roomClosed"
    assert "roomClosed" not in [entry.kind for entry in log[:-1]], seed
    if row is None and not is_closed:
        broadcaster = den.app.broadcaster
        assert isinstance(broadcaster, RecordingBroadcaster)
        broadcaster.posts.clear()
        says(den.app, den.id, ANN, "among ourselves")
        assert broadcaster.to(den.line) == [], seed
    assert (den.app.moderation.find_ban(den.id, BEN.id) is None) or row is None, seed
    assert den.app.rooms.get(den.id).member_count == (1 if row is None else 2), seed
    assert head_of(den.app, den.id).seq >= den.said


def _who_is_gone_or_mute_wrote_nothing(log: tuple[Entry, ...], seed: int) -> None:
    may_write = True  # ben is in the room from slot 1 on
    for entry in log:
        if isinstance(entry.fact, MemberFact) and entry.fact.user_id == BEN.id:
            may_write = isinstance(entry.fact, MemberJoined)
        elif entry.by == BEN.id:
            assert may_write, f"seed {seed}: {entry.kind} in slot {entry.seq}"


@pytest.mark.timeout(600)
def test_nothing_leaks_however_a_decision_and_a_deed_interleave() -> None:
    seen: Counter[tuple[str, str, bool]] = Counter(one(seed) for seed in range(INTERLEAVINGS))

    for doing in DOES:  # the control: each was done, and each was prevented
        for was_done in (True, False):
            assert sum(n for (d, _, x), n in seen.items() if (d, x) == (doing, was_done)) > 0


def test_the_check_sees_a_word_behind_a_removal() -> None:
    """The control: what must not be is found."""
    den = den_of(memory_app())
    befalls("remove", den)
    log = den.app.log.read_run(den.id, 1, max_entries=100).entries
    behind = (*log, log[1])

    with pytest.raises(AssertionError):
        _who_is_gone_or_mute_wrote_nothing(behind, 0)
