"""Does any frame break a handler? Sample frames, bent and broken at random, through the real ones.

20,000 frames here; `make fuzz-frames` sends a million. The seed is told, so that a failure is found
again.
"""

from __future__ import annotations

import json
import os
import random
import resource
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import pytest
from teahouse import bootstrap
from teahouse.app import App

from tests.functions.test_sample_events import ANSWERS
from tests.functions.world_of_samples import Context, connect, furnish, sample
from tests.world import memory_app

FRAMES = int(os.environ.get("FRAMES") or 20_000)
SEED = int(os.environ.get("SEED") or 7)
WARM_UP = FRAMES // 4
GROWTH_KIB = 32 * 1024  # what was accepted is kept in memory here; junk must not be

ATOMS: Sequence[Any] = (
    *(None, True, False, 0, -1, 1.5, 2**53, 2**64, -(2**63), 1e308),
    *("", " ", "\u0000", "\u202e", "\ud83d", "a" * 5000, "𝕏", "den", "../..", "U#ann", "ben"),
    *([], {}, [[]], {"": None}, [None] * 200),
)


class Deaf:
    """Counts what would be posted and keeps none of it."""

    def __init__(self) -> None:
        self.types: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        said = json.loads(frame)
        self.types[said["type"]] += 1
        if said["type"] == "refused":
            self.codes[said["code"]] += 1
        return []

    def close(self, connection_id: str) -> bool:
        return True


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deaf]:
    monkeypatch.setenv("RATE_SCALE", "1e9")
    deaf = Deaf()
    app: App = memory_app(broadcaster=deaf)
    furnish(app)
    connect(app)
    bootstrap.use(app)
    yield deaf
    bootstrap.use(None)


def test_no_frame_of_junk_breaks_anything(heard: Deaf, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    routes = {json.loads(sample("websocket", stem)["body"]).get("action"): stem for stem in ANSWERS}
    handlers = {s: import_module(f"functions.websocket.{s}").lambda_handler for s in ANSWERS}
    frames = [json.loads(sample("websocket", stem)["body"]) for stem in ANSWERS]
    before_kib = 0
    for number in range(FRAMES):
        if number == WARM_UP:
            before_kib = peak_kib()
        body = text_of(bent(chance, chance.choice(frames)), chance)
        stem = routes.get(action_of(body), "default")
        event = {**sample_event(stem), "body": body}

        answer = handlers[stem](event, Context())

        assert answer == {"statusCode": 200}
        assert heard.codes["internal_error"] == 0, (SEED, number, body)
        if number % 1000 == 0:
            capsys.readouterr()  # or the log lines would fill the memory
    assert heard.codes["bad_request"] > FRAMES // 4, "junk is refused"
    assert heard.types["pong"] > 0, "and what is none is answered"
    assert peak_kib() - before_kib < GROWTH_KIB


_EVENTS: dict[str, dict[str, Any]] = {}


def sample_event(stem: str) -> dict[str, Any]:
    """Read a sample once."""
    if stem not in _EVENTS:
        _EVENTS[stem] = sample("websocket", stem)
    return _EVENTS[stem]


def action_of(body: str) -> Any:
    """Choose the route as API Gateway does."""
    try:
        frame = json.loads(body)
    except (ValueError, RecursionError):
        return None
    action = frame.get("action") if isinstance(frame, dict) else None
    return action if isinstance(action, str) else None


def bent(chance: random.Random, frame: Any) -> Any:
    """Bend a frame: up to three values are replaced, taken away, doubled or swapped."""
    value = json.loads(json.dumps(frame))
    for _ in range(chance.randrange(4)):
        value = _bent_once(chance, value)
    return value


def _bent_once(chance: random.Random, value: Any) -> Any:
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice([*value])
        match chance.randrange(6):
            case 0:
                del value[key]
            case 1:
                value[chance.choice(("userId", "", key.upper(), "x" * 100))] = value[key]
            case 2:
                value[key] = _bent_once(chance, value[key])
            case 3:
                value[key] = [value[key]]
            case _:
                value[key] = chance.choice(ATOMS)
        return value
    return chance.choice(ATOMS)


def text_of(value: Any, chance: random.Random) -> str:
    """Write a frame down; now and then badly."""
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    match chance.randrange(20):
        case 0:
            return text[: chance.randrange(len(text) + 1)]
        case 1:
            return text + chance.choice(("}", "\u0000", text, " " * 40_000))
        case 2:
            return "[" * chance.choice((10, 5000)) + text
    return text


def peak_kib() -> int:
    """Tell how much memory this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
