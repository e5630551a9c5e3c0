from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from teahouse.actions.change_me import change_me
from teahouse.actions.connect import connect
from teahouse.actions.create_upload import create_upload
from teahouse.actions.enter_as_guest import enter_as_guest
from teahouse.actions.open_session import SignedIn
from teahouse.actions.recognize import recognize_session
from teahouse.actions.register import register
from teahouse.actions.sign_in import sign_in
from teahouse.app import App
from teahouse.domain.errors import Conflict, Forbidden, Invalid, NotSignedIn
from teahouse.domain.session import Caller

from tests.world import PlainPasswords, RecordingBroadcaster, memory_app

ANN: dict[str, Any] = {"username": "ann-oolong", "password": "correct horse"}


class CountingPasswords(PlainPasswords):
    """Counts the slow work."""

    def __init__(self) -> None:
        self.work: Counter[str] = Counter()

    def hash(self, password: str) -> str:
        self.work["hash"] += 1
        return super().hash(password)

    def matches(self, password: str, password_hash: str | None) -> bool:
        self.work["matches"] += 1
        return super().matches(password, password_hash)


def caller_of(signed_in: SignedIn) -> Caller:
    return Caller(user_id=signed_in.user.id, session_id=signed_in.session.id)


def open_socket(app: App, signed_in: SignedIn, connection_id: str) -> None:
    now = app.clock.now_ms()
    connect(app, caller=caller_of(signed_in), connection_id=connection_id, connected_at=now)


def test_a_new_password_counts_and_the_old_one_no_more() -> None:
    app = memory_app()
    ann = register(app, **ANN)

    change_me(app, caller=caller_of(ann), password="other horse", old_password="correct horse")

    assert sign_in(app, username="ann-oolong", password="other horse").user.id == ann.user.id
    with pytest.raises(NotSignedIn):
        sign_in(app, **ANN)


def test_a_new_password_ends_every_other_session_and_its_sockets() -> None:
    wire = RecordingBroadcaster()
    app = memory_app(broadcaster=wire)
    here, there = register(app, **ANN), sign_in(app, **ANN)
    open_socket(app, here, "here=")
    open_socket(app, there, "there=")

    change_me(app, caller=caller_of(here), password="other horse", old_password="correct horse")

    assert recognize_session(app, here.credential).user_id == here.user.id
    with pytest.raises(NotSignedIn):
        recognize_session(app, there.credential)
    assert [frame["type"] for frame in wire.to("there=")] == ["goodbye"]
    assert wire.closed == ["there="]


def test_the_same_picture_again_is_no_refusal_and_stays() -> None:
    """Whose answer was lost asks again. Control: what another avatar has taken is refused."""
    app = memory_app()
    ann, ben = register(app, **ANN), register(app, username="ben-oolong", password="correct horse")
    picture, _ = create_upload(
        app, owner_id=ann.user.id, content_type="image/png", size_bytes=9, purpose="avatar"
    )
    app.uploads.settle(picture.id, "ready", size=(256, 256))

    for _ in range(2):
        assert change_me(app, caller=caller_of(ann), avatar=picture.id).avatar == picture.id

    assert app.uploads.find(picture.id) is not None
    with pytest.raises(Invalid):
        change_me(app, caller=caller_of(ben), avatar=picture.id)


@pytest.mark.parametrize("old", ["wrong horse", "", None])
def test_without_the_old_password_nothing_changes(old: str | None) -> None:
    app = memory_app()
    ann, there = register(app, **ANN), sign_in(app, **ANN)

    with pytest.raises(Forbidden):
        change_me(
            app,
            caller=caller_of(ann),
            password="other horse",
            old_password=old,
            display_name="Anna",
        )

    assert sign_in(app, **ANN).user.display_name == "ann-oolong"
    assert recognize_session(app, there.credential)


@pytest.mark.parametrize(
    "change", [{"password": "short"}, {"display_name": "  "}, {"avatar": "no-such-picture"}]
)
def test_what_is_not_acceptable_changes_nothing(change: dict[str, Any]) -> None:
    app = memory_app()
    ann = register(app, **ANN)
    asked = {"password": "other horse", "old_password": "correct horse", **change}

    with pytest.raises(Invalid):
        change_me(app, caller=caller_of(ann), **asked)

    assert sign_in(app, **ANN).user == ann.user


def test_a_guest_becomes_an_account_and_keeps_everything() -> None:
    app = memory_app()
    guest = enter_as_guest(app, nickname="Moon Otter", language="en")
    rooms = app.members.rooms_of(guest.user.id)

    user = change_me(app, caller=caller_of(guest), **ANN)

    assert (user.id, user.color) == (guest.user.id, guest.user.color)
    assert (user.kind, user.username) == ("account", "ann-oolong")
    assert user.display_name == "Moon Otter"
    assert app.members.rooms_of(user.id) == rooms != []
    assert recognize_session(app, guest.credential).user_id == user.id, "and stays signed in"
    assert sign_in(app, **ANN).user == user


def test_a_guest_gets_no_name_that_is_taken() -> None:
    app = memory_app()
    register(app, **ANN)
    guest = enter_as_guest(app, nickname=None, language="en")

    with pytest.raises(Conflict) as refusal:
        change_me(app, caller=caller_of(guest), username="Ann-Oolong", password="other horse")

    assert refusal.value.fields == {"username": "is taken"}
    assert app.accounts.get(guest.user.id).kind == "guest"


def test_an_account_keeps_its_name() -> None:
    app = memory_app()
    ann = register(app, **ANN)

    with pytest.raises(Conflict):
        change_me(app, caller=caller_of(ann), username="ann-the-second", password="other horse")

    assert sign_in(app, **ANN).user == ann.user


def test_a_user_name_goes_with_a_password() -> None:
    app = memory_app()
    guest = enter_as_guest(app, nickname=None, language="en")

    with pytest.raises(Invalid) as refusal:
        change_me(app, caller=caller_of(guest), username="ann-oolong")

    assert refusal.value.fields is not None
    assert set(refusal.value.fields) == {"password"}


def test_a_guest_has_no_password_and_is_told_so_after_the_same_work() -> None:
    passwords = CountingPasswords()
    app = memory_app(passwords=passwords)
    ann = register(app, **ANN)
    guest = enter_as_guest(app, nickname=None, language="en")
    spent = []
    for person in (ann, guest):
        passwords.work.clear()
        with pytest.raises(Forbidden):
            change_me(
                app, caller=caller_of(person), password="other horse", old_password="wrong horse"
            )
        spent.append(dict(passwords.work))

    assert spent == [{"matches": 1}, {"matches": 1}]


def test_the_first_account_is_the_administrator_s_and_guests_come_before_it() -> None:
    app = memory_app()
    guest = enter_as_guest(app, nickname=None, language="en")
    assert not guest.user.is_administrator

    first = change_me(app, caller=caller_of(guest), **ANN)
    second = register(app, username="ben-oolong", password="correct horse").user

    assert first.is_administrator
    assert not second.is_administrator
    assert app.accounts.get(first.id).is_administrator
