"""Does every post arrive, and does whatever goes wrong stay where it is?"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from types import FrameType

import pytest
from teahouse.adapters.management_api import ManagementApiBroadcaster

from local_cloud.signatures import Signatures
from tests.adapters.aws_endpoint import (
    GONE,
    OK,
    SLOW_DOWN,
    AwsEndpoint,
    Deed,
    Resets,
    Says,
    answer,
)
from tests.adapters.conftest import Serve
from tests.adapters.listening_room import ANN, BEN, CY, FRAME, LIMITS, ROOM, has_all, to

# All is well.


def test_everybody_in_a_room_gets_the_frame_once_and_signed(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve()

    assert broadcaster.post(ROOM, FRAME) == []

    assert sorted(endpoint.names()) == ROOM
    assert {asked.body for asked in endpoint.asked} == {FRAME}
    assert {asked.method for asked in endpoint.asked} == {"POST"}
    assert endpoint.unsigned == []
    assert endpoint.lines <= LIMITS.lines


def test_names_are_encoded_and_signed_as_they_are_encoded(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve()

    broadcaster.post([ANN, "茶 %3D"], FRAME)

    assert {asked.target for asked in endpoint.asked} == {
        "/ws/@connections/ann%2B%2F%3D",
        "/ws/@connections/%E8%8C%B6%20%253D",
    }
    assert endpoint.unsigned == []


def test_a_signature_that_does_not_hold_would_be_seen(
    serve: Serve, broadcaster: ManagementApiBroadcaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of all that says `unsigned == []`."""
    endpoint = serve()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")

    broadcaster.post([ANN], FRAME)

    assert [asked.name for asked in endpoint.unsigned] == [ANN]


