"""Does the soak's own client keep the contract? What it writes must be worth judging."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.checker.history import read_history
from tests.checker.report import judge
from tests.soak.goals import exit_status
from tests.soak.outbox import Outbox
from tests.soak.plan import CI, FAULTS, FULL
from tests.soak.recorder import Event, Recorder, face_of, what_of
from tests.soak.rest import Answer, Json
from tests.soak.room_view import RoomView


def said(seq: int, id_: str = "", by: str = "ann") -> Event:
    id_ = id_ or f"id-{seq}"
    return {"seq": seq, "kind": "messageSent", "by": by, "clientMessageId": id_, "text": "tea"}


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    with Recorder(tmp_path / "history") as recorder:
        yield recorder


@pytest.fixture
def view(recorder: Recorder) -> RoomView:
    view = RoomView(recorder, "ann-1", "ann", "den", lambda epoch, events: None)
    view.start("k.1", 0)
    return view


def test_entries_are_shown_once_and_in_order_however_they_come(
    view: RoomView, recorder: Recorder, tmp_path: Path
) -> None:
    events = [said(seq) for seq in range(1, 30)] * 2
    random.Random(5).shuffle(events)

    for event in events:
        view.take("k.1", [event])

    recorder.__exit__(None, None, None)
    lines = [json.loads(line) for line in (tmp_path / "history").read_text().splitlines()]
    assert [line["seq"] for line in lines if line["kind"] == "deliver"] == list(range(1, 30))
    assert not view.has_hole


def test_an_entry_of_another_epoch_is_not_shown(view: RoomView) -> None:
    assert view.take("k.1", [said(1)])

    assert not view.take("k.2", [said(2)])
    assert view.applied == 1


class Server:
    """Answers an outbox by a script; keeps what it was asked."""

    def __init__(self, *script: Json | None, pages: list[Json] | None = None) -> None:
        self.script = list(script)
        self.pages = pages or []
        self.asked: list[Json] = []

    async def ask(self, frame: Json) -> Json | None:
        self.asked.append(frame)
        answer = self.script.pop(0)
        if answer is None or answer["type"] != "sent":
            return answer
        event = said(answer["seq"], frame["clientMessageId"])
        return {"epoch": "k.1", "event": event, **answer}

    async def fetch(self, room: str, query: str) -> Answer:
        return Answer(200, self.pages.pop(0))


def refused(code: str, *, retryable: bool) -> Json:
    return {"type": "refused", "code": code, "retryable": retryable}


def outbox(recorder: Recorder, view: RoomView, server: Server) -> Outbox:
    view.take("k.1", [said(1, by="ben")])
    draw = random.Random(1)
    return Outbox(recorder, "ann-1", "ann", view, ask=server.ask, fetch=server.fetch, draw=draw)


async def test_the_same_id_and_position_are_said_again_until_acknowledged(
    recorder: Recorder, view: RoomView
) -> None:
    server = Server(None, refused("busy", retryable=True), {"type": "sent", "seq": 2})

    outcome = await outbox(recorder, view, server).say("tea?")

    assert outcome == "ok"
    assert len({(f["clientMessageId"], json.dumps(f["position"])) for f in server.asked}) == 1
    assert server.asked[0]["position"] == {"epoch": "k.1", "seq": 1}
    assert view.applied == 2


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ([refused("not_a_member", retryable=False)], "fail"),
        ([None, refused("not_a_member", retryable=False)], "unknown"),
    ],
)
async def test_a_refusal_is_final_only_if_nothing_was_left_open(
    recorder: Recorder, view: RoomView, script: list[Any], outcome: str
) -> None:
    assert await outbox(recorder, view, Server(*script)).say("tea?") == outcome


async def test_a_stale_position_moves_only_over_what_was_compared(
    recorder: Recorder, view: RoomView
) -> None:
    page = {"epoch": "k.1", "firstSeq": 1, "head": 3, "events": [said(2, by="ben"), said(3)]}
    server = Server(
        None,
        refused("stale_position", retryable=True),
        {"type": "sent", "seq": 4},
        pages=[page],
    )

    await outbox(recorder, view, server).say("tea?")

    assert [frame["position"]["seq"] for frame in server.asked] == [1, 1, 3]


async def test_after_a_restore_nobody_can_tell_what_became_of_an_attempt(
    recorder: Recorder, view: RoomView
) -> None:
    page = {"epoch": "k.2", "firstSeq": 1, "head": 1, "events": []}
    stale = refused("stale_position", retryable=True)

    outcome = await outbox(recorder, view, Server(None, stale, pages=[page])).say("tea?")

    assert outcome == "unknown"


def test_the_sizes_are_those_that_were_promised() -> None:
    assert (CI.clients, CI.rooms, CI.acknowledged) == (60, 6, 10_000)
    assert (FULL.clients, FULL.rooms, FULL.acknowledged) == (300, 20, 150_000)
    assert CI.kills + CI.restores >= 3
    assert FULL.kills + FULL.restores >= 12
    assert set(FAULTS) == {f"F{number}" for number in range(1, 13)}


class Unheard(Server):
    """Takes a message, which is shown, and whose answer never comes."""

    box: Outbox

    async def ask(self, frame: Json) -> Json | None:
        self.box.compare("k.1", [said(2, frame["clientMessageId"])])
        return await asyncio.Future[Json]()


async def test_an_answer_that_was_lost_is_not_waited_for_once_the_message_is_seen(
    recorder: Recorder, view: RoomView
) -> None:
    server = Unheard()
    server.box = outbox(recorder, view, server)

    async with asyncio.timeout(5):
        assert await server.box.say("tea?") == "ok"


def change(seq: int, kind: str, by: str = "ann", target: int = 1, **more: Any) -> Event:
    return {"seq": seq, "kind": kind, "by": by, "at": 0, "target": target, **more}


def page(changed_seq: int, **more: Any) -> Event:
    """A page's message 1, which holds all entries up to `changed_seq`."""
    message = {**said(1), "text": "tea!", "changedSeq": changed_seq, "version": 2, "reactions": []}
    return {**message, **more}


