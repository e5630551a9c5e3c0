"""Who opens a socket, as API Gateway asks the authorizer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from teahouse import bootstrap
from teahouse.actions.issue_ticket import issue_ticket
from teahouse.actions.open_session import SignedIn
from teahouse.actions.register import register
from teahouse.app import App
from teahouse.domain.session import TICKET_MS, Caller

from functions.websocket.authorize import lambda_handler
from tests.world import memory_app

ARN = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/ws/$connect"
SITE = "https://chat.example.org"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    for name in ("SITE_ORIGIN", "COOKIE_SECURE"):
        monkeypatch.delenv(name, raising=False)
    app = memory_app()
    bootstrap.use(app)
    yield app
    bootstrap.use(None)


@pytest.fixture
def ann(app: App) -> SignedIn:
    return register(app, username="ann-oolong", password="correct horse")


def handshake(**headers: str | None) -> dict[str, Any]:
    """Ask the authorizer; names of `headers` get their dashes here."""
    sent = {"Host": "chat.example.org"}
    sent |= {k.replace("_", "-"): v for k, v in headers.items() if v is not None}
    event = {"type": "REQUEST", "methodArn": ARN, "headers": sent}
    answer: dict[str, Any] = json.loads(json.dumps(lambda_handler(event, None)))
    return answer


def refused(**headers: str | None) -> bool:
    """Tell whether the handshake ends with 401."""
    try:
        handshake(**headers)
    except Exception as error:
        return str(error) == "Unauthorized"
    return False


def effect(answer: dict[str, Any]) -> str:
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Action"] == "execute-api:Invoke"
    assert statement["Resource"] == ARN
    return str(statement["Effect"])


def cookie_of(ann: SignedIn) -> str:
    return f"theme=dark; __Host-sid={ann.credential}"


def ticket_of(app: App, ann: SignedIn) -> str:
    caller = Caller(user_id=ann.user.id, session_id=ann.session.id)
    return f"teahouse.v1, ticket.{issue_ticket(app, caller=caller)[0]}"


def test_our_page_gets_in_and_every_later_event_names_the_person(ann: SignedIn) -> None:
    answer = handshake(Cookie=cookie_of(ann), Origin=SITE)

    assert effect(answer) == "Allow"
    assert answer["principalId"] == ann.user.id
    assert answer["context"] == {"userId": ann.user.id, "sessionId": ann.session.id}


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example.org", "https://chat.example.org.evil.net", f"{SITE}:444"],
)
def test_a_page_that_is_not_ours_is_denied(ann: SignedIn, origin: str | None) -> None:
    assert effect(handshake(Cookie=cookie_of(ann), Origin=SITE)) == "Allow"

    answer = handshake(Cookie=cookie_of(ann), Origin=origin)

    assert effect(answer) == "Deny"
    assert "context" not in answer


def test_without_a_session_the_handshake_ends_with_401(app: App, ann: SignedIn) -> None:
    assert not refused(Cookie=cookie_of(ann), Origin=SITE)

    assert refused(Origin=SITE)
    assert refused(Origin=SITE, Cookie="__Host-sid=junk")
    app.accounts.remove_session(ann.user.id, ann.session.id)
    assert refused(Cookie=cookie_of(ann), Origin=SITE)


def test_a_ticket_gets_any_client_in_once(app: App, ann: SignedIn) -> None:
    ticket = ticket_of(app, ann)

    first = handshake(Sec_WebSocket_Protocol=ticket, Origin="https://bots.example.net")

    assert effect(first) == "Allow"
    assert first["context"]["userId"] == ann.user.id
    assert refused(Sec_WebSocket_Protocol=ticket)


def test_an_expired_ticket_gets_nobody_in(app: App, ann: SignedIn) -> None:
    good, late = ticket_of(app, ann), ticket_of(app, ann)
    assert not refused(Sec_WebSocket_Protocol=good)

    app.clock.sleep(TICKET_MS / 1000)

    assert refused(Sec_WebSocket_Protocol=late)


def test_what_stands_in_the_address_gets_nobody_in(app: App, ann: SignedIn) -> None:
    """Addresses are kept in logs and proxies. Control: the same ticket as a subprotocol."""
    ticket = ticket_of(app, ann)
    secret = ticket.partition("ticket.")[2]
    query = {"ticket": secret, "token": secret, "Sec-WebSocket-Protocol": ticket}
    event = {
        "type": "REQUEST",
        "methodArn": ARN,
        "headers": {"Host": "chat.example.org"},
        "queryStringParameters": query,
    }

    with pytest.raises(Exception, match="Unauthorized"):
        lambda_handler(event, None)
    assert not refused(Sec_WebSocket_Protocol=ticket)


def test_header_names_are_found_in_any_case(app: App, ann: SignedIn) -> None:
    assert effect(handshake(COOKIE=cookie_of(ann), origin=SITE)) == "Allow"
    assert effect(handshake(sec_websocket_protocol=ticket_of(app, ann))) == "Allow"