def test_an_endpoint_without_tls_will_do(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve(tls=None)

    assert broadcaster.ask("POST", ROOM, FRAME).failed == {}
    assert sorted(endpoint.names()) == ROOM
    assert endpoint.unsigned == []


def test_a_room_of_two_needs_one_line_and_the_next_call_uses_it_too(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve()

    broadcaster.post([ANN, BEN], FRAME)
    broadcaster.post([BEN, CY], FRAME)

    assert endpoint.names() == [ANN, BEN, BEN, CY]
    assert endpoint.lines == 1


def test_nobody_is_posted_to_twice_in_a_call_and_no_call_is_made_for_nobody(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve()

    broadcaster.post([ANN, BEN, ANN], FRAME)
    broadcaster.post([], FRAME)

    assert endpoint.names() == [ANN, BEN]


def test_a_frame_longer_than_what_a_socket_takes_at_once_arrives_whole(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve()
    long_frame = FRAME * 200_000

    assert broadcaster.ask("POST", [ANN, BEN], long_frame).failed == {}

    assert [asked.body == long_frame for asked in endpoint.asked] == [True, True]
    assert endpoint.unsigned == []


def test_closing_a_connection_deletes_it(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve(behave=to(BEN, GONE))

    broadcaster.close(ANN)
    broadcaster.close(BEN)  # gone already is no error

    assert [(asked.method, asked.name) for asked in endpoint.asked] == [
        ("DELETE", ANN),
        ("DELETE", BEN),
    ]
    assert endpoint.unsigned == []


def test_keys_that_change_between_calls_sign_the_next_one(
    serve: Serve,
    broadcaster: ManagementApiBroadcaster,
    signatures: Signatures,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = serve()
    broadcaster.post([ANN], FRAME)

    for name, value in signatures.credentials_for("Renewed").environment().items():
        monkeypatch.setenv(name, value)
    broadcaster.post([ANN], FRAME)

    first, second = (asked.headers["authorization"].split("/")[0] for asked in endpoint.asked)
    assert first != second
    assert endpoint.unsigned == []


def test_another_endpoint_in_the_environment_gets_the_next_call(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    first = serve()
    broadcaster.post([ANN], FRAME)
    second = serve()

    broadcaster.post([BEN], FRAME)

    assert (first.names(), second.names()) == ([ANN], [BEN])


def test_a_post_does_not_get_dearer(serve: Serve, broadcaster: ManagementApiBroadcaster) -> None:
    """Calls are counted, of Python's and of C's: they do not move with the machine."""
    serve()
    broadcaster.post(ROOM, FRAME)  # lines are open now
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        broadcaster.post(ROOM, FRAME)
    finally:
        sys.setprofile(None)

    assert len(ROOM) < calls < 85 * len(ROOM)


# Answers.


def test_who_is_gone_is_told_and_the_others_have_it(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve(behave=to(ROOM[7], GONE))

    assert broadcaster.post(ROOM, FRAME) == [ROOM[7]]
    assert sorted(endpoint.names()) == ROOM


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(
    serve: Serve, broadcaster: ManagementApiBroadcaster, status: int
) -> None:
    endpoint = serve(behave=to(ANN, answer(status), times=2))

    tally = broadcaster.ask("POST", [ANN, BEN], FRAME)

    assert (tally.gone, tally.failed) == ([], {})
    assert sorted(endpoint.names()) == [ANN, ANN, ANN, BEN]


def test_a_connection_that_stays_too_slow_is_left_alone_after_two_more_tries(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve(behave=to(ROOM[3], SLOW_DOWN))

    tally = broadcaster.ask("POST", ROOM, FRAME)

    assert tally.failed == {ROOM[3]: "429 LimitExceededException"}
    assert sorted(endpoint.names()) == sorted([*ROOM, ROOM[3], ROOM[3]])


def closed(endpoint: AwsEndpoint) -> list[str]:
    return [asked.name for asked in endpoint.asked if asked.method == "DELETE"]


def test_who_reads_too_slowly_five_posts_in_a_row_is_closed(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    """The others hear every one of them; the closed one comes back, and the log heals it."""
    endpoint = serve(
        behave=lambda asked: SLOW_DOWN if (asked.method, asked.name) == ("POST", ANN) else OK
    )

    for _ in range(4):
        assert broadcaster.post([ANN, BEN], FRAME) == []
    assert closed(endpoint) == []
    broadcaster.post([ANN, BEN], FRAME)

    assert closed(endpoint) == [ANN]
    assert endpoint.names().count(BEN) == 5


def test_who_reads_again_in_time_stays(serve: Serve, broadcaster: ManagementApiBroadcaster) -> None:
    endpoint = serve(behave=to(ANN, SLOW_DOWN, times=4 * 3))

    for _ in range(4 + 1 + 4):
        broadcaster.post([ANN, BEN], FRAME)

    assert closed(endpoint) == []


def test_nobody_is_closed_when_it_is_the_account_that_is_limited(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    """The control of a room of which one is reached is above."""
    endpoint = serve(behave=lambda asked: SLOW_DOWN)

    for _ in range(6):
        broadcaster.post([ANN, BEN], FRAME)

    assert closed(endpoint) == []


@pytest.mark.parametrize(
    ("deed", "cause"),
    [
        (answer(403, "x-amzn-ErrorType: ForbiddenException", body=b"{}"), "403 ForbiddenException"),
        (
            answer(413, "x-amzn-ErrorType: PayloadTooLargeException:"),
            "413 PayloadTooLargeException",
        ),
        (answer(307, "Location: http://elsewhere.test/"), "a redirect (307)"),
        (Says(b"SSH-2.0-Chat\r\n"), "not HTTP"),
        (Says(b"HTTP/1.1 OK\r\n\r\n"), "not HTTP/1.1"),
        (Says(b"HTTP/1.1 200 OK\r\nContent-Le", then_ends=True), "half an answer, then the end"),
        (
            Says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", then_ends=True),
            "half an answer, then the end",
        ),
        (Says(OK.data + OK.data), "more than one answer"),
        (Resets(), "Connection reset by peer"),
    ],
)
@pytest.mark.parametrize("is_tls", [True, False])
def test_what_is_no_answer_fails_one_post_with_its_cause_and_harms_nobody_else(
    serve: Serve,
    certificate: Path,
    broadcaster: ManagementApiBroadcaster,
    deed: Deed,
    cause: str,
    is_tls: bool,
) -> None:
    endpoint = serve(tls=certificate if is_tls else None, behave=to(ROOM[5], deed))

    tally = broadcaster.ask("POST", ROOM, FRAME)

    assert tally.failed in ({ROOM[5]: cause}, {ROOM[5]: "closed before an answer"})
    assert tally.gone == []
    assert has_all(endpoint)


def test_a_line_that_ends_after_each_answer_is_replaced(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    last = Says(answer(200, "Connection: close").data, then_ends=True)
    endpoint = serve(behave=lambda asked: last)

    assert broadcaster.ask("POST", ROOM[:40], FRAME).failed == {}
    assert sorted(endpoint.names()) == ROOM[:40]
    assert endpoint.lines == 40


def test_an_answer_may_come_byte_by_byte(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    serve(behave=to(ANN, Says(chunked, in_pieces=True)))

    assert broadcaster.ask("POST", [ANN, BEN, CY], FRAME).failed == {}


def test_a_clock_that_is_wrong_is_named_as_the_cause(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    refused = "x-amzn-ErrorType: InvalidSignatureException"
    then = time.strftime("Date: %a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 3_600))
    now = time.strftime("Date: %a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    serve(behave=lambda asked: answer(403, refused, then if asked.name == ANN else now))

    failed = broadcaster.ask("POST", [ANN, BEN], FRAME).failed

    assert failed[ANN].startswith("403 InvalidSignatureException; our clock is -3")
    assert failed[BEN] == "403 InvalidSignatureException"  # the control


# What is said of it.


def test_failures_are_logged_by_number_and_cause_without_any_name(
    serve: Serve, broadcaster: ManagementApiBroadcaster, capsys: pytest.CaptureFixture[str]
) -> None:
    serve(behave=to(ANN, answer(403, "x-amzn-ErrorType: ForbiddenException")))
    broadcaster.post([BEN], FRAME)
    assert capsys.readouterr().out == ""  # the control: nothing is said when all is well

    broadcaster.post([ANN, BEN], FRAME)

    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["message"]) == ("WARNING", "posts_failed")
    assert (line["recipients"], line["failed"]) == (2, 1)
    assert line["causes"] == {"403 ForbiddenException": 1}
    assert ANN not in str(line)
