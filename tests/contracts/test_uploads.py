"""What must every store of uploads keep to?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from teahouse.app import App
from teahouse.domain.entry import Attachment, AttachmentSettled, Entry, MessageSent
from teahouse.domain.message import changed, message_of, standing_of
from teahouse.domain.upload import Upload
from teahouse.ports import SlotTaken

from tests.cast import ANN, BEN, NOON_MS, said
from tests.world import app_on, open_den


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def upload(app: App, **changes: Any) -> Upload:
    """Let ann announce a picture."""
    announced = Upload(
        id=app.ids.new_code(),
        owner_id=ANN.id,
        purpose="attachment",
        content_type="image/png",
        size_bytes=1_000,
        created_at=NOON_MS,
    )
    announced = replace(announced, **changes)
    app.uploads.create(announced)
    return announced


def carrying(seq: int, *uploads: Upload) -> Entry:
    entry = said(seq, by=ANN)
    assert isinstance(entry.fact, MessageSent)
    attachments = tuple(one.attachment for one in uploads)
    return replace(entry, fact=replace(entry.fact, attachments=attachments))


def test_an_upload_is_found_as_it_was_made(app: App) -> None:
    made = upload(app)

    assert app.uploads.find(made.id) == made
    assert app.uploads.find_many([made.id, "nothing"]) == {made.id: made}
    assert made.id in app.uploads.of_owner(ANN.id)
    assert made.id not in app.uploads.of_owner(BEN.id)
    assert app.uploads.find("nothing") is None


def test_an_upload_is_settled_once(app: App) -> None:
    made = upload(app)
    ready = app.uploads.settle(made.id, "ready", size=(640, 480))

    assert ready == replace(made, state="ready", width=640, height=480)
    assert app.uploads.settle(made.id, "refused", reason="damaged") == ready
    assert app.uploads.settle("nothing", "ready") is None
    refused = app.uploads.settle(upload(app).id, "refused", reason="damaged")
    assert refused is not None
    assert (refused.state, refused.reason) == ("refused", "damaged")


def test_a_message_takes_its_uploads_with_its_slot_and_the_slot_says_what_they_are(
    app: App,
) -> None:
    den = open_den(app)
    made = [upload(app), upload(app)]
    entry = carrying(2, *made)
    app.log.put(den, entry, made)

    for one in made:
        assert app.uploads.find(one.id) == replace(one, room_id=den, seq=2)
    assert app.log.newest(den) == entry


@pytest.mark.parametrize("change", ["used", "settled", "somebody else's", "gone"])
def test_a_message_takes_nothing_that_is_not_as_it_was_seen(app: App, change: str) -> None:
    """Control: the test above. Nothing is written at all."""
    den = open_den(app)
    good, seen = upload(app), upload(app)
    match change:
        case "used":
            app.log.put(den, carrying(2, seen), [seen])
        case "settled":
            app.uploads.settle(seen.id, "ready", size=(1, 1))
        case "somebody else's":
            seen = upload(app, owner_id=BEN.id)
        case "gone":
            app.uploads.remove(seen.id)
    before = app.log.newest(den)

    with pytest.raises(SlotTaken):
        app.log.put(den, carrying(before.seq + 1, good, seen), [good, seen])
    with pytest.raises(SlotTaken):
        app.log.put_once(den, carrying(before.seq + 1, good, seen), [good, seen])
    assert app.log.newest(den) == before
    assert app.uploads.find(good.id) == good


def test_a_message_without_a_position_takes_its_uploads_once(app: App) -> None:
    den, made = open_den(app), upload(app)

    assert app.log.put_once(den, carrying(2, made), [made]) is None
    assert app.uploads.find(made.id) == replace(made, room_id=den, seq=2)
    again = replace(carrying(3, made), operation_id=carrying(2).operation_id)
    assert app.log.put_once(den, again, [made]) == 2


def test_an_avatar_is_ones_own_ready_and_stands_nowhere_else(app: App) -> None:
    """Control: the last one."""
    waiting = upload(app, purpose="avatar")
    picture = upload(app)
    app.uploads.settle(picture.id, "ready", size=(1, 1))
    mine = upload(app, purpose="avatar")
    app.uploads.settle(mine.id, "ready", size=(1, 1))

    assert not app.uploads.take_as_avatar(waiting.id, ANN.id)
    assert not app.uploads.take_as_avatar(picture.id, ANN.id)
    assert not app.uploads.take_as_avatar(mine.id, BEN.id)
    assert not app.uploads.take_as_avatar("nothing", ANN.id)
    assert app.uploads.take_as_avatar(mine.id, ANN.id)
    assert not app.uploads.take_as_avatar(mine.id, ANN.id)
    taken = app.uploads.find(mine.id)
    assert taken is not None
    assert (taken.is_avatar, taken.is_used, taken.room_id) == (True, True, None)


def test_what_was_removed_is_gone(app: App) -> None:
    made = upload(app)
    app.uploads.remove(made.id)
    app.uploads.remove(made.id)

    assert app.uploads.find(made.id) is None
    assert made.id not in app.uploads.of_owner(ANN.id)


def test_what_became_of_an_attachment_is_kept_with_the_message(app: App) -> None:
    den, made = open_den(app), upload(app)
    sent = carrying(2, made)
    app.log.put(den, sent, [made])
    settled = Attachment(id=made.id, state="refused", reason="damaged")
    fact = AttachmentSettled(target=2, attachment=settled)
    entry = replace(said(3, by=ANN), fact=fact, number=1)
    before = standing_of(sent)
    after = changed(before, entry, fact)
    app.messages.change(den, entry, before=before, after=after, blank={}, is_recorded=False)

    assert app.messages.find(den, 2) == after
    assert app.log.newest(den) == entry
    assert message_of(sent, after).attachments == (settled,)
