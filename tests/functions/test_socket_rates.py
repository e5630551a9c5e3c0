"""Whoever writes too fast is told so, at the socket as in REST, and nothing is lost by it."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from teahouse import bootstrap

from tests.cast import ANN, BEN
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
