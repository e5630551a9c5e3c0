"""Who is told that a message or a reaction concerns them? Members, once, and never oneself."""

from __future__ import annotations

import pytest
from teahouse.actions.delete_message import delete_message
from teahouse.actions.leave_room import leave_room
from teahouse.actions.list_notifications import list_notifications
from teahouse.actions.react import react
from teahouse.actions.send_message import send_without_position
from teahouse.app import App
from teahouse.domain.user import User

from tests.cast import ANN, user
from tests.store_seam import seam
from tests.world import app_on, lean_app, listens, open_den, says, start_of

OPERATION = "the-same-operation-00000"


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


@pytest.fixture
def ben(app: App) -> User:
    """Somebody with an account of his own, whom no other test has told anything."""
    person = user(f"ben-{app.ids.new_id()}"[:24])
    assert app.accounts.create(person, "a hash")
    return person


def like(app: App, den: str, by: User, seq: int, *, is_on: bool = True) -> None:
    position = start_of(app, den)
    react(app, member_id=by.id, room_id=den, seq=seq, emoji="🍵", is_on=is_on, position=position)


def told(app: App, person: User) -> list[tuple[str, str | None, str | None, str | None]]:
    listed = list_notifications(app, person.id).notifications
    mine = [n for n in listed if n.kind != "announcement"]
    return [(n.kind, n.body or None, n.link or None, n.by or None) for n in mine]


def test_who_is_named_is_told_on_every_device_and_where(app: App, ben: User) -> None:
    den = open_den(app, ben)
    line = listens(app, den, ben)

    seq = says(app, den, ANN, f"@{ben.username}: tea? @nobody-here")

    assert told(app, ben) == [("mention", None, f"/rooms/{den}/{seq}", ANN.id)]
    [frame] = app.broadcaster.to(line, "notification")  # type: ignore[attr-defined]
    assert (frame["kind"], frame["title"]) == ("mention", ANN.display_name)
    assert "tea" not in str(frame)


def test_who_is_answered_is_told_and_who_is_named_too_only_once(app: App, ben: User) -> None:
    den = open_den(app, ben)
    asked = says(app, den, ben, "tea?")

    says(app, den, ANN, "yes", reply_to=asked)
    says(app, den, ANN, f"yes, @{ben.username}", reply_to=asked)

    assert sorted(kind for kind, *_ in told(app, ben)) == ["mention", "reply"]


def test_whose_message_is_liked_is_told_with_the_emoji(app: App, ben: User) -> None:
    """Control of the second half: taking it back tells nothing."""
    den = open_den(app, ben)
    seq = says(app, den, ben, "tea")

    like(app, den, ANN, seq)
    assert told(app, ben) == [("reaction", "🍵", f"/rooms/{den}/{seq}", ANN.id)]
    like(app, den, ANN, seq, is_on=False)

    assert len(told(app, ben)) == 1


def test_nobody_is_told_of_oneself(app: App, ben: User) -> None:
    den = open_den(app, ben)
    seq = says(app, den, ben, f"@{ben.username} speaks to himself")
    says(app, den, ben, "and answers", reply_to=seq)
    like(app, den, ben, seq)

    assert told(app, ben) == []


def test_who_is_not_or_no_longer_in_the_room_is_told_nothing(app: App, ben: User) -> None:
    """Control: as a member he is."""
    den, elsewhere = open_den(app, ben), open_den(app)
    seq = says(app, den, ben, "tea")
    says(app, den, ANN, f"@{ben.username}")
    assert len(told(app, ben)) == 1

    leave_room(app, user_id=ben.id, room_id=den)
    says(app, den, ANN, f"@{ben.username}", reply_to=seq)
    like(app, den, ANN, seq)
    says(app, elsewhere, ANN, f"@{ben.username}")

    assert len(told(app, ben)) == 1


def test_the_same_again_tells_nothing_again(app: App, ben: User) -> None:
    den = open_den(app, ben)
    line = listens(app, den, ben)
    for _ in range(2):
        says(app, den, ANN, f"@{ben.username}", client_message_id=OPERATION)
        send_without_position(
            app,
            sender_id=ANN.id,
            room_id=den,
            operation_id=OPERATION + "-by-rest",
            text=f"@{ben.username} again",
        )

    assert len(told(app, ben)) == 2
    assert len(app.broadcaster.to(line, "notification")) == 2  # type: ignore[attr-defined]


def test_what_is_deleted_is_in_no_notification(app: App, ben: User) -> None:
    den = open_den(app, ben)
    seq = says(app, den, ANN, f"@{ben.username} a secret")

    delete_message(app, deleter_id=ANN.id, room_id=den, seq=seq, position=start_of(app, den))

    assert "secret" not in str(list_notifications(app, ben.id).notifications)


def test_what_it_costs(engine_url: str) -> None:
    """A plain message costs nothing more; a name one batch, and a member two reads and a write."""
    app = lean_app()
    ben = user(f"ben-{app.ids.new_id()}"[:24])
    app.accounts.create(ben, "a hash")
    den = open_den(app, ben)
    app.summarized_at[den] = app.clock.now_ms() + 3_600_000

    with seam() as plain:
        says(app, den, ANN, "tea? ann@example.org")
    with seam() as nobody:
        says(app, den, ANN, "@nobody-here")
    with seam() as named:
        says(app, den, ANN, f"@{ben.username}")

    assert "BatchGetItem" not in plain.calls
    assert nobody.calls - plain.calls == {"BatchGetItem": 1}
    assert nobody.write_units == plain.write_units == 1
    # The member's row and no block, the notification, and which devices there are.
    assert named.calls - nobody.calls == {"GetItem": 2, "PutItem": 1, "Query": 1}
    assert named.write_units == 2
