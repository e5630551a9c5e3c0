from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from teahouse.actions.connect import connect
from teahouse.actions.open_session import SignedIn
from teahouse.actions.recognize import recognize_session, recognize_token
from teahouse.actions.register import register
from teahouse.actions.sign_in import sign_in
from teahouse.actions.sign_out import HANDSHAKE_MS, PAUSE_S, sign_out, sign_out_everywhere
from teahouse.app import App
from teahouse.domain.errors import NotFound, NotSignedIn
from teahouse.domain.session import Caller

from tests.world import RecordingBroadcaster, StoppedClock, memory_app

ANN: dict[str, Any] = {"username": "ann-oolong", "password": "correct horse"}


def caller_of(signed_in: SignedIn) -> Caller:
    return Caller(user_id=signed_in.user.id, session_id=signed_in.session.id)


def open_socket(app: App, signed_in: SignedIn, connection_id: str) -> None:
    now = app.clock.now_ms()
    connect(app, caller=caller_of(signed_in), connection_id=connection_id, connected_at=now)


@dataclass
class House:
    """Ann at two places, a socket at each, and ben."""

    app: App
    clock: StoppedClock
    wire: RecordingBroadcaster
    here: SignedIn
    there: SignedIn
    ben: SignedIn


@pytest.fixture
def house() -> House:
    clock, wire = StoppedClock(), RecordingBroadcaster()
    app = memory_app(clock=clock, broadcaster=wire)
    here, there = register(app, **ANN), sign_in(app, **ANN)
    ben = register(app, username="ben-black", password="correct horse")
    for signed_in, connection_id in ((here, "here="), (there, "there="), (ben, "ben=")):
        open_socket(app, signed_in, connection_id)
    return House(app, clock, wire, here, there, ben)


def test_signing_out_stops_cookie_token_and_socket_of_that_session_only(house: House) -> None:
    sign_out(house.app, caller=caller_of(house.here), session_id=house.here.session.id)

    with pytest.raises(NotSignedIn):
        recognize_session(house.app, house.here.credential)
    with pytest.raises(NotSignedIn):
        recognize_token(house.app, house.here.access_token)
    assert house.wire.closed == ["here="]
    (goodbye,) = house.wire.to("here=")
    assert (goodbye["type"], goodbye["reconnect"]) == ("goodbye", False)
    assert goodbye["code"] == "not_signed_in"  # the page goes back to its door by this code
    assert recognize_session(house.app, house.there.credential)
    assert house.wire.to("there=") == house.wire.to("ben=") == []


def test_another_of_ones_own_sessions_can_be_ended(house: House) -> None:
    sign_out(house.app, caller=caller_of(house.here), session_id=house.there.session.id)

    assert house.wire.closed == ["there="]
    assert recognize_session(house.app, house.here.credential)


def test_signing_out_everywhere_ends_all_of_ones_own_and_nobody_elses(house: House) -> None:
    sign_out_everywhere(house.app, caller=caller_of(house.here))

    assert sorted(house.wire.closed) == ["here=", "there="]
    assert house.app.accounts.sessions_of(house.here.user.id) == []
    assert recognize_session(house.app, house.ben.credential)


def test_somebody_elses_session_is_not_there(house: House) -> None:
    for session_id in (house.ben.session.id, "nothing"):
        with pytest.raises(NotFound):
            sign_out(house.app, caller=caller_of(house.here), session_id=session_id)

    assert recognize_session(house.app, house.ben.credential)
    assert house.wire.closed == []


def test_a_connection_that_is_long_gone_is_forgotten_and_not_waited_for(house: House) -> None:
    house.wire.gone.add("here=")
    house.clock.ms += HANDSHAKE_MS

    sign_out(house.app, caller=caller_of(house.here), session_id=house.here.session.id)

    assert house.app.connections.find("here=") is None
    assert house.app.connections.find("there=") is not None
    assert house.clock.elapsed_s == 0


def test_a_socket_that_cannot_be_closed_at_once_is_closed_by_another_try(house: House) -> None:
    house.wire.refusals = 2

    sign_out(house.app, caller=caller_of(house.here), session_id=house.here.session.id)

    assert house.wire.closed == ["here="]
    assert house.clock.elapsed_s == pytest.approx(2 * PAUSE_S)


def test_a_socket_that_cannot_be_closed_at_all_hears_no_more(house: House) -> None:
    """Control: the one beside it is untouched."""
    house.wire.refusals = 100

    sign_out(house.app, caller=caller_of(house.here), session_id=house.here.session.id)

    assert house.wire.closed == []
    assert house.app.connections.find("here=") is None
    assert house.app.connections.find("there=") is not None


def test_a_socket_that_opens_while_one_signs_out_is_closed_as_soon_as_it_is_open() -> None:
    clock = StoppedClock()
    wire = OpensLate(opens_at_s=2 * PAUSE_S, clock=clock)
    app = memory_app(clock=clock, broadcaster=wire)
    ann = register(app, **ANN)
    open_socket(app, ann, "opening=")

    sign_out(app, caller=caller_of(ann), session_id=ann.session.id)

    assert wire.closed == ["opening="]
    assert clock.elapsed_s == pytest.approx(2 * PAUSE_S)


def test_a_socket_that_connects_after_the_session_has_ended_is_refused(house: House) -> None:
    open_socket(house.app, house.there, "second=")
    sign_out(house.app, caller=caller_of(house.here), session_id=house.there.session.id)

    with pytest.raises(NotSignedIn):
        open_socket(house.app, house.there, "third=")

    assert house.app.connections.find("third=") is None


class OpensLate(RecordingBroadcaster):
    """A handshake that is not over: 410 until the socket is open."""

    def __init__(self, *, opens_at_s: float, clock: StoppedClock) -> None:
        super().__init__()
        self._opens_at_s = opens_at_s
        self._clock = clock

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        is_open = self._clock.elapsed_s >= self._opens_at_s
        self.gone = set() if is_open else set(connection_ids)
        return super().post(connection_ids, frame)
