"""Who is blocked reaches nobody who blocked them; what is reported reaches who keeps order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from teahouse.actions.block_person import block_person, unblock_person
from teahouse.actions.delete_message import delete_message
from teahouse.actions.list_blocks import list_blocks
from teahouse.actions.list_notifications import list_notifications
from teahouse.actions.list_reports import list_reports
from teahouse.actions.open_direct_room import open_direct_room
from teahouse.actions.report_message import report_message
from teahouse.actions.send_notification import send_notification
from teahouse.app import App
from teahouse.domain.errors import Forbidden, Invalid, NotAMember, NotFound
from teahouse.domain.session import Caller

from tests.cast import ANN, BEN, CLEO, member
from tests.store_seam import seam
from tests.world import app_on, listens, memory_app, open_den, says


def told(app: App, user_id: str) -> list[str]:
    return [one.kind for one in list_notifications(app, user_id).notifications]


def test_who_is_blocked_opens_no_room_with_one_and_cannot_tell_why() -> None:
    app = memory_app()
    open_den(app, BEN)
    room, _ = open_direct_room(app, by_id=BEN.id, user_id=ANN.id)  # the control
    line = listens(app, room.id, ANN)

    block_person(app, by_id=ANN.id, user_id=BEN.id)

    assert app.members.find(room.id, ANN.id) is None
    assert app.broadcaster.to(line, "roomRemoved")  # type: ignore[attr-defined]
    with pytest.raises(NotFound) as blocked:
        open_direct_room(app, by_id=BEN.id, user_id=ANN.id)
    with pytest.raises(NotFound) as nobody:
        open_direct_room(app, by_id=BEN.id, user_id="nobody")
    assert str(blocked.value) == str(nobody.value)
    with pytest.raises(Forbidden):
        open_direct_room(app, by_id=ANN.id, user_id=BEN.id)
    unblock_person(app, by_id=ANN.id, user_id=BEN.id)
    assert open_direct_room(app, by_id=BEN.id, user_id=ANN.id)[0].id == room.id


def test_who_is_blocked_notifies_one_of_nothing() -> None:
    app = memory_app()
    for person in (ANN, BEN):
        assert app.accounts.create(person, "a hash")
    den = open_den(app, BEN)
    mention = f"@{ANN.username}, tea?"
    caller = Caller(user_id=BEN.id, session_id="session", scopes=None)
    says(app, den, BEN, mention)
    assert told(app, ANN.id) == ["mention"]  # the control

    block_person(app, by_id=ANN.id, user_id=BEN.id)
    says(app, den, BEN, mention)
    with pytest.raises(NotFound):
        send_notification(app, caller=caller, user_id=ANN.id, kind="like", title="Tea")

    assert told(app, ANN.id) == ["mention"]
    says(app, den, ANN, f"@{BEN.username}, no.")
    assert told(app, BEN.id) == ["mention"]  # one way only


def test_nobody_blocks_themselves_or_nobody() -> None:
    app = memory_app()
    open_den(app, BEN)

    with pytest.raises(Invalid):
        block_person(app, by_id=ANN.id, user_id=ANN.id)
    with pytest.raises(NotFound):
        block_person(app, by_id=ANN.id, user_id="nobody")
    assert list_blocks(app, user_id=ANN.id).items == ()
    block_person(app, by_id=ANN.id, user_id=BEN.id)
    assert [user.id for user in list_blocks(app, user_id=ANN.id).items] == [BEN.id]


def test_a_report_tells_who_keeps_order_once_and_not_the_author() -> None:
    app = memory_app()
    den = open_den(app, BEN, CLEO)
    dora = replace(BEN, id="dora", username="dora-name")
    app.accounts.create(dora, None)
    app.members.admit(member(den, dora, role="moderator"), None, read=(1, 0))
    seq = says(app, den, BEN, "buy tea")

    first = report_message(app, by_id=CLEO.id, room_id=den, seq=seq, reason=" an advertisement ")
    again = report_message(app, by_id=CLEO.id, room_id=den, seq=seq)

    assert first == again
    for keeper in (ANN.id, dora.id):
        [one] = list_notifications(app, keeper).notifications
        assert (one.kind, one.body, one.link) == (
            "report",
            "an advertisement",
            f"/rooms/{den}/{seq}",
        )
    assert told(app, BEN.id) == told(app, CLEO.id) == []


def test_only_members_report_and_only_what_others_said_and_still_stands() -> None:
    app = memory_app()
    den = open_den(app, BEN, CLEO)
    seq = says(app, den, BEN, "buy tea")

    with pytest.raises(NotAMember):
        report_message(app, by_id="eve", room_id=den, seq=seq)
    with pytest.raises(Invalid):
        report_message(app, by_id=BEN.id, room_id=den, seq=seq)
    for nothing in (1, seq + 1):
        with pytest.raises(NotFound):
            report_message(app, by_id=CLEO.id, room_id=den, seq=nothing)
    with pytest.raises(Invalid):
        report_message(app, by_id=CLEO.id, room_id=den, seq=seq, reason="x" * 501)
    assert report_message(app, by_id=CLEO.id, room_id=den, seq=seq)
    delete_message(app, deleter_id=BEN.id, room_id=den, seq=seq)
    with pytest.raises(NotFound):
        report_message(app, by_id=ANN.id, room_id=den, seq=seq)


def test_administrators_read_reports_with_the_messages_as_they_stand() -> None:
    app = memory_app()
    den = open_den(app, BEN, CLEO)
    head = replace(CLEO, id="head", username="head-name", is_administrator=True)
    assert app.proofs.create_first(head, "hash")
    seq, gone = says(app, den, BEN, "buy tea"), says(app, den, BEN, "buy more")
    for one in (seq, gone):
        report_message(app, by_id=CLEO.id, room_id=den, seq=one)
        app.clock.sleep(1)
    delete_message(app, deleter_id=BEN.id, room_id=den, seq=gone)

    page = list_reports(app, user_id=head.id)

    shown = [(report.seq, getattr(report, "text", None)) for report in page.reports]
    assert shown[1] == (seq, "buy tea")
    assert shown[0][0] == gone
    assert not isinstance(shown[0][1], str)
    assert set(page.users) == {BEN.id, CLEO.id}
    assert told(app, head.id) == ["report", "report"]
    with pytest.raises(Forbidden):
        list_reports(app, user_id=ANN.id)


def test_what_blocking_and_reporting_cost(request: pytest.FixtureRequest) -> None:
    app = app_on("dynamodb", request)
    den = open_den(app, BEN)
    seq = says(app, den, BEN, "buy tea")

    with seam() as blocking:
        block_person(app, by_id=ANN.id, user_id=BEN.id)
    with seam() as reporting:
        report_message(app, by_id=ANN.id, room_id=den, seq=seq)

    assert (blocking.write_units, blocking.read_units <= 2) == (1, True)
    assert (reporting.write_units, reporting.read_units <= 6) == (4, True)
