"""Do handlers understand what Lambda hands them? Each sample event through its own handler."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from teahouse import bootstrap
from teahouse.app import App
from teahouse.domain.connection import ROOM_ROW_MS, Listener

from tests.cast import ANN, BEN, NOON_MS
from tests.functions.world_of_samples import CONNECTION, EVENTS, Context, connect, furnish, sample
from tests.world import RecordingBroadcaster, memory_app

# What each route of the socket answers on it; `None`: nothing, by contract.
ANSWERS = {
    "default": "refused",
    "ping": "pong",
    "hello": "welcome",
    "join_room": "joined",
    "unjoin_room": "unjoined",
    "send_message": "sent",
    "edit_message": "done",
    "delete_message": "done",
    "react": "done",
    "mark_read": None,
    "signal_typing": "refused",  # this connection does not hear the den
}
STATUSES = {
    "accounts.register": 201,
    "accounts.read_me": 200,
    "accounts.change_me": 200,
    "accounts.make_recovery_code": 201,
    "accounts.recover": 201,
    "sessions.sign_in": 201,
    "sessions.enter_as_guest": 201,
    "sessions.renew": 200,
    "sessions.list_sessions": 200,
    "sessions.end_session": 204,
    "keys.list_keys": 200,
    "keys.create_key": 201,
    "keys.delete_key": 204,
    "my_data.export": 200,
    "my_data.erase": 204,
    "tickets.issue_ticket": 201,
    "rooms.list_rooms": 200,
    "rooms.create_room": 201,
    "rooms.list_public_rooms": 200,
    "rooms.read_room": 200,
    "rooms.replace_code": 201,
    "rooms.read_invitation": 200,
    "rooms.join_by_code": 200,  # ann is in the den already
    "rooms.list_members": 200,
    "rooms.list_people": 200,
    "rooms.change_member": 204,
    "rooms.remove_member": 204,
    "rooms.open_direct_room": 201,
    "rooms.change_room": 200,
    "rooms.close_room": 204,
    "rooms.list_bans": 200,
    "rooms.ban_member": 204,
    "rooms.lift_ban": 204,
    "messages.read_events": 200,
    "messages.read_messages": 200,
    "messages.send_message": 201,
    "notifications.send_notification": 202,
    "notifications.list_notifications": 200,
    "notifications.read_notifications": 200,
    "notifications.announce": 202,
    "safety.list_blocks": 200,
    "safety.block_person": 204,
    "safety.unblock_person": 204,
    "safety.report_message": 202,
    "safety.list_reports": 200,
    "documents.read_openapi": 200,
    "documents.read_asyncapi": 200,
    "documents.read_docs": 200,
    "documents.read_docs_style": 200,
    "messages.search": 200,
    "uploads.create_upload": 201,
    "uploads.read_upload": 200,
    "uploads.read_image": 200,
    "uploads.read_thumb": 200,
    "uploads.read_drawn_avatar": 200,
    "health.read_health": 200,
}
WITHOUT_SESSION = {
    "accounts.register",
    "accounts.recover",
    "sessions.sign_in",
    "sessions.enter_as_guest",
    "rooms.read_invitation",
    "documents.read_openapi",
    "documents.read_asyncapi",
    "documents.read_docs",
    "documents.read_docs_style",
    "health.read_health",
}


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """Put the world of the samples in memory: ann signed in, ben beside her in the den."""
    for name in ("SITE_ORIGIN", "COOKIE_SECURE", "RATE_SCALE"):
        monkeypatch.delenv(name, raising=False)
    app = memory_app()
    furnish(app)
    bootstrap.use(app)
    yield app
    bootstrap.use(None)


@pytest.mark.parametrize("stem", sorted(ANSWERS))
def test_a_message_is_answered_on_its_connection(app: App, stem: str) -> None:
    connect(app)

    assert invoke("websocket", stem) == {"statusCode": 200}
    kinds = [frame["type"] for frame in posted_to(app, CONNECTION)]
    assert kinds == ([] if ANSWERS[stem] is None else [ANSWERS[stem]])


def test_an_answer_carries_the_id_of_its_action(app: App) -> None:
    connect(app)
    for stem, kind in ANSWERS.items():
        if kind is not None:
            invoke("websocket", stem)
            asked = json.loads(sample("websocket", stem)["body"])["id"]

            assert posted_to(app, CONNECTION)[-1]["re"] == asked, stem


def test_a_message_reaches_who_hears_the_room(app: App) -> None:
    connect(app)
    hears = Listener(connection_id="bens-connection=", user_id=BEN.id)
    app.connections.register("den", hears, NOON_MS + ROOM_ROW_MS)

    invoke("websocket", "send_message")
    (frame,) = posted_to(app, "bens-connection=")
    assert frame["events"][0]["text"] == "你好，一起喝茶吗？"


def test_the_authorizer_lets_in_who_has_the_cookie_and_our_origin(app: App) -> None:
    answer = invoke("websocket", "authorize")

    assert answer["principalId"] == ANN.id
    assert answer["context"] == {"userId": ANN.id, "sessionId": "session-of-ann"}
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"


def test_the_authorizer_denies_the_same_cookie_from_another_site(app: App) -> None:
    event = sample("websocket", "authorize")
    event["headers"]["Origin"] = "https://elsewhere.example"
    event["multiValueHeaders"]["Origin"] = ["https://elsewhere.example"]

    answer = import_module("functions.websocket.authorize").lambda_handler(event, Context())
    assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"


def test_a_connection_is_remembered_and_forgotten(app: App) -> None:
    opened_line = invoke("websocket", "connect")
    remembered = app.connections.find(CONNECTION)
    closed = invoke("websocket", "disconnect")

    assert opened_line["statusCode"] == 200
    assert opened_line["headers"] == {"Sec-WebSocket-Protocol": "teahouse.v1"}
    assert remembered is not None
    assert remembered.user_id == ANN.id
    assert closed["statusCode"] == 200
    assert app.connections.find(CONNECTION) is None


@pytest.mark.parametrize("name", sorted(STATUSES))
def test_a_request_is_answered(app: App, name: str) -> None:
    answer = invoke("rest", name)

    assert answer["statusCode"] == STATUSES[name], answer["body"]


@pytest.mark.parametrize("name", sorted(STATUSES.keys() - WITHOUT_SESSION))
def test_a_request_without_its_cookie_is_refused(app: App, name: str) -> None:
    """The control is the test above: the same request with the cookie is answered."""
    event = sample("rest", name)
    del event["cookies"]

    answer = import_module(f"functions.rest.{name.partition('.')[0]}").lambda_handler(
        event, Context()
    )
    assert answer["statusCode"] == 401
    assert json.loads(answer["body"])["code"] == "not_signed_in"


def test_every_sample_is_sent_by_one_of_these_tests() -> None:
    sockets = {path.stem for path in (EVENTS / "websocket").glob("*.json")}
    requests = {path.stem for path in (EVENTS / "rest").glob("*.json")}

    assert sockets == ANSWERS.keys() | {"authorize", "connect", "disconnect"}
    assert requests == STATUSES.keys()


def invoke(folder: str, stem: str) -> dict[str, Any]:
    """Send a sample through its handler; the answer goes through JSON, as Lambda's does."""
    handler = import_module(f"functions.{folder}.{stem.partition('.')[0]}").lambda_handler
    answer: dict[str, Any] = json.loads(json.dumps(handler(sample(folder, stem), Context())))
    return answer


def posted_to(app: App, connection_id: str) -> list[dict[str, Any]]:
    """List the frames a connection got."""
    broadcaster = app.broadcaster
    assert isinstance(broadcaster, RecordingBroadcaster)
    return broadcaster.to(connection_id)
