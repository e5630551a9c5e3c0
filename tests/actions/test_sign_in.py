from __future__ import annotations

from collections.abc import Callable

import pytest
from teahouse.actions.change_me import change_password
from teahouse.actions.erase_me import erase_me
from teahouse.actions.recognize import recognize_session, recognize_token
from teahouse.actions.register import register
from teahouse.actions.sign_in import sign_in
from teahouse.app import App
from teahouse.domain.errors import NotSignedIn
from teahouse.domain.session import Caller
from teahouse.domain.user import User

from tests.world import PlainPasswords, memory_app


class WatchedPasswords(PlainPasswords):
    """Remembers what it was asked to compare with."""

    def __init__(self) -> None:
        self.compared: list[str | None] = []

    def matches(self, password: str, password_hash: str | None) -> bool:
        self.compared.append(password_hash)
        return super().matches(password, password_hash)


def app_with_ann(passwords: PlainPasswords | None = None) -> tuple[App, User]:
    app = memory_app(passwords=passwords or PlainPasswords())
    return app, register(app, username="ann-oolong", password="correct horse").user


def test_a_person_signs_in_with_the_name_in_either_case() -> None:
    app, ann = app_with_ann()

    here = sign_in(app, username="ann-oolong", password="correct horse")
    there = sign_in(app, username="ANN-OOLONG", password="correct horse")

    assert here.user == there.user == ann
    assert here.session.id != there.session.id
    assert recognize_session(app, here.credential) == recognize_token(app, here.access_token)


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer_and_the_same_work() -> None:
    watched = WatchedPasswords()
    app, _ = app_with_ann(watched)
    assert sign_in(app, username="ann-oolong", password="correct horse")
    watched.compared.clear()

    with pytest.raises(NotSignedIn) as wrong:
        sign_in(app, username="ann-oolong", password="correct hors")
    with pytest.raises(NotSignedIn) as unknown:
        sign_in(app, username="bob-oolong", password="correct horse")

    assert wrong.value.message == unknown.value.message
    assert wrong.value.fields is unknown.value.fields is None
    assert watched.compared == ["hash of correct horse", None], "both are compared, once"


class OvertakenPasswords(PlainPasswords):
    """Lets something happen behind the comparison, once."""

    meanwhile: Callable[[], object] | None = None

    def matches(self, password: str, password_hash: str | None) -> bool:
        does_match, meanwhile = super().matches(password, password_hash), self.meanwhile
        self.meanwhile = None
        if meanwhile is not None:
            meanwhile()
        return does_match


@pytest.mark.parametrize("deed", [change_password, erase_me])
def test_who_signs_in_while_the_password_goes_is_not_in(deed: Callable[..., None]) -> None:
    """Control: nothing happens meanwhile."""
    passwords = OvertakenPasswords()
    app, ann = app_with_ann(passwords)
    mine = sign_in(app, username="ann-oolong", password="correct horse").session
    caller = Caller(user_id=ann.id, session_id=mine.id)
    words = {"old": "correct horse", "new": "other horses"} if deed is change_password else {}
    passwords.meanwhile = lambda: deed(app, caller=caller, **words)

    with pytest.raises(NotSignedIn):
        sign_in(app, username="ann-oolong", password="correct horse")

    left = [session.id for session in app.accounts.sessions_of(ann.id)]
    assert left == ([mine.id] if deed is change_password else [])
