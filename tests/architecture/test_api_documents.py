"""Are OpenAPI and AsyncAPI complete, and do their own examples fit their own schemas?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from teahouse.domain.errors import ChatError
from teahouse.protocol import frames

from tests.architecture import declared
from tools import generate_asyncapi, generate_docs_page, generate_openapi
from tools.rest_table import kinds, routes

Json = dict[str, Any]


@pytest.fixture(scope="module")
def requests() -> Json:
    return dict(json.loads(generate_openapi.FILE.read_text("utf-8")))


@pytest.fixture(scope="module")
def socket() -> Json:
    return dict(json.loads(generate_asyncapi.FILE.read_text("utf-8")))


@pytest.mark.parametrize("generator", [generate_openapi, generate_asyncapi, generate_docs_page])
def test_the_documents_are_current(generator: Any) -> None:
    assert generator.main(["--check"]) == 0


def test_a_stale_document_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The control of the test above."""
    monkeypatch.setattr(generate_openapi, "render", lambda: "anything else")

    assert generate_openapi.main(["--check"]) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith("Stale: ")


def test_every_route_of_the_template_is_documented_and_no_other(requests: Json) -> None:
    shown = {
        f"{method.upper()} {path}"
        for path, operations in requests["paths"].items()
        for method in operations
    }

    assert shown == {route.key for route in declared.http_routes()}


def test_every_request_tells_its_successes_and_refusals(requests: Json) -> None:
    for path, operations in requests["paths"].items():
        for method, operation in operations.items():
            statuses = set(operation["responses"])
            assert any(status.startswith("2") for status in statuses), (method, path)
            assert {"429", "500", "503"} <= statuses
            assert "Retry-After" in operation["responses"]["429"]["headers"]
            if operation["security"]:
                assert {"401", "403"} <= statuses
            if "requestBody" in operation:
                assert {"400", "413", "422"} <= statuses


def test_rates_scopes_and_refusals_are_told(requests: Json) -> None:
    operations = requests["paths"]
    sign_in = operations["/api/sessions"]["post"]
    told = {
        code
        for each in operations.values()
        for operation in each.values()
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
        for code in content.get("examples", {})
    }

    assert "5 at once by user name" in sign_in["description"]
    assert "`read`" in operations["/api/rooms"]["get"]["description"]
    assert operations["/api/keys"]["post"]["description"].endswith("No API key will do.")
    assert told <= {kind.code for kind in kinds()}
    assert {"conflict", "muted", "stale_position", "too_large"} <= told


def test_every_frame_and_every_refusal_of_the_socket_is_documented(socket: Json) -> None:
    tags = {
        generate_asyncapi.tag(kind)
        for union in (frames.ClientFrame, frames.ServerFrame)
        for kind in get_args(union)
    }
    messages = socket["components"]["messages"]

    assert set(messages) == set(socket["channels"]["socket"]["messages"]) == tags
    refused = {example["payload"]["code"] for example in messages["refused"]["examples"]}
    assert refused == set(get_args(frames.RefusalCode)) & {kind.code for kind in kinds()}
    asked = {k for k, v in socket["operations"].items() if v["action"] == "receive"}
    assert asked == {generate_asyncapi.tag(kind) for kind in get_args(frames.ClientFrame)}


def test_every_example_of_a_request_fits_its_schema(requests: Json) -> None:
    seen = 0
    for content in contents(requests["paths"]):
        for example in examples_of(content):
            validator(requests, content["schema"]).validate(example)
            seen += 1

    assert seen > len(routes())


def test_every_example_of_a_frame_fits_its_schema(socket: Json) -> None:
    for name, message in socket["components"]["messages"].items():
        assert message["examples"], name
        for example in message["examples"]:
            validator(socket, message["payload"]).validate(example["payload"])


def test_an_example_that_does_not_fit_would_be_found(requests: Json) -> None:
    """The control of the two tests above."""
    schema = {"$ref": "#/components/schemas/Refusal"}

    assert not validator(requests, schema).is_valid({"code": "nothing", "message": 1})


def test_every_reference_leads_somewhere(requests: Json, socket: Json) -> None:
    for document in (requests, socket):
        for target in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
            place: Any = document
            for part in target.split("/"):
                place = place[part]


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = generate_docs_page.PAGE.read_text("utf-8")

    assert "<script" not in page
    assert "style=" not in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert re.findall(r'href="(/[^"#]*)"', page)[0] == "/api/docs/style.css"
    for route in declared.http_routes():
        assert route.key in page, route.key


def test_no_document_names_what_is_ours_alone(requests: Json, socket: Json) -> None:
    """Snake case names of Python are no business of who reads the documents."""
    codes = {kind.code for kind in (*kinds(), ChatError) if hasattr(kind, "code")}
    for document in (requests, socket):
        text = json.dumps([*descriptions(document)])
        assert set(re.findall(r"\b[a-z]+_[a-z_]+\b", text)) <= codes


def contents(node: Any) -> Iterator[Json]:
    """Find everything with a schema and an example."""
    if isinstance(node, dict):
        if "schema" in node and ("example" in node or "examples" in node):
            yield node
        for value in node.values():
            yield from contents(value)
    elif isinstance(node, list):
        for value in node:
            yield from contents(value)


def examples_of(content: Json) -> Iterator[Any]:
    if "example" in content:
        yield content["example"]
    for example in content.get("examples", {}).values():
        yield example["value"]


def descriptions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("description", "summary") and isinstance(value, str):
                yield value
            yield from descriptions(value)
    elif isinstance(node, list):
        for value in node:
            yield from descriptions(value)


def validator(document: Json, schema: Json) -> Draft202012Validator:
    """Judge by a schema of the document."""
    return Draft202012Validator({**schema, "components": document["components"]})


def test_every_id_in_a_body_has_the_shape_of_an_id(requests: Json) -> None:
    """What is longer than a key of the store may be would be a bug of ours to the store."""
    bodies = {route.body.__name__ for route in routes() if route.body is not None}
    shown = [
        (name, field, part.get("items", part))
        for name in bodies
        for field, part in requests["components"]["schemas"][name]["properties"].items()
        if field.endswith("Id") or field == "attachments"
    ]
    without = {(name, field) for name, field, part in shown if "pattern" not in part}

    # What makes a retry the same is hashed or checked by the action that reads it.
    assert without == {("SendMessage", "clientMessageId")}
    assert len(shown) > 3


def test_no_door_is_without_a_rate() -> None:
    """Whoever is somebody is counted by `Api.caller`; the others have to be by their route."""
    open_doors = [route for route in routes() if route.needs == "nothing"]
    free = {route.path for route in open_doors if not route.limits}

    documents = {"/api/openapi.json", "/api/asyncapi.json", "/api/docs", "/api/docs/style.css"}
    assert free == {"/api/health", *documents}
    assert len(open_doors) > len(free)  # the control
