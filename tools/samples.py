"""What is asked and answered, for example? The sample events, run through their handlers in memory.

The world is that of the tests: ann, signed in; ben beside her; the den. Clock and ids stand still,
so the same code gives the same examples.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from tools.rest_table import ROOT

EVENTS = ROOT / "events"
_OUR_VARIABLES = (
    "SITE_ORIGIN",
    "COOKIE_SECURE",
    "RATE_SCALE",
    "STORE_GENERATION",
    "SIGNING_KEY_NUMBER",
)

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One REST example. `body` of the answer is None where there is none, or it is no JSON."""

    route: str
    event: Json
    status: int
    answer: Any

    @property
    def body(self) -> Any:
        return json.loads(self.event["body"]) if self.event.get("body") else None


@dataclass(frozen=True)
class Spoken:
    """One frame to the server, and what came of it: the answer, and frames to anybody."""

    action: str
    frame: Json
    answer: Json | None
    posted: list[Json] = field(default_factory=list)


def requests() -> list[Request]:
    """Run every REST sample in a world of its own."""
    return [_request(path.stem) for path in sorted((EVENTS / "rest").glob("*.json"))]


def spoken() -> list[Spoken]:
    """Run every sample frame in a world of its own."""
    stems = [path.stem for path in sorted((EVENTS / "websocket").glob("*.json"))]
    return [_spoken(stem) for stem in stems if "action" in _frame(stem) and stem != "default"]


def _frame(stem: str) -> Json:
    event = _event("websocket", stem)
    return dict(json.loads(event["body"])) if event.get("body") else {}


def _event(folder: str, stem: str) -> Json:
    return dict(json.loads((EVENTS / folder / f"{stem}.json").read_text("utf-8")))


def _request(stem: str) -> Request:
    event = _event("rest", stem)
    module = stem.partition(".")[0]
    with _world():
        handler = import_module(f"functions.rest.{module}").lambda_handler
        answer = handler(json.loads(json.dumps(event)), None)
    kind = str(answer["headers"].get("Content-Type", ""))
    is_json = kind == "application/json" and module != "documents"  # those would hold themselves
    body = _steady(json.loads(answer["body"])) if answer["body"] and is_json else None
    return Request(event["routeKey"], event, answer["statusCode"], body)


def _spoken(stem: str) -> Spoken:
    event = _event("websocket", stem)
    samples = import_module("tests.functions.world_of_samples")
    with _world() as app:
        samples.connect(app)
        _let_ben_hear(app)
        import_module(f"functions.websocket.{stem}").lambda_handler(event, samples.Context())
        posted = [_steady(frame) for _, frame in app.broadcaster.posts]
    frame = _frame(stem)
    answer = next((f for f in posted if f.get("re") == frame.get("id")), None)
    return Spoken(frame["action"], frame, answer, posted)


def _steady(value: Any) -> Any:
    """Put people into the order of their ids: they come out of sets."""
    if isinstance(value, list):
        return [_steady(each) for each in value]
    if not isinstance(value, dict):
        return value
    steady = {key: _steady(each) for key, each in value.items()}
    return (
        steady | {"users": dict(sorted(steady["users"].items()))} if "users" in steady else steady
    )


def _let_ben_hear(app: Any) -> None:
    connection = import_module("teahouse.domain.connection")
    hears = connection.Listener(connection_id="bens-connection=", user_id="ben")
    app.connections.register("den", hears, app.clock.now_ms() + connection.ROOM_ROW_MS)


@contextlib.contextmanager
def _world() -> Iterator[Any]:
    """Furnish a house whose ids can be foretold, and keep its log lines from the terminal."""
    world = import_module("tests.world")
    bootstrap = import_module("teahouse.bootstrap")
    app = world.memory_app(ids=world.CountedIds(prefix="an-id-"))
    kept: Mapping[str, str] = dict(os.environ)
    for name in _OUR_VARIABLES:
        os.environ.pop(name, None)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            import_module("tests.functions.world_of_samples").furnish(app)
            bootstrap.use(app)
            yield app
    finally:
        bootstrap.use(None)
        os.environ.update(kept)
