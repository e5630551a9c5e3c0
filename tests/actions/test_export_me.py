"""Does an export have all that is mine, and nothing of others?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from teahouse.actions import export_me as exporting
from teahouse.actions.create_key import create_key
from teahouse.actions.erase_me import erase_me
from teahouse.actions.export_me import export_me
from teahouse.actions.leave_room import leave_room
from teahouse.actions.open_session import SignedIn
from teahouse.actions.register import register
from teahouse.actions.send_notification import send_notification
from teahouse.adapters.memory.store import MemoryStore
from teahouse.app import App
from teahouse.domain.errors import Busy, Invalid, NotFound
from teahouse.domain.session import Caller
from teahouse.ports import Run

from tests.actions.test_change_me import caller_of
from tests.actions.test_erase_me import texts_in
from tests.actions.test_read_history import Torn
from tests.cast import CLEO
from tests.world import memory_app, open_den, says

ANN: dict[str, Any] = {"username": "ann-oolong", "password": "correct horse"}


@pytest.fixture
def app() -> App:
    return memory_app()


@pytest.fixture
def ann(app: App) -> SignedIn:
    return register(app, **ANN)


def exported(app: App, person: SignedIn) -> list[dict[str, Any]]:
    """Follow the cursors to the end."""
    lines: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = export_me(app, caller=caller_of(person), cursor=cursor)
        lines += [json.loads(line) for line in page.splitlines()]
        last = lines.pop()
        if last["type"] == "end":
            return lines
        cursor = last["cursor"]


def test_everything_of_mine_is_there_once_and_nothing_of_others(
    app: App, ann: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = register(app, username="ben-oolong", password="correct horse")
    create_key(app, caller=caller_of(ann), name="The weather", scopes=["read"])
    dens = [open_den(app, ann.user, ben.user, owner=CLEO) for _ in range(2)]
    for den in dens:
        for number in range(5):
            says(app, den, ann.user, f"of ann {number} in {den}")
            says(app, den, ben.user, "of ben")
    whole = exported(app, ann)
    events = [line["event"] for line in whole if line["type"] == "event"]
    said = [event["text"] for event in events if event["kind"] == "messageSent"]
    assert said == [f"of ann {n} in {den}" for den in sorted(dens) for n in range(5)]
    assert [line["type"] for line in whole[:3]] == ["user", "session", "key"]
    assert {line["roomId"] for line in whole if line["type"] == "room"} == {"lobby", *dens}
    assert ann.credential.rpartition(".")[2] not in json.dumps(whole)
    assert "of ben" not in json.dumps(whole)

    for limit, value in (("MAX_BYTES", 300), ("RUNS", 1)):
        with monkeypatch.context() as smaller:
            smaller.setattr(exporting, limit, value)
            smaller.setattr(exporting, "RUN_ENTRIES", 2)
            assert exported(app, ann) == whole, limit


def test_what_one_said_in_a_room_that_one_has_left_is_mine_and_the_room_is_not(
    app: App, ann: SignedIn
) -> None:
    den = open_den(app, ann.user, owner=CLEO)
    says(app, den, ann.user, "of ann")
    says(app, den, CLEO, "of cleo")
    leave_room(app, user_id=ann.user.id, room_id=den)

    lines = [line for line in exported(app, ann) if line.get("roomId") == den]

    assert lines[0] == {"type": "roomLeft", "roomId": den}
    kinds = [line["event"]["kind"] for line in lines[1:]]
    assert kinds == ["messageSent", "memberLeft"]


def test_what_one_was_told_is_there_and_what_others_were_is_not(app: App, ann: SignedIn) -> None:
    ben = register(app, username="ben-oolong", password="correct horse")
    open_den(app, ann.user, ben.user, owner=CLEO)
    for one, other in ((ann, ben), (ben, ann)):
        by = Caller(user_id=one.user.id, session_id="session")
        title = f"for {other.user.username}"
        send_notification(app, caller=by, user_id=other.user.id, kind="note", title=title)

    for one in (ann, ben):
        told = [x["notification"] for x in exported(app, one) if x["type"] == "notification"]
        assert [x["title"] for x in told] == [f"for {one.user.username}"]


def test_a_torn_read_ends_neither_an_export_nor_an_erasure() -> None:
    """Each read of several slots lacks the last: what is behind is mine as well."""
    store = MemoryStore()
    log = Torn(store)
    app = memory_app(store, log=log)
    ann = register(app, **ANN)
    den = open_den(app, ann.user, owner=CLEO)
    for number in range(6):
        says(app, den, ann.user, f"text {number}")
    whole = exported(app, ann)

    log.times = 1_000
    assert exported(app, ann) == whole
    erase_me(app, caller=caller_of(ann))

    log.times = 0
    assert set(texts_in(app, den)) == {""}


def test_a_slot_that_is_not_to_be_seen_makes_one_wait_and_passes_over_nothing(
    app: App, ann: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_den(app, owner=ann.user)
    monkeypatch.setattr(type(app.log), "read_run", lambda *place, **limits: Run(()))

    with pytest.raises(Busy):
        export_me(app, caller=caller_of(ann), cursor=None)
    with pytest.raises(Busy):
        erase_me(app, caller=caller_of(ann))
    assert not app.accounts.get(ann.user.id).is_deleted


def test_a_cursor_that_is_none_is_refused(app: App, ann: SignedIn) -> None:
    for cursor in ("", "junk", "a" * 300, "%00"):
        with pytest.raises(Invalid):
            export_me(app, caller=caller_of(ann), cursor=cursor)


def test_who_is_erased_has_nothing_to_export_or_erase(app: App, ann: SignedIn) -> None:
    erase_me(app, caller=caller_of(ann))
    with pytest.raises(NotFound):
        app.accounts.get("nobody")

    assert [line["type"] for line in exported(app, ann)] == ["user"]
