from __future__ import annotations

import pytest
from teahouse.actions.enter_as_guest import enter_as_guest
from teahouse.actions.recognize import recognize_session
from teahouse.domain.errors import Invalid
from teahouse.domain.room import LOBBY_ID

from tests.world import memory_app


def test_a_guest_is_signed_in_and_sits_in_the_lobby() -> None:
    app = memory_app()

    guest = enter_as_guest(app, nickname="Cleo", language="en")

    assert (guest.user.display_name, guest.user.kind) == ("Cleo", "guest")
    assert guest.user.username is None
    assert recognize_session(app, guest.credential).user_id == guest.user.id
    assert app.members.find(LOBBY_ID, guest.user.id) is not None


def test_a_guest_without_a_nickname_gets_one_in_the_language_of_the_page() -> None:
    app = memory_app()

    english = enter_as_guest(app, nickname=None, language="en").user.display_name
    chinese = enter_as_guest(app, nickname=None, language="zh-CN").user.display_name

    assert english.isascii()
    assert "的" in chinese


def test_a_nickname_that_shows_nothing_is_refused() -> None:
    app = memory_app()

    with pytest.raises(Invalid):
        enter_as_guest(app, nickname=" ", language="en")
    assert enter_as_guest(app, nickname="x", language="en")
