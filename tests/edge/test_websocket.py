"""What does a socket hear when something goes wrong?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from teahouse.app import App
from teahouse.domain import errors
from teahouse.edge.websocket import (
    SocketEvent,
    connect_handler,
    disconnect_handler,
    socket_handler,
)
from teahouse.ports import OutcomeUnknown

from tests.edge.conftest import LogLines

CONNECTION = "L0SM9cOFvHcCIhw="
SECRET = "what ann wrote"
FAILURES = [
    (errors.NotAMember(), "not_a_member", False),
    (errors.StalePosition(), "stale_position", True),
    (OutcomeUnknown(SECRET), "busy", True),
    (RuntimeError(SECRET), "internal_error", True),
    (RecursionError(SECRET), "internal_error", True),
]


def event(
    body: str = '{"action":"hello","id":"q7"}', event_type: str = "MESSAGE"
) -> dict[str, Any]:
    authorizer = {"userId": "ann", "sessionId": "session", "principalId": "ann"}
    context: dict[str, Any] = {"routeKey": "hello", "connectionId": CONNECTION}
    context["authorizer"] = authorizer
    context["eventType"] = event_type
    headers = {"sec-WebSocket-protocol": "ticket.t, teahouse.v1"}
    return {"requestContext": {**context, "connectedAt": 1}, "body": body, "headers": headers}


def failing(error: Exception) -> Callable[[App, SocketEvent], None]:
    def handle(app: App, event: SocketEvent) -> None:
        raise error

    return handle


def heard(app: App) -> list[dict[str, Any]]:
    posted: list[dict[str, Any]] = app.broadcaster.to(CONNECTION)  # type: ignore[attr-defined]
    return posted


@pytest.mark.parametrize(("error", "code", "retryable"), FAILURES)
def test_every_failure_is_one_refusal_and_gives_nothing_away(
    app: App, log: LogLines, error: Exception, code: str, retryable: bool
) -> None:
    assert socket_handler(failing(error))(event(), None) == {"statusCode": 200}

    (frame,) = heard(app)
    assert (frame["type"], frame["re"], frame["code"]) == ("refused", "q7", code)
    assert frame["retryable"] is retryable
    assert SECRET not in json.dumps(frame)
    assert SECRET not in "".join(log.written)
    assert log.last["outcome"] == ("failed" if code == "internal_error" else "refused")


@pytest.mark.parametrize("body", ["", "junk", "[" * 9_000, '{"id":7}', '{"id":"' + "x" * 65 + '"}'])
def test_a_refusal_of_what_cannot_be_read_answers_no_frame_in_particular(
    app: App, body: str
) -> None:
    socket_handler(lambda app, event: event.refuse_unknown())(event(body), None)

    (frame,) = heard(app)
    assert frame["code"] == "bad_request"
    assert "re" not in frame


@pytest.mark.parametrize(
    ("error", "status"),
    [(errors.NotSignedIn(), 401), (errors.Conflict(), 409), (OutcomeUnknown(SECRET), 503)],
)
def test_a_handshake_is_refused_by_its_status(app: App, error: Exception, status: int) -> None:
    """Control: without a failure it is answered with our subprotocol."""
    accepted = connect_handler(lambda app, event: None)(event("", "CONNECT"), None)
    assert accepted["headers"] == {"Sec-WebSocket-Protocol": "teahouse.v1"}

    assert connect_handler(failing(error))(event("", "CONNECT"), None) == {"statusCode": status}


@pytest.mark.parametrize(
    "offered", [None, "", "graphql-ws", "teahouse.v2, ticket.t", "teahouse.v1x"]
)
def test_a_handshake_without_our_subprotocol_is_refused_and_nothing_remembered(
    app: App, offered: str | None
) -> None:
    """Control: `teahouse.v1` among others is accepted, in the test before."""
    handled: list[str] = []
    handshake = event("", "CONNECT")
    handshake["headers"] = {} if offered is None else {"Sec-WebSocket-Protocol": offered}

    answer = connect_handler(lambda app, event: handled.append("it"))(handshake, None)

    assert (answer, handled) == ({"statusCode": 400}, [])


def test_without_an_authorizer_nobody_is_behind_a_socket(app: App) -> None:
    """Control: with it, ann is."""
    anonymous = event()
    anonymous["requestContext"]["authorizer"] = None
    assert SocketEvent(app, event()).user_id == "ann"

    with pytest.raises(errors.NotSignedIn):
        _ = SocketEvent(app, anonymous).caller


def test_a_connection_that_sends_too_many_frames_is_told_so_and_no_other_is(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RATE_SCALE", raising=False)
    handled: list[str] = []

    @socket_handler
    def handler(app: App, event: SocketEvent) -> None:
        handled.append(event.connection_id)

    for _ in range(121):
        handler(event(), None)
    other = event()
    other["requestContext"]["connectionId"] = "Another-conne_="
    handler(other, None)

    (refused,) = heard(app)
    assert (refused["code"], refused["retryable"]) == ("too_many_requests", True)
    assert handled.count(CONNECTION) == 120
    assert handled[-1] == "Another-conne_="  # the control


@pytest.mark.parametrize(
    ("make", "event_type"), [(connect_handler, "CONNECT"), (disconnect_handler, "DISCONNECT")]
)
def test_no_frame_passes_for_a_beginning_or_an_end(
    app: App, make: Callable[[Any], Any], event_type: str
) -> None:
    """{"action": "$disconnect"} may reach that route on AWS. Control: the event it is meant for."""
    handled: list[str] = []

    def handle(app: App, event: SocketEvent) -> None:
        handled.append(event.context["eventType"])

    make(handle)(event('{"action":"$disconnect"}'), None)
    make(handle)(event("", event_type), None)

    assert handled == [event_type]
