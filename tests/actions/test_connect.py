"""Opening and closing a socket: who counts as connected, whatever order the events come in."""

from __future__ import annotations

import pytest
from teahouse.actions.connect import connect
from teahouse.actions.disconnect import disconnect
from teahouse.app import App
from teahouse.domain.connection import MAX_PER_USER
from teahouse.domain.errors import Conflict, NotSignedIn
from teahouse.domain.session import Caller, Session

from tests.world import app_on


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def signed_in(app: App) -> Caller:
    """Sign in somebody nobody else is."""
    now = app.clock.now_ms()
    session = Session(
        id=app.ids.new_id(),
        user_id=app.ids.new_id(),
        secret_hash="hash",
        created_at=now,
        last_used_at=now,
    )
    app.accounts.put_session(session)
    return Caller(user_id=session.user_id, session_id=session.id)


def open_line(app: App, caller: Caller) -> str:
    line = f"{app.ids.new_id()}="
    app.clock.sleep(1)
    connect(app, caller=caller, connection_id=line, connected_at=app.clock.now_ms())
    return line


def lines(app: App, caller: Caller) -> list[str]:
    return [connection.id for connection in app.connections.of_user(caller.user_id)]


def test_the_eleventh_connection_closes_the_oldest_and_says_so(app: App) -> None:
    """Control: the tenth closes none."""
    caller, other = signed_in(app), signed_in(app)
    foreign = open_line(app, other)
    opened = [open_line(app, caller) for _ in range(MAX_PER_USER)]
    assert lines(app, caller) == opened
    assert app.broadcaster.closed == []  # type: ignore[attr-defined]

    newest = open_line(app, caller)

    assert lines(app, caller) == [*opened[1:], newest]
    assert lines(app, other) == [foreign]
    assert app.broadcaster.closed == [opened[0]]  # type: ignore[attr-defined]
    (goodbye,) = app.broadcaster.to(opened[0])  # type: ignore[attr-defined]
    assert (goodbye["type"], goodbye["reconnect"]) == ("goodbye", False)


def test_a_session_that_ends_during_the_handshake_opens_nothing(app: App) -> None:
    """Control: with a session that is alive it opens."""
    caller = signed_in(app)
    assert open_line(app, caller) in lines(app, caller)
    app.accounts.remove_session(caller.user_id, caller.session_id)
    known = lines(app, caller)

    with pytest.raises(NotSignedIn):
        open_line(app, caller)
    assert lines(app, caller) == known


def test_a_disconnect_before_its_connect_leaves_nobody_connected(app: App) -> None:
    caller = signed_in(app)
    line, now = f"{app.ids.new_id()}=", app.clock.now_ms()

    disconnect(app, connection_id=line, connected_at=now)

    with pytest.raises(Conflict):
        connect(app, caller=caller, connection_id=line, connected_at=now)
    assert lines(app, caller) == []


def test_a_disconnect_twice_and_late_touches_no_later_connection(app: App) -> None:
    caller = signed_in(app)
    first = open_line(app, caller)
    disconnect(app, connection_id=first, connected_at=app.clock.now_ms())
    second = open_line(app, caller)

    disconnect(app, connection_id=first, connected_at=app.clock.now_ms())

    assert lines(app, caller) == [second]


def test_a_connect_that_comes_twice_is_refused_the_second_time(app: App) -> None:
    caller = signed_in(app)
    line = open_line(app, caller)

    with pytest.raises(Conflict):
        connect(app, caller=caller, connection_id=line, connected_at=app.clock.now_ms())
    assert lines(app, caller) == [line]
