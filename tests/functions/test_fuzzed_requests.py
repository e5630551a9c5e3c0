"""Does any request break a handler, or get an answer that is not documented?

Requests are made from the OpenAPI document: its examples, bent and broken at random, with and
without who is asking; 3,000, straight to the handlers. `make fuzz-rest` asks the whole system, by
schemathesis (docs/decisions/0012). The seed is told, so that a failure is found again.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from teahouse import bootstrap

from tests.architecture import declared
from tests.architecture.test_api_documents import validator
from tests.asking import Answer, ask
from tests.functions.test_fuzzed_frames import ATOMS, Deaf, bent
from tests.functions.world_of_samples import furnish, sample
from tests.world import memory_app
from tools import generate_openapi

REQUESTS = 3_000
SEED = 7
A_HOUSE = 250  # requests: then everything is furnished anew

Json = dict[str, Any]
WORDS = (*(a for a in ATOMS if isinstance(a, str) and "\ud83d" not in a), "-1", "1e9", "me", "all")


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("RATE_SCALE", "1e9")
    for name in ("SITE_ORIGIN", "COOKIE_SECURE"):
        monkeypatch.delenv(name, raising=False)
    yield House()
    bootstrap.use(None)


class House:
    """Every handler of REST, on a store that is furnished again and again."""

    def __init__(self) -> None:
        self.document: Json = json.loads(generate_openapi.FILE.read_text("utf-8"))
        self._cookie = str(sample("rest", "accounts.read_me")["cookies"][0])
        self._handlers = {
            route.key: import_module(f"functions.rest.{route.module}").lambda_handler
            for route in declared.http_routes()
        }

    def furnish(self) -> None:
        app = memory_app(broadcaster=Deaf())
        furnish(app)
        bootstrap.use(app)

    def operations(self) -> list[tuple[str, Json]]:
        return [
            (f"{method.upper()} {path}", operation)
            for path, each in self.document["paths"].items()
            for method, operation in each.items()
        ]

    def asks(self, key: str, target: str, *, is_ann: bool, **asking: Any) -> Answer:
        method = key.partition(" ")[0]
        cookie = self._cookie if is_ann else None
        return ask(self._handlers[key], f"{method} {target}", cookie=cookie, **asking)


def test_no_request_breaks_anything_and_every_answer_is_documented(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    statuses: Counter[int] = Counter()
    operations = house.operations()
    for number in range(REQUESTS):
        if number % A_HOUSE == 0:
            house.furnish()
            capsys.readouterr()
        key, operation = chance.choice(operations)
        target = target_of(key, operation, chance)
        asking = asking_of(operation, chance)

        answer = house.asks(key, target, is_ann=chance.random() < 0.9, **asking)

        said = (SEED, number, key, target, asking, answer.text[:300])
        statuses[answer.status] += 1
        assert answer.status < 500, said
        shown = operation["responses"].get(str(answer.status))
        assert shown is not None, said
        content = shown.get("content", {}).get("application/json")
        if content and content["schema"]:
            validator(house.document, content["schema"]).validate(answer.body)
    assert {200, 201, 204, 400, 401, 404, 422} <= statuses.keys(), "all kinds of answers are met"


def test_what_needs_a_session_is_refused_without_one(house: House) -> None:
    house.furnish()
    seen = 0
    for key, operation in house.operations():
        chance = random.Random(0)
        target = target_of(key, operation, chance, is_bent=False)
        asking = asking_of(operation, chance, is_bent=False)
        for wrong in ({}, {"token": "junk"}, {"token": "thk_junk"}, {"token": "a.b.c"}):
            answer = house.asks(key, target, is_ann=False, **asking, **wrong)
            if operation["security"]:
                assert (answer.status, answer.code) == (401, "not_signed_in"), (key, wrong)
                seen += 1

    assert seen > 80


def target_of(key: str, operation: Json, chance: random.Random, *, is_bent: bool = True) -> str:
    """Fill in the path and the query string."""
    path, query = key.partition(" ")[2], {}
    for parameter in operation.get("parameters", ()):
        is_odd = is_bent and chance.random() < 0.3
        if parameter["in"] == "path":
            value = quote(chance.choice(WORDS) or " ", safe="") if is_odd else parameter["example"]
            path = path.replace("{" + parameter["name"] + "}", value)
        elif parameter["in"] == "query" and is_odd:
            query[parameter["name"]] = chance.choice(WORDS)
        elif parameter["in"] == "query" and parameter["required"]:
            query[parameter["name"]] = parameter["example"]
    return f"{path}?{urlencode(query)}" if query else path


def asking_of(operation: Json, chance: random.Random, *, is_bent: bool = True) -> Json:
    """Give the body and the headers."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    headers = {
        parameter["name"].lower(): parameter["example"]
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "header" and not (is_bent and chance.random() < 0.2)
    }
    asking: Json = {"headers": headers}
    if content is not None and is_bent and chance.random() < 0.05:
        asking["raw"] = chance.choice(("", "{", "[]", "null", '"text"', "[" * 5000, "{}" * 40_000))
    elif content is not None:
        body = content.get("example", {})
        asking["body"] = bent(chance, body) if is_bent else body
    return asking
