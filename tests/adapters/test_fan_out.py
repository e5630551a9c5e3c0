"""Does every post arrive, and does whatever goes wrong stay where it is?"""

from __future__ import annotations

import json
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from teahouse.adapters.aws.fan_out.limits import Limits
from teahouse.adapters.management_api import ManagementApiBroadcaster

from local_cloud.signatures import Signatures
from tests.adapters.aws_endpoint import (
    GONE,
    OK,
    SLOW_DOWN,
    Asked,
    AwsEndpoint,
    Deed,
    Hangs,
    Resets,
    Says,
    answer,
    tls_server,
)
from tests.adapters.conftest import Serve
from tests.adapters.resolver import hanging_resolver
from tests.certificates import Authority

FRAME = json.dumps({"type": "events", "text": "茶"}, ensure_ascii=False).encode()
ROOM = [f"L0SM9cO-{number:05}_=" for number in range(200)]
ANN, BEN, CY = "ann+/=", "ben", "cy"
LIMITS = Limits(call_s=10.0, answer_s=2.0, retry_s=0.002)
IMPATIENT = Limits(call_s=10.0, answer_s=0.6, retry_s=0.002)


@pytest.fixture
def broadcaster() -> Iterator[ManagementApiBroadcaster]:
    broadcaster = ManagementApiBroadcaster(LIMITS)
    yield broadcaster
    broadcaster.disconnect()


@pytest.fixture
def impatient() -> Iterator[ManagementApiBroadcaster]:
    broadcaster = ManagementApiBroadcaster(IMPATIENT)
    yield broadcaster
    broadcaster.disconnect()


def to(name: str, deed: Deed, *, times: int = 1_000) -> object:
    """Behave so to one connection, the first few times; well to all others."""
    return lambda asked: deed if asked.name == name and asked.before < times else OK


def has_all(endpoint: AwsEndpoint, *but: str) -> bool:
    """Tell whether everybody in the room was posted to, but for these."""
    return set(endpoint.names()) >= set(ROOM) - set(but)


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


# Silence.


@pytest.mark.parametrize("deed", [Hangs(), Says(b"HTTP/1.1 200 OK\r\nContent-Le")])
def test_one_that_hangs_costs_nobody_else_anything(
    serve: Serve, impatient: ManagementApiBroadcaster, deed: Deed
) -> None:
    endpoint = serve(behave=to(ROOM[0], deed))

    tally = impatient.ask("POST", ROOM, FRAME)

    assert tally.failed == {ROOM[0]: "no answer in time"}
    assert has_all(endpoint)
    assert endpoint.ended.wait(5), "the line that hung is closed: nothing goes on after a call"


