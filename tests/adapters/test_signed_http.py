"""Does a call end in time, with an answer or a cause, and happen no more often than it may?"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from teahouse.adapters.aws.endpoint import Endpoint, current_endpoint, parse_endpoint
from teahouse.adapters.aws.failures import (
    CallFailed,
    ConnectionFailed,
    NonsenseAnswer,
    NotConfigured,
    TimedOut,
)
from teahouse.adapters.aws.signed_http import SignedHttp

from tests.adapters.aws_endpoint import (
    OK,
    AwsEndpoint,
    Deed,
    Hangs,
    Resets,
    Says,
    answer,
    tls_server,
)
from tests.adapters.conftest import Serve
from tests.adapters.resolver import crowded, hanging_resolver, resolves_to
from tests.certificates import Authority

VARIABLE = "AWS_ENDPOINT_URL_DYNAMODB"
TARGET = {"X-Amz-Target": "DynamoDB_20120810.GetItem", "Content-Type": "application/x-amz-json-1.0"}
BODY = '{"TableName":"茶"}'.encode()


@pytest.fixture
def http() -> Iterator[SignedHttp]:
    http = SignedHttp("dynamodb", VARIABLE, regular_host="dynamodb")
    yield http
    http.close()


def ask(http: SignedHttp, *, deadline_s: float = 5.0, is_repeatable: bool = False) -> bytes:
    """Make a call and give the body of its answer."""
    return http.request(
        "POST", "/", TARGET, BODY, deadline_s=deadline_s, is_repeatable=is_repeatable
    ).body


def dynamodb(serve: Serve, tls: Path | None, **facts: object) -> AwsEndpoint:
    return serve(tls=tls, service="dynamodb", **facts)


@pytest.fixture(params=[True, False], ids=["tls", "plain"])
def tls(request: pytest.FixtureRequest, certificate: Path) -> Path | None:
    return certificate if request.param else None


def test_calls_are_signed_and_share_a_line(
    serve: Serve, http: SignedHttp, tls: Path | None
) -> None:
    endpoint = dynamodb(serve, tls, behave=lambda asked: answer(200, body=b"{}"))

    assert [ask(http), ask(http)] == [b"{}", b"{}"]

    assert [(asked.target, asked.body) for asked in endpoint.asked] == [("/ws/", BODY)] * 2
    assert [asked.headers["x-amz-target"] for asked in endpoint.asked] == [
        TARGET["X-Amz-Target"]
    ] * 2
    assert endpoint.unsigned == []
    assert endpoint.lines == 1


def test_an_answer_of_any_status_is_given(
    serve: Serve, http: SignedHttp, certificate: Path
) -> None:
    dynamodb(serve, certificate, behave=lambda asked: answer(400, "X-Why: so", body=b"no"))

    given = http.request("POST", "/", TARGET, BODY, deadline_s=5.0)

    assert (given.status, given.headers["x-why"], given.body) == (400, "so", b"no")


def test_a_long_answer_in_chunks_is_given_whole(
    serve: Serve, http: SignedHttp, tls: Path | None
) -> None:
    item = b"x" * 100_000
    chunk = b"186a0\r\n" + item + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    dynamodb(serve, tls, behave=lambda asked: Says(head + chunk * 30 + b"0\r\n\r\n"))

    assert ask(http) == item * 30


def test_calls_at_the_same_time_use_lines_of_their_own(
    serve: Serve, http: SignedHttp, certificate: Path
) -> None:
    both = threading.Barrier(2, timeout=5)
    endpoint = dynamodb(serve, certificate)
    threads = [threading.Thread(target=lambda: (both.wait(), ask(http))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(endpoint.asked) == 2
    assert endpoint.unsigned == []


def test_a_line_that_ended_in_silence_is_replaced_even_for_what_must_not_happen_twice(
    serve: Serve, http: SignedHttp, tls: Path | None
) -> None:
    endpoint = dynamodb(serve, tls)
    ask(http)
    endpoint.end_lines()

    ask(http)

    assert [asked.line for asked in endpoint.asked] == [0, 1]


@pytest.mark.parametrize("deed", [Resets(), Says(b"", then_ends=True)])
def test_a_call_that_a_kept_line_swallowed_is_repeated_only_if_it_may_be(
    serve: Serve, http: SignedHttp, tls: Path | None, deed: Deed
) -> None:
    endpoint = dynamodb(serve, tls)
    ask(http)
    endpoint.behave = lambda asked: deed if asked.before_on_line else OK

    with pytest.raises(ConnectionFailed) as failed:
        ask(http)
    assert failed.value.may_have_happened
    assert len(endpoint.asked) == 2

    ask(http)
    ask(http, is_repeatable=True)
    assert [asked.line for asked in endpoint.asked] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("deed", [Resets(), Says(b"", then_ends=True)])
def test_a_fresh_line_that_ends_is_a_failure_at_once(
    serve: Serve, http: SignedHttp, tls: Path | None, deed: Deed
) -> None:
    endpoint = dynamodb(serve, tls, behave=lambda asked: deed)

    with pytest.raises(ConnectionFailed) as failed:
        ask(http, is_repeatable=True)

    assert failed.value.may_have_happened
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize("deed", [Hangs(), Says(b"HTTP/1.1 200 OK\r\nContent-Le")])
def test_silence_ends_with_the_deadline_and_the_line_with_it(
    serve: Serve, http: SignedHttp, tls: Path | None, deed: Deed
) -> None:
    endpoint = dynamodb(serve, tls, behave=lambda asked: OK if asked.line else deed)
    started = time.monotonic()

    with pytest.raises(TimedOut) as failed:
        ask(http, deadline_s=0.2)

    assert 0.15 < time.monotonic() - started < 3
    assert failed.value.may_have_happened
    assert endpoint.ended.wait(5)
    ask(http)
    assert [asked.line for asked in endpoint.asked] == [0, 1]


def test_a_trickle_does_not_stretch_the_deadline(
    serve: Serve, http: SignedHttp, tls: Path | None
) -> None:
    endless = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9_000
    dynamodb(serve, tls, behave=lambda asked: Says(endless, in_pieces=True))

    with pytest.raises(TimedOut):
        ask(http, deadline_s=0.2)


@pytest.mark.parametrize(
    ("deed", "cause"),
    [
        (Says(b"SSH-2.0-Store\r\n"), "not HTTP"),
        (answer(301, "Location: http://elsewhere.test/"), r"a redirect \(status 301\)"),
        (
            Says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", then_ends=True),
            "half an answer",
        ),
        (Says(OK.data * 2), "more than one answer"),
    ],
)
def test_what_is_no_answer_is_nonsense_and_the_next_call_is_well(
    serve: Serve, http: SignedHttp, tls: Path | None, deed: Deed, cause: str
) -> None:
    dynamodb(serve, tls, behave=lambda asked: OK if asked.before else deed)

    with pytest.raises(NonsenseAnswer, match=cause) as failed:
        ask(http)

    assert failed.value.may_have_happened
    assert ask(http) == b""


def test_an_expired_certificate_gets_no_request(
    serve: Serve, authority: Authority, http: SignedHttp, certificate: Path
) -> None:
    dynamodb(serve, certificate)
    ask(http)  # the control
    endpoint = dynamodb(serve, authority.certificate(has_expired=True))

    with pytest.raises(ConnectionFailed, match="certificate has expired") as failed:
        ask(http)

    assert not failed.value.may_have_happened
    assert endpoint.asked == []


def test_a_handshake_that_hangs_ends_with_the_deadline(
    serve: Serve, http: SignedHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    mute = dynamodb(serve, None)
    monkeypatch.setenv(VARIABLE, mute.url.replace("http:", "https:"))

    with pytest.raises(TimedOut, match="no TLS in time") as failed:
        ask(http, deadline_s=0.2)

    assert not failed.value.may_have_happened


def test_nobody_is_there(serve: Serve, http: SignedHttp, monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb(serve, None)
    with socket.socket() as taken:  # bound, but it does not listen
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv(VARIABLE, f"http://127.0.0.1:{taken.getsockname()[1]}")

        with pytest.raises(ConnectionFailed, match="refused") as failed:
            ask(http)

    assert not failed.value.may_have_happened


def test_a_host_with_addresses_that_lead_nowhere_is_reached_by_the_one_that_does(
    serve: Serve, http: SignedHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = dynamodb(serve, None)
    port = int(endpoint.url.rpartition(":")[2].partition("/")[0])
    with crowded() as nowhere:
        resolves_to(monkeypatch, nowhere, nowhere, ("127.0.0.1", port))
        ask(http, deadline_s=0.9)
        http.close()
        resolves_to(monkeypatch, nowhere, nowhere, nowhere)
        started = time.monotonic()

        with pytest.raises(TimedOut, match="no connection in time") as failed:
            ask(http, deadline_s=0.3)

        assert time.monotonic() - started < 0.6, "each address had the whole deadline"
    assert not failed.value.may_have_happened
    assert len(endpoint.asked) == 1


def test_a_resolver_that_hangs_ends_with_the_deadline(
    serve: Serve, http: SignedHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    dynamodb(serve, None)
    with hanging_resolver(monkeypatch), pytest.raises(TimedOut, match="no address in time"):
        ask(http, deadline_s=0.2)

    ask(http)  # the control


def test_who_takes_a_request_in_drops_does_not_stretch_the_deadline(
    http: SignedHttp, certificate: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """64 MB, of which a reader takes 64 KB every 50 ms: each drop is in time, all are not."""
    serve()  # whom to trust
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv(VARIABLE, f"https://127.0.0.1:{listening.getsockname()[1]}")
        over = threading.Event()

        def sip() -> None:
            taken, _ = listening.accept()
            with tls_server(certificate).wrap_socket(taken, server_side=True) as line:
                while not over.wait(0.05) and line.recv(65_536):
                    pass

        sipping = threading.Thread(target=sip)
        sipping.start()
        started = time.monotonic()
        with pytest.raises(TimedOut):
            http.request("POST", "/", TARGET, bytes(64_000_000), deadline_s=0.5)
        took_s = time.monotonic() - started
        over.set()
        sipping.join()

    assert took_s < 3


@pytest.mark.parametrize("missing", ["AWS_REGION", "AWS_ACCESS_KEY_ID"])
def test_what_is_not_configured_is_not_tried(
    serve: Serve, http: SignedHttp, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    endpoint = dynamodb(serve, None)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv(missing)

    with pytest.raises(NotConfigured, match=missing) as failed:
        ask(http)

    assert isinstance(failed.value, CallFailed)
    assert endpoint.asked == []


# Endpoints.


def test_a_service_is_at_its_regular_host_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert current_endpoint(VARIABLE, regular_host="dynamodb") == Endpoint(
        "https", "dynamodb.eu-west-1.amazonaws.com", 443
    )

    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:8000")
    assert current_endpoint(VARIABLE, regular_host="dynamodb") == Endpoint(
        "http", "127.0.0.1", 8000
    )


def test_a_service_without_a_regular_host_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)

    with pytest.raises(NotConfigured, match=VARIABLE):
        current_endpoint(VARIABLE)


@pytest.mark.parametrize(
    ("url", "authority", "base_path"),
    [
        (
            "https://a1.execute-api.eu-west-1.amazonaws.com/ws",
            "a1.execute-api.eu-west-1.amazonaws.com",
            "/ws",
        ),
        ("https://host.test:443/", "host.test", ""),
        ("https://host.test:80", "host.test:80", ""),
        ("http://[::1]:8000/a/b/", "[::1]:8000", "/a/b"),
    ],
)
def test_the_host_header_names_a_port_only_if_it_is_not_the_schemes_own(
    url: str, authority: str, base_path: str
) -> None:
    endpoint = parse_endpoint(url)

    assert (endpoint.authority, endpoint.base_path) == (authority, base_path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://host.test",
        "https://",
        "https://user:secret@host.test",
        "https://h/?q=1",
        "host.test",
    ],
)
def test_what_is_no_plain_url_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(NotConfigured) as refused:
        parse_endpoint(url)

    assert "secret" not in str(refused.value)
