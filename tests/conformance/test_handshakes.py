"""1.11 (1) to (4): who is let in, what is asked before, and what the events say.

Each fact has its source; statuses that AWS leaves open (section 7) are sets here.
"""

from __future__ import annotations

import contextlib
import re

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.conformance.deployment import Run, Site, breaks_off, says

EMPTY_CLOSE = b"\x88\x80\x00\x00\x00\x00"  # RFC 6455, 5.2: masked, without a payload
ID = re.compile(r"[A-Za-z0-9_-]{15}=")


def refused(run: Run, **asked: str) -> int:
    with pytest.raises(InvalidStatus) as refusal:
        run.opens(**asked)
    return refusal.value.response.status_code


def test_an_unknown_stage_is_forbidden(site: Site) -> None:
    """Seen on AWS; the developer guide names no status."""
    with pytest.raises(InvalidStatus) as refusal:
        connect(f"{site.scheme}://{site.sockets.partition('/')[0]}/nowhere", compression=None)

    assert refusal.value.response.status_code == 403


def test_a_plain_request_has_to_upgrade(site: Site) -> None:
    """Open question 1: 426 or 403."""
    stage = site.sockets.partition("/")[2]

    assert site.http(f"/{stage}").status in (426, 403)


@pytest.mark.parametrize(
    ("asked", "statuses"),
    [
        ({"authorizer": "Unauthorized"}, {401}),
        ({"authorizer": "unauthorized"}, {500}),
        ({"authorizer": "Deny"}, {403}),
        ({"authorizer": "malformed"}, {500}),
        ({"connect": "400"}, {400}),
        ({"connect": "503"}, {503}),
        ({"connect": "raise"}, {502, 500}),  # open question 1
        ({"connect": "nothing"}, {502, 500}),
    ],
)
def test_a_refusal_has_its_status(run: Run, asked: dict[str, str], statuses: set[int]) -> None:
    """Developer guide, "Create an API Gateway Lambda authorizer" and "Manage connected users".

    Control: the next tests, where the same functions let in.
    """
    assert refused(run, **asked) in statuses
    kinds = [kind for kind, _ in run.all_noted()]
    assert kinds == ["AUTHORIZE", "CONNECT"][: 1 + ("connect" in asked)], "no $disconnect either"


def test_a_missing_identity_source_is_unauthorized_and_runs_nothing(site: Site) -> None:
    """Developer guide, "Input to an API Gateway Lambda authorizer". Control: the other tests."""
    with pytest.raises(InvalidStatus) as refusal:
        connect(f"{site.scheme}://{site.sockets}", compression=None)

    assert refusal.value.response.status_code == 401


def test_only_the_subprotocol_that_connect_chooses_comes_back(run: Run) -> None:
    """Developer guide, "Set up a `$connect` route that needs a WebSocket subprotocol"."""
    with run.opens(connect="subprotocol") as line:
        assert line.subprotocol == "tea.v1"
        assert line.response is not None
        assert {"X-Other", "Set-Cookie"}.isdisjoint(line.response.headers)


def test_without_a_connect_route_everybody_is_let_in(site: Site) -> None:
    """Developer guide, "The `$connect` route" is optional."""
    with site.bare_socket() as line:
        assert line.ping().wait(15)


def test_a_post_during_connect_is_gone(run: Run) -> None:
    """Developer guide: "the connection is not yet established". Control: afterwards it arrives."""
    with run.opens(connect="post") as line:
        posted = run.noted("POSTED")
        assert posted["status"] == 410
        assert run.site.manages("POST", run.connection_id, data="late")["status"] == 200
        assert line.recv(timeout=15) == "late"


def test_connect_sees_headers_as_they_were_sent(run: Run) -> None:
    """Captured events: case is kept, hop-by-hop headers go, absent things are absent."""
    with run.opens({"X-tEa": "green", "User-Agent": "suite"}):
        event = run.noted("CONNECT")

    context = event["requestContext"]
    assert (event["headers"]["X-tEa"], event["multiValueHeaders"]["X-tEa"]) == ("green", ["green"])
    assert {"Connection", "Upgrade"}.isdisjoint(event["headers"])
    assert {"X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"} <= event["headers"].keys()
    assert event["queryStringParameters"]["run"] == run.id
    assert event["multiValueQueryStringParameters"]["run"] == [run.id]
    assert (context["routeKey"], context["eventType"]) == ("$connect", "CONNECT")
    assert (event["isBase64Encoded"], "body" in event, "version" in event) == (False, False, False)
    assert context["identity"]["userAgent"] == "suite"
    assert ID.fullmatch(context["connectionId"])
    assert context["requestId"] == context["extendedRequestId"]
    assert context.get("messageId") is None


def test_an_authorizer_sees_the_upgrade_and_the_final_id(run: Run) -> None:
    """Captured events. Control: `$connect` does not see `Connection`."""
    with run.opens():
        event, connected = run.noted("AUTHORIZE"), run.noted("CONNECT")

    assert event["type"] == "REQUEST"
    assert event["methodArn"].endswith("/conformance/$connect")
    assert {"connection", "upgrade"} <= {name.lower() for name in event["headers"]}
    ids = [one["requestContext"]["connectionId"] for one in (event, connected)]
    assert ids[0] == ids[1]


def test_the_authorizers_context_is_text_on_every_event(run: Run) -> None:
    """Developer guide, "Output from an API Gateway Lambda authorizer"; captured events."""
    with run.opens() as line:
        says(line, action="say")
        events = [run.noted("CONNECT"), run.noted("MESSAGE")]
    events.append(run.noted("DISCONNECT"))

    for event in events:
        told = event["requestContext"]["authorizer"]
        assert (told["principalId"], told["number"], told["truth"]) == ("u1", "1", "true")
    connected = {event["requestContext"]["connectedAt"] for event in events}
    assert len(connected) == 1, "it is the same connection's"


def test_the_authorizer_runs_once(run: Run) -> None:
    """It is asked about the handshake, not about what follows."""
    with run.opens() as line:
        says(line, action="say")
        run.noted("MESSAGE")
    run.noted("DISCONNECT")

    assert [kind for kind, _ in run.all_noted()].count("AUTHORIZE") == 1


@pytest.mark.parametrize(
    ("how", "code"), [("with a code", 4000), ("without one", 1005), ("without a word", 1006)]
)
def test_disconnect_tells_how_it_ended(run: Run, how: str, code: int) -> None:
    """Developer guide, "The `$disconnect` route"; four fixed headers, as in captured events."""
    with contextlib.suppress(OSError), run.opens() as line:  # TLS has ended before the library
        run.noted("CONNECT")
        if how == "with a code":
            line.close(4000, "tea is ready")
        elif how == "without one":
            line.socket.sendall(EMPTY_CLOSE)
        else:
            breaks_off(line)
        event = run.noted("DISCONNECT")

    context = event["requestContext"]
    assert context["disconnectStatusCode"] == code
    assert (context["eventType"], context["routeKey"]) == ("DISCONNECT", "$disconnect")
    if code == 4000:
        assert context["disconnectReason"] == "tea is ready"
    assert {"x-api-key", "X-Forwarded-For", "x-restapi", "Host"} == event["headers"].keys()
    assert {"body", "queryStringParameters"}.isdisjoint(event)