def test_a_screen_that_began_with_a_page_looks_like_one_that_saw_every_entry(
    recorder: Recorder,
) -> None:
    """What the page holds already is not applied again; the control is a reaction after it."""
    edited = change(2, "messageEdited", text="tea!", version=2)
    liked = change(3, "reactionAdded", emoji="🍵")
    liked_too = change(4, "reactionAdded", "ben", emoji="🍵")
    early, late = (
        RoomView(recorder, name, name, "den", lambda epoch, events: None) for name in ("ann", "ben")
    )
    early.start("k.1", 0)
    early.take("k.1", [said(1), edited, liked, liked_too])

    late.start("k.1", 2, [page(3, reactions=[{"emoji": "🍵", "count": 1, "mine": False}])])
    late.take("k.1", [liked])

    assert late.looks.digest() != early.looks.digest()
    late.take("k.1", [liked_too])
    assert late.looks.digest() == early.looks.digest()
    assert late.looks.version(1) == 2


def test_a_screen_that_began_with_a_later_message_passes_over_what_becomes_of_earlier_ones(
    view: RoomView,
) -> None:
    """Nobody has scrolled back to message 1; the control is the one that is shown."""
    nothing = view.looks.digest()
    view.start("k.1", 3, [page(3, seq=3, version=1)], first=3)

    assert view.take("k.1", [change(4, "reactionAdded", emoji="🍵")])
    assert (view.applied, view.looks.digest()) == (4, nothing)

    assert view.take("k.1", [{**change(5, "reactionAdded", emoji="🍵"), "target": 3}])
    assert view.looks.digest() != nothing


def test_the_log_and_the_wire_tell_an_entry_in_the_same_words() -> None:
    wire = {"seq": 7, "kind": "memberRemoved", "by": "ann", "at": 5, "userId": "ben"}

    assert face_of(wire) == ("", what_of("memberRemoved", "ann", {"user_id": "ben"}), "")


async def test_a_change_is_asked_for_with_one_id_until_it_is_made(
    recorder: Recorder, view: RoomView, tmp_path: Path
) -> None:
    liked = change(2, "reactionAdded", emoji="🍵")
    done = {"type": "done", "roomId": "den", "epoch": "k.1", "seq": 2, "event": liked}
    server = Server(None, done)
    box = outbox(recorder, view, server)
    frame = {"action": "react", "seq": 1, "emoji": "🍵", "on": True}

    assert await box.change(frame, what_of("reactionAdded", "ann", {"target": 1})) == "ok"
    assert len({frame["operationId"] for frame in server.asked}) == 1
    assert len(server.asked) == 2
    assert view.applied == 2


def test_a_broken_promise_and_a_run_that_was_too_small_end_differently(tmp_path: Path) -> None:
    slot = {"room": "den", "epoch": "k.1", "seq": 1, "event": "roomOpened", "by": "ann", "id": ""}
    slot |= {"what": "", "text": "", "subject": "ann", "number": 0, "target": 0, "detail": ""}
    (tmp_path / "1.dump.jsonl").write_text(json.dumps(slot))
    told: list[dict[str, Any]] = []

    def ended(short: list[str], *, fell: bool = False) -> int:
        (tmp_path / "history").write_text("\n".join(map(json.dumps, told)))
        report = judge(read_history([tmp_path / "history"], [tmp_path / "1.dump.jsonl"]))
        return exit_status(report, short, fell=fell)

    assert ended([]) == 0
    assert ended(["acknowledged: 1 of 2"]) == 2
    assert ended(["ended early: OSError()"], fell=True) == 3

    told.append({"kind": "ok", "at": 1, "room": "den", "epoch": "k.1", "seq": 2, "id": "ann/1"})

    assert ended([]) == 1
    assert ended(["acknowledged: 1 of 2"]) == 1
