"""1.11 (5) to (9), (12): messages, what their senders hear, `@connections`, and the functions."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.conformance.deployment import Run, Site, hears, says

FRAME = 32 * 1024  # API Gateway quotas for WebSocket APIs, "WebSocket frame size"
MESSAGE = 128 * 1024  # the same, "Message payload size"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_a_message_event_has_a_body_and_no_headers(run: Run) -> None:
    """Captured events."""
    with run.opens() as line:
        says(line, action="say", text="tea?")
        event = run.noted("MESSAGE")

    context = event["requestContext"]
    assert json.loads(event["body"]) == {"action": "say", "text": "tea?"}
    assert (context["routeKey"], context["messageDirection"]) == ("say", "IN")
    assert context["messageId"]
    assert {"headers", "queryStringParameters", "version"}.isdisjoint(event)


@pytest.mark.parametrize("frame", ["no JSON", "[]", '{"action": "nothing we know"}', '{"a": 1}'])
def test_what_no_route_takes_is_the_defaults(run: Run, frame: str) -> None:
    """Developer guide, "The `$default` route"."""
    with run.opens() as line:
        line.send(frame)
        event = run.noted("MESSAGE")

    assert (event["requestContext"]["routeKey"], event["body"]) == ("$default", frame)


def test_messages_of_one_connection_run_side_by_side(run: Run) -> None:
    """Each is an invocation of its own: the first waits here for what the second does."""
    with run.opens() as line:
        says(line, action="say", do="meet")
        says(line, action="say", do="come")

        assert hears(line) == "met"


def test_a_one_way_route_answers_nothing_and_a_two_way_route_the_body(run: Run) -> None:
    """Developer guide, "Set up a route response": the first frame heard is the second's."""
    with run.opens() as line:
        says(line, action="say")
        run.noted("MESSAGE")
        says(line, action="ask")

        assert hears(line) == "the body of a result"


@pytest.mark.parametrize("wanted", ["raise", "nothing"])
def test_a_failure_is_told_in_awss_words_and_the_socket_stays(run: Run, wanted: str) -> None:
    """Text from users' logs. Control: the next message is taken."""
    with run.opens() as line:
        says(line, action="say", do=wanted)
        told = json.loads(hears(line))
        says(line, action="ask")

        assert told["message"] == "Internal server error"
        assert told["connectionId"] == run.connection_id
        assert told["requestId"]
        assert hears(line) == "the body of a result"


def test_a_function_that_times_out_is_a_failure(run: Run) -> None:
    """Lambda ends it after its `Timeout` of a second."""
    with run.opens() as line:
        says(line, action="die")

        assert json.loads(hears(line))["message"] == "Internal server error"


def test_an_integration_that_takes_too_long_is_told_and_runs_on(run: Run) -> None:
    """WebSocket quotas, "Integration timeout", made shorter by the route; text from users' logs."""
    with run.opens() as line:
        says(line, action="slow", do="sleep")

        assert json.loads(hears(line))["message"] == "Endpoint request timed out"
        assert hears(line) == "went on"


def test_a_message_without_a_route_is_forbidden(site: Site) -> None:
    """Where there is no `$default`. Control: a route that is there is taken, and fails."""
    with site.bare_socket() as line:
        for action, message in (("nowhere", "Forbidden"), ("say", "Internal server error")):
            says(line, action=action)
            assert json.loads(hears(line))["message"] == message


# Frames.


def closed(line: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as caught:
        line.recv(timeout=15)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


def message_of(size: int) -> str:
    frame = {"action": "ask", "text": ""}
    return json.dumps({**frame, "text": "x" * (size - len(json.dumps(frame)))})


def test_a_binary_frame_closes(run: Run) -> None:
    """WebSocket quotas and users: 1003."""
    with run.opens() as line:
        line.send(b"tea")

        assert closed(line) == 1003


def test_a_frame_of_32_kb_passes_and_one_byte_more_closes(run: Run) -> None:
    with run.opens() as line:
        line.send(message_of(FRAME))
        assert hears(line) == "the body of a result"
        line.send(message_of(FRAME + 1))

        assert closed(line) == 1009


def test_a_message_of_128_kb_passes_in_frames_and_one_byte_more_closes(run: Run) -> None:
    with run.opens() as line:
        whole = message_of(MESSAGE)
        line.send([whole[at : at + FRAME] for at in range(0, MESSAGE, FRAME)])
        assert hears(line) == "the body of a result"
        whole = message_of(MESSAGE + 1)
        with contextlib.suppress(ConnectionClosed):  # before all of it was sent
            line.send([whole[at : at + FRAME] for at in range(0, MESSAGE + 1, FRAME)])

        assert closed(line) == 1009


# `@connections`.


def test_posts_arrive_as_text_and_the_connection_can_be_described(run: Run) -> None:
    """API reference, "GetConnection": times in ISO 8601 with milliseconds."""
    with run.opens() as line:
        posted = run.site.manages("POST", run.connection_id, data="tea ☕")
        heard = line.recv(timeout=15)
        described = run.site.manages("GET", run.connection_id)

    assert (posted["status"], posted["body"], heard) == (200, "", "tea ☕")
    told = json.loads(described["body"])
    assert described["status"] == 200
    assert INSTANT.fullmatch(told["connectedAt"])
    assert INSTANT.fullmatch(told["lastActiveAt"])
    assert told["identity"]["sourceIp"]


def test_a_connection_can_be_ended_and_is_gone_then(run: Run) -> None:
    """API reference, "DeleteConnection"; the code on the wire is open question 4."""
    with run.opens() as line:
        connection_id = run.connection_id
        assert run.site.manages("DELETE", connection_id)["status"] == 204
        assert closed(line) in (1000, 1005)
        assert run.noted("DISCONNECT")["requestContext"]["disconnectStatusCode"] == 1000
        gone: Any = run.site.manages("POST", connection_id, data="late")

    assert (gone["status"], gone["body"]) == (410, "")
    assert gone["headers"]["x-amzn-errortype"].partition(":")[0] == "GoneException"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"size": MESSAGE}, 200),
        ({"size": MESSAGE + 1}, 413),
        ({"data": "tea", "is_signed": False}, 403),
        ({"data": "tea", "connection_id": "nobody"}, 400),
    ],
)
def test_a_post_is_held_to_its_limits(run: Run, more: dict[str, Any], status: int) -> None:
    """API reference, "PostToConnection". Control: the largest that fits."""
    with run.opens():
        asked = {"connection_id": run.connection_id, **more}
        assert run.site.manages("POST", **asked)["status"] == status


# Functions.


def test_a_function_keeps_its_worker_and_knows_its_context(site: Site) -> None:
    """Lambda developer guide, "Using the Lambda context object in Python"."""
    first = site.context()
    others = [site.context() for _ in range(5)]

    assert first["arn"].partition(":function:")[2].startswith(first["name"])
    assert (first["memory_mb"], 0 < first["remaining_ms"] <= 10_000) == ("256", True)
    assert len({one["request_id"] for one in (first, *others)}) == 6
    assert max(one["seen"] for one in others) > 1, "one worker has taken several events"
