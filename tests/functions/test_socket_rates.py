"""Whoever writes too fast is told so, at the socket as in REST, and nothing is lost by it."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from teahouse import bootstrap
from teahouse.actions.open_room import open_room
from teahouse.domain.session import Session
from teahouse.domain.user import User

from tests.cast import ANN, BEN, CLEO
from tests.functions.world_of_samples import sample
from tests.world import RecordingBroadcaster, listens, memory_app, open_den, start_of

CONNECTION = "L0SM9cOFvHcCIhw="


def test_the_eleventh_message_at_once_waits_and_another_person_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RATE_SCALE", raising=False)
    app = memory_app()
    den = open_den(app, BEN)
    start = start_of(app, den)
    handler = import_module("functions.websocket.send_message").lambda_handler
    assert isinstance(app.broadcaster, RecordingBroadcaster)

    def says(user_id: str, connection_id: str, number: int) -> dict[str, Any]:
        frame = {
            "action": "sendMessage",
            "roomId": den,
            "clientMessageId": f"message-of-{user_id}-{number:012}",
            "position": {"epoch": start.epoch, "seq": start.seq},
            "text": f"message {number}",
        }
        authorizer = {"userId": user_id, "sessionId": "session"}
        context = {"routeKey": "sendMessage", "connectionId": connection_id, "connectedAt": 1}
        event = {
            "requestContext": {**context, "authorizer": authorizer},
            "body": json.dumps(frame),
        }
        handler(event, None)
        answers = [f for f in app.broadcaster.to(connection_id) if f["type"] != "events"]
        return dict(answers[-1])

    bens = listens(app, den, BEN)
    bootstrap.use(app)
    try:
        answers = [says(ANN.id, CONNECTION, number) for number in range(11)]
        assert [a["type"] for a in answers] == ["sent"] * 10 + ["refused"]
        assert (answers[-1]["code"], answers[-1]["retryable"]) == ("too_many_requests", True)
        assert says(BEN.id, bens, 0)["type"] == "sent"  # the control
        app.clock.sleep(1.1)
        assert says(ANN.id, CONNECTION, 10)["type"] == "sent"  # the same id again is safe
    finally:
        bootstrap.use(None)
    assert app.log.newest(den).number == 12


@pytest.mark.parametrize(
    ("stem", "frame"),
    [
        ("edit_message", {"action": "editMessage", "version": 1, "text": "green tea?"}),
        ("delete_message", {"action": "deleteMessage"}),
        ("react", {"action": "react", "emoji": "🍵", "on": True}),
    ],
)
def test_the_twenty_first_change_at_once_waits_and_another_person_does_not(
    monkeypatch: pytest.MonkeyPatch, stem: str, frame: dict[str, Any]
) -> None:
    monkeypatch.delenv("RATE_SCALE", raising=False)
    app = memory_app()
    den = open_den(app, BEN)
    handler = import_module(f"functions.websocket.{stem}").lambda_handler
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    lines = {person.id: listens(app, den, person) for person in (ANN, BEN)}

    def changes(user_id: str) -> str:
        context = {"routeKey": frame["action"], "connectionId": lines[user_id], "connectedAt": 1}
        authorizer = {"userId": user_id, "sessionId": "session"}
        body = json.dumps({**frame, "roomId": den, "seq": 9})
        handler({"requestContext": {**context, "authorizer": authorizer}, "body": body}, None)
        return str(app.broadcaster.to(lines[user_id], "refused")[-1]["code"])

    bootstrap.use(app)
    try:
        codes = [changes(ANN.id) for _ in range(21)]
        assert codes == ["not_found"] * 20 + ["too_many_requests"]
        assert changes(BEN.id) == "not_found"  # the control
        app.clock.sleep(0.6)
        assert changes(ANN.id) == "not_found"
    finally:
        bootstrap.use(None)


def test_the_thirty_first_handshake_at_once_is_refused_and_another_person_s_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A browser comes by its cookie, and needs no ticket for it."""
    monkeypatch.delenv("RATE_SCALE", raising=False)
    app = memory_app()
    handler = import_module("functions.websocket.connect").lambda_handler

    def knocks(who: str, number: int) -> int:
        event = sample("websocket", "connect")
        event["requestContext"] |= {"connectionId": f"{who}-{number}"}
        event["requestContext"]["authorizer"] |= {"userId": who, "sessionId": f"session-of-{who}"}
        return int(handler(event, None)["statusCode"])

    now = app.clock.now_ms()
    for who in (ANN.id, BEN.id):
        session = Session(
            id=f"session-of-{who}", user_id=who, secret_hash="", created_at=now, last_used_at=now
        )
        app.accounts.put_session(session)
    bootstrap.use(app)
    try:
        assert [knocks(ANN.id, number) for number in range(31)] == [200] * 30 + [429]
        assert knocks(BEN.id, 0) == 200  # the control
        app.clock.sleep(1.1)
        assert knocks(ANN.id, 31) == 200
    finally:
        bootstrap.use(None)
    assert app.connections.find(f"{ANN.id}-30") is None


def test_the_eleventh_public_room_at_once_is_not_entered_and_another_person_enters_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RATE_SCALE", raising=False)
    app = memory_app()
    app.accounts.create(CLEO, None)
    dens = [open_room(app, owner_id=CLEO.id, name="Den", kind="public").id for _ in range(11)]
    lines = {person.id: listens(app, open_den(app, person), person) for person in (ANN, BEN)}
    handler = import_module("functions.websocket.join_room").lambda_handler
    assert isinstance(app.broadcaster, RecordingBroadcaster)

    def enters(user: User, den: str) -> str:
        line = lines[user.id]
        context = {"routeKey": "joinRoom", "connectionId": line, "connectedAt": 1}
        authorizer = {"userId": user.id, "sessionId": "session"}
        asked = str(len(app.broadcaster.posts))
        body = json.dumps({"action": "joinRoom", "roomId": den, "id": asked})
        handler({"requestContext": {**context, "authorizer": authorizer}, "body": body}, None)
        [answer] = [f for f in app.broadcaster.to(line) if f.get("re") == asked]
        return str(answer.get("code", answer["type"]))

    bootstrap.use(app)
    try:
        assert [enters(ANN, den) for den in dens] == ["joined"] * 10 + ["too_many_requests"]
        assert enters(ANN, dens[0]) == "joined"  # who is in hears it again whenever they like
        assert enters(BEN, dens[10]) == "joined"  # the control
    finally:
        bootstrap.use(None)
