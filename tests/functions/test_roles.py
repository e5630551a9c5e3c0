"""Does each function's role allow what the function does, and nothing it never does?

Sample events run through their handlers on the real adapters; every call to the store is compared
with the policies of template.yaml. No emulator would refuse what AWS refuses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from teahouse import bootstrap
from teahouse.app import App
from teahouse.domain.connection import ROOM_ROW_MS, Listener

from tests.architecture import declared
from tests.cast import BEN, NOON_MS
from tests.engine import empty_tables
from tests.functions.world_of_samples import EVENTS, Context, connect, furnish, sample
from tests.store_seam import seam
from tests.world import RecordingBroadcaster, engine_app, lean_app

Call = tuple[str, str]  # an IAM action, and the table it touches

PARTS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


@pytest.fixture
def folder() -> str:
    """Whose functions the test is about, unless it is told."""
    return "websocket"


@pytest.fixture
def app(engine_url: str, monkeypatch: pytest.MonkeyPatch, folder: str) -> Iterator[App]:
    """Make the App that functions of the folder have."""
    for name in ("SITE_ORIGIN", "COOKIE_SECURE", "RATE_SCALE"):
        monkeypatch.delenv(name, raising=False)
    empty_tables(engine_url)  # whoever is erased would leave the rooms of other tests, one by one
    app = lean_app() if folder == "websocket" else engine_app()
    furnish(app)
    bootstrap.use(app)
    yield app
    bootstrap.use(None)


def samples() -> list[tuple[str, str, str]]:
    """List function, folder and stem of every sample event."""
    sockets = {declared.handler_file(f).stem: f for f in declared.socket_routes().values()}
    sockets["authorize"] = declared.authorizer()
    requests = {route.sample: route.function for route in declared.http_routes()}
    return [(sockets[path.stem], "websocket", path.stem) for path in listed("websocket")] + [
        (requests[path.stem], "rest", path.stem) for path in listed("rest")
    ]


def listed(folder: str) -> list[Any]:
    return sorted((EVENTS / folder).glob("*.json"))


@pytest.mark.parametrize(("function", "folder", "stem"), samples())
def test_a_role_allows_what_its_function_does(
    app: App, function: str, folder: str, stem: str
) -> None:
    if stem != "connect":
        connect(app)
    hears = Listener(connection_id="bens-connection=", user_id=BEN.id)
    app.connections.register("den", hears, NOON_MS + ROOM_ROW_MS)
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    app.broadcaster.gone.add(hears.connection_id)  # so that it is forgotten, which takes rights too
    done: set[Call] = set()

    with seam(recording(done)):
        handler = import_module(f"functions.{folder}.{stem.partition('.')[0]}").lambda_handler
        handler(sample(folder, stem), Context())
    assert done <= allowed(function)


def test_a_call_that_no_policy_names_would_be_found(app: App) -> None:
    """The control: the calls of one function are too much for another's role."""
    connect(app)
    done: set[Call] = set()
    event = sample("websocket", "send_message")
    said_once = json.loads(event["body"])["clientMessageId"]
    event["body"] = event["body"].replace(said_once, "never-said-before-00000")

    with seam(recording(done)):
        import_module("functions.websocket.send_message").lambda_handler(event, Context())
    assert ("dynamodb:Query", "ConnectionsTable") in done
    assert not done <= allowed("PingFunction")


def recording(done: set[Call]) -> Callable[[str, dict[str, Any], Callable[[], Any]], Any]:
    """Note each call as IAM would see it, and carry it out."""

    def record(operation: str, params: dict[str, Any], call: Callable[[], Any]) -> Any:
        if operation == "TransactWriteItems":
            for item in params["TransactItems"]:
                done.update((PARTS[kind], part["TableName"]) for kind, part in item.items())
        elif operation in ("BatchGetItem", "BatchWriteItem"):
            done.update((f"dynamodb:{operation}", table) for table in params["RequestItems"])
        else:
            done.add((f"dynamodb:{operation}", params["TableName"]))
        return call()

    return record


def allowed(function: str) -> set[Call]:
    """Read a function's policies."""
    calls = set()
    for policy in declared.functions()[function].get("Policies", []):
        for statement in policy["Statement"]:
            given = statement["Resource"]
            for resource in given if isinstance(given, list) else [given]:
                table = resource.get("GetAtt", "").removesuffix(".Arn")
                calls |= {(action, table) for action in statement["Action"] if table}
    return calls
