"""Does a line that hangs, fails or has ended harm any post but its own?"""

from __future__ import annotations

import ssl
import threading
import time
from pathlib import Path

import pytest
from teahouse.adapters.aws.fan_out.limits import Limits
from teahouse.adapters.management_api import ManagementApiBroadcaster

from tests.adapters.aws_endpoint import (
    OK,
    Asked,
    Deed,
    Hangs,
    Resets,
    Says,
    tls_server,
)
from tests.adapters.conftest import Serve
from tests.adapters.listening_room import ANN, BEN, FRAME, LIMITS, ROOM, has_all, to
from tests.adapters.resolver import hanging_resolver
from tests.certificates import Authority

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
