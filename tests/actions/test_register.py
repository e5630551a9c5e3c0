from __future__ import annotations

from typing import Any

import pytest
from teahouse.actions.recognize import recognize_session
from teahouse.actions.register import register
from teahouse.actions.sign_in import sign_in
from teahouse.domain.errors import Busy, Conflict, Invalid, NotSignedIn
from teahouse.domain.room import LOBBY_ID
from teahouse.domain.user import COLORS

from tests.world import memory_app

ANN: dict[str, Any] = {"username": "ann-oolong", "password": "correct horse"}


def test_somebody_new_is_signed_in_and_sits_in_the_lobby() -> None:
    app = memory_app()

    ann = register(app, **ANN, display_name=" Ann ", language="zh-CN")

    assert ann.user.display_name == "Ann"
    assert (ann.user.kind, ann.user.language) == ("account", "zh-CN")
    assert ann.user.color in COLORS
    assert app.accounts.get(ann.user.id) == ann.user
    assert recognize_session(app, ann.credential).user_id == ann.user.id
    assert app.members.find(LOBBY_ID, ann.user.id) is not None


def test_without_a_display_name_the_user_name_is_shown() -> None:
    assert register(memory_app(), **ANN).user.display_name == "ann-oolong"


def test_a_taken_name_is_a_conflict_in_letters_of_either_case() -> None:
    app = memory_app()
    register(app, **ANN)

    with pytest.raises(Conflict) as refusal:
        register(app, username="Ann-Oolong", password="other password")

    assert refusal.value.fields == {"username": "is taken"}
    assert sign_in(app, **ANN).user.username == "ann-oolong", "and ann's password stays"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "anna"}, "username"),
        ({"username": "a" * 33}, "username"),
        ({"username": "ann oolong"}, "username"),
        ({"username": "ann#oolong"}, "username"),
        ({"username": "安安安安安安"}, "username"),
        ({"username": "ann-oolong\n"}, "username"),
        ({"password": "seven77"}, "password"),
        ({"password": "a" * 129}, "password"),
        ({"display_name": " \u200b "}, "displayName"),
        ({"display_name": "a" * 33}, "displayName"),
    ],
)
def test_what_is_not_acceptable_is_named(changes: dict[str, str], field: str) -> None:
    app = memory_app()

    with pytest.raises(Invalid) as refusal:
        register(app, **(ANN | changes))

    assert list(refusal.value.fields or ()) == [field]
    assert register(app, **ANN), "nothing was taken by the attempt"


def test_the_password_itself_is_kept_nowhere() -> None:
    app = memory_app()
    register(app, **ANN)
    found = app.accounts.find_by_username("ann-oolong")

    assert found is not None
    assert found[1] == app.passwords.hash("correct horse")
    assert found[1] != "correct horse"


def test_a_busy_lobby_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    app = memory_app()
    register(app, **ANN)

    def busy(*_: object) -> None:
        raise Busy

    monkeypatch.setattr("teahouse.actions.welcome_newcomer.enter_lobby", busy)
    ben = register(app, username="ben-black", password="correct horse")

    assert recognize_session(app, ben.credential).user_id == ben.user.id
    assert app.members.find(LOBBY_ID, ben.user.id) is None


def test_the_second_account_is_somebody_else() -> None:
    app = memory_app()
    ann, ben = register(app, **ANN), register(app, username="ben-black", password="correct horse")

    assert ann.user.id != ben.user.id
    with pytest.raises(NotSignedIn):
        recognize_session(app, ann.credential.replace(ann.user.id, ben.user.id))
