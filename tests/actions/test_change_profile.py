from __future__ import annotations

import pytest
from teahouse.actions.change_profile import change_profile
from teahouse.actions.read_profile import read_profile
from teahouse.actions.register import register
from teahouse.domain.errors import Invalid
from teahouse.domain.session import Caller

from tests.world import memory_app


def test_a_person_changes_name_and_language_and_the_rest_stays() -> None:
    app = memory_app()
    ann = register(app, username="ann-oolong", password="correct horse", language="en")
    caller = Caller(user_id=ann.user.id, session_id=ann.session.id)

    change_profile(app, caller=caller, display_name=" Anna ", language=None)
    renamed = read_profile(app, caller=caller)
    change_profile(app, caller=caller, display_name=None, language="zh-CN")
    moved = read_profile(app, caller=caller)

    assert (renamed.display_name, renamed.language) == ("Anna", "en")
    assert (moved.display_name, moved.language) == ("Anna", "zh-CN")
    assert (moved.color, moved.username) == (ann.user.color, "ann-oolong")


def test_a_name_that_is_not_acceptable_changes_nothing() -> None:
    app = memory_app()
    ann = register(app, username="ann-oolong", password="correct horse")
    caller = Caller(user_id=ann.user.id, session_id=ann.session.id)

    with pytest.raises(Invalid):
        change_profile(app, caller=caller, display_name="a" * 33, language="zh-CN")

    assert read_profile(app, caller=caller) == ann.user
    assert change_profile(app, caller=caller, display_name="a" * 32, language=None)