def test_a_room_of_two_goes_on_over_another_line_when_one_hangs(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    """Ben is behind Ann on the only line; he has to be reached long before she is given up."""
    ben_was_reached = threading.Event()

    def behave(asked: Asked) -> Deed:
        if asked.name == ANN:
            return Hangs()
        ben_was_reached.set()
        return OK

    serve(behave=behave)
    call = threading.Thread(target=broadcaster.post, args=([ANN, BEN], FRAME))
    started = time.monotonic()
    call.start()

    assert ben_was_reached.wait(LIMITS.answer_s)
    assert time.monotonic() - started < LIMITS.answer_s / 2
    call.join()


def test_when_all_hang_the_call_ends_with_its_deadline(serve: Serve) -> None:
    endpoint = serve(behave=lambda asked: Hangs())
    broadcaster = ManagementApiBroadcaster(Limits(call_s=0.5, answer_s=0.2, lines=4))
    threads = threading.active_count()
    started = time.monotonic()

    tally = broadcaster.ask("POST", ROOM, FRAME)

    assert 0.4 < time.monotonic() - started < 5
    assert tally.failed == dict.fromkeys(ROOM, "no answer in time")
    assert 0 < len(endpoint.asked) < len(ROOM)
    assert threading.active_count() == threads
    assert len(broadcaster._lines) == 0
    broadcaster.disconnect()


def test_a_handshake_that_hangs_ends_with_its_deadline(
    serve: Serve, impatient: ManagementApiBroadcaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    mute = serve(tls=None)  # it waits for a request, we for its side of TLS
    monkeypatch.setenv(
        "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", mute.url.replace("http:", "https:")
    )

    assert impatient.ask("POST", [ANN], FRAME).failed == {ANN: "no connection in time"}


# Lines that cannot be opened.


def test_nobody_is_there(
    serve: Serve, broadcaster: ManagementApiBroadcaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = serve()
    assert broadcaster.ask("POST", ROOM, FRAME).failed == {}  # the control
    broadcaster.disconnect()
    monkeypatch.setenv("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", "https://127.0.0.1:9/ws")

    failed = broadcaster.ask("POST", ROOM, FRAME).failed

    assert failed == dict.fromkeys(ROOM, "Connection refused")
    assert len(endpoint.asked) == len(ROOM)


def test_a_resolver_that_hangs_ends_with_the_deadline(
    serve: Serve, impatient: ManagementApiBroadcaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve()
    with hanging_resolver(monkeypatch):
        failed = impatient.ask("POST", [ANN, BEN], FRAME).failed

    assert failed == dict.fromkeys([ANN, BEN], "no address in time")
    assert impatient.ask("POST", [ANN], FRAME).failed == {}  # the control


@pytest.mark.parametrize("fault", ["expired", "for another host", "of an unknown authority"])
def test_a_certificate_that_does_not_hold_gets_no_request(
    serve: Serve,
    authority: Authority,
    tmp_path: Path,
    broadcaster: ManagementApiBroadcaster,
    fault: str,
) -> None:
    shown = {
        "expired": authority.certificate(has_expired=True),
        "for another host": authority.certificate("127.0.0.2"),
        "of an unknown authority": Authority(tmp_path).certificate(),
    }[fault]
    good = serve()
    assert broadcaster.ask("POST", [ANN], FRAME).failed == {}  # the control
    bad = serve(tls=shown)

    failed = broadcaster.ask("POST", [ANN, BEN], FRAME).failed

    assert set(failed) == {ANN, BEN}
    assert failed[ANN].startswith("a certificate that does not hold: ")
    assert (good.names(), bad.names()) == ([ANN], [])


def test_an_expired_certificate_on_some_lines_harms_no_post(
    serve: Serve, authority: Authority, certificate: Path, broadcaster: ManagementApiBroadcaster
) -> None:
    context = tls_server(certificate)
    expired = tls_server(authority.certificate(has_expired=True))
    shown: list[bool] = []

    def show(line: ssl.SSLObject, name: str, _: ssl.SSLContext) -> None:
        shown.append(len(shown) % 3 == 2)
        if shown[-1]:
            line.context = expired

    context.sni_callback = show
    endpoint = serve(tls=context)

    assert broadcaster.ask("POST", ROOM, FRAME).failed == {}
    assert any(shown)  # the control: some were shown
    assert sorted(endpoint.names()) == ROOM


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", ""),
        ("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", "ftp://127.0.0.1/"),
        ("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", "https://host.invalid/ws"),
        ("AWS_SECRET_ACCESS_KEY", ""),
    ],
)
def test_what_the_environment_lacks_is_a_failure_with_a_cause_and_no_exception(
    serve: Serve,
    broadcaster: ManagementApiBroadcaster,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    endpoint = serve()
    assert broadcaster.ask("POST", [ANN], FRAME).failed == {}  # the control
    monkeypatch.setenv(variable, value)

    failed = broadcaster.ask("POST", [ANN], FRAME).failed

    assert list(failed) == [ANN]
    assert failed[ANN]
    assert endpoint.names() == [ANN]


# Lines that ended while the worker was frozen.


def test_lines_that_ended_between_calls_lose_no_post(
    serve: Serve, broadcaster: ManagementApiBroadcaster
) -> None:
    endpoint = serve()
    broadcaster.post(ROOM, FRAME)
    lines = endpoint.lines
    endpoint.end_lines()

    assert broadcaster.ask("POST", ROOM, FRAME).failed == {}
    assert sorted(endpoint.names()) == sorted(ROOM * 2)
    assert endpoint.lines > lines  # the control: they were replaced


@pytest.mark.parametrize("deed", [Resets(), Says(b"", then_ends=True), Hangs()])
def test_a_kept_line_that_proves_stale_loses_no_post(
    serve: Serve, impatient: ManagementApiBroadcaster, deed: Deed
) -> None:
    endpoint = serve()
    while impatient.ask("POST", ROOM, FRAME).failed:  # it gives up soon on a busy machine
        pass
    old, seen = endpoint.lines, len(endpoint.asked)
    endpoint.behave = lambda asked: deed if asked.line < old else OK

    assert impatient.ask("POST", ROOM[:5], FRAME).failed == {}
    assert {asked.name for asked in endpoint.asked if asked.line >= old} == set(ROOM[:5])
    assert any(asked.line < old for asked in endpoint.asked[seen:])  # the control


def test_a_line_that_was_silent_for_long_is_not_used_again(serve: Serve) -> None:
    endpoint = serve()
    broadcaster = ManagementApiBroadcaster(Limits(kept_s=0.0))

    broadcaster.post([ANN], FRAME)
    broadcaster.post([ANN], FRAME)

    assert [asked.line for asked in endpoint.asked] == [0, 1]
    broadcaster.disconnect()


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
