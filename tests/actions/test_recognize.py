from __future__ import annotations

from typing import Any

import pytest
from teahouse.actions.list_sessions import list_sessions
from teahouse.actions.recognize import recognize_session, recognize_token
from teahouse.actions.register import register
from teahouse.actions.renew_session import renew_session
from teahouse.actions.sign_in import sign_in
from teahouse.domain.errors import NotSignedIn
from teahouse.domain.session import ABSOLUTE_MS, IDLE_MS, TOUCH_AFTER_MS

from tests.world import StoppedClock, memory_app

ANN: dict[str, Any] = {"username": "ann-oolong", "password": "correct horse"}


def test_a_session_that_is_used_goes_on_and_one_that_is_not_ends() -> None:
    clock = StoppedClock()
    app = memory_app(clock=clock)
    used, idle = register(app, **ANN), sign_in(app, **ANN)

    clock.ms += IDLE_MS - 1
    recognize_session(app, used.credential)
    clock.ms += 1

    assert recognize_session(app, used.credential).session_id == used.session.id
    with pytest.raises(NotSignedIn):
        recognize_session(app, idle.credential)


def test_a_session_ends_after_a_month_however_it_is_used() -> None:
    clock = StoppedClock()
    app = memory_app(clock=clock)
    ann = register(app, **ANN)
    end = clock.ms + ABSOLUTE_MS

    while clock.ms + IDLE_MS // 2 < end:
        clock.ms += IDLE_MS // 2
        recognize_session(app, ann.credential)
    clock.ms = end

    with pytest.raises(NotSignedIn):
        recognize_session(app, ann.credential)


def test_the_idle_clock_is_written_at_most_once_an_hour() -> None:
    clock = StoppedClock()
    app = memory_app(clock=clock)
    ann = register(app, **ANN)
    started = clock.ms

    clock.ms += TOUCH_AFTER_MS - 1
    recognize_token(app, ann.access_token)
    (before,) = list_sessions(app, caller=recognize_token(app, ann.access_token))
    clock.ms += 1
    recognize_token(app, ann.access_token)
    (after,) = list_sessions(app, caller=recognize_token(app, ann.access_token))

    assert before.last_used_at == started
    assert after.last_used_at == clock.ms


def test_a_token_without_its_session_is_worth_nothing() -> None:
    app = memory_app()
    ann = register(app, **ANN)
    assert recognize_token(app, ann.access_token).user_id == ann.user.id

    app.accounts.remove_session(ann.user.id, ann.session.id)

    with pytest.raises(NotSignedIn):
        recognize_token(app, ann.access_token)


def test_renewing_gives_a_new_token_for_the_same_session() -> None:
    clock = StoppedClock()
    app = memory_app(clock=clock)
    ann = register(app, **ANN)
    clock.ms += TOUCH_AFTER_MS

    renewed = renew_session(app, credential=ann.credential)

    assert (renewed.user, renewed.session.id) == (ann.user, ann.session.id)
    assert renewed.credential == ann.credential
    assert renewed.expires_at > ann.expires_at
    (session,) = app.accounts.sessions_of(ann.user.id)
    assert session.last_used_at == clock.ms


def test_a_session_that_has_ended_is_not_renewed() -> None:
    app = memory_app()
    ann = register(app, **ANN)
    assert renew_session(app, credential=ann.credential)
    app.accounts.remove_session(ann.user.id, ann.session.id)

    for credential in (ann.credential, "junk", ann.access_token):
        with pytest.raises(NotSignedIn):
            renew_session(app, credential=credential)


def test_only_living_sessions_are_listed_the_last_used_first() -> None:
    clock = StoppedClock()
    app = memory_app(clock=clock)
    old = register(app, **ANN)
    clock.ms += IDLE_MS - TOUCH_AFTER_MS
    middle = sign_in(app, **ANN)
    clock.ms += TOUCH_AFTER_MS
    new = sign_in(app, **ANN)

    listed = list_sessions(app, caller=recognize_session(app, new.credential))

    assert [s.id for s in listed] == [new.session.id, middle.session.id]
    assert old.session.id in {s.id for s in app.accounts.sessions_of(old.user.id)}
