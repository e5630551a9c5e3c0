"""What may be asked by HTTP? Writes OpenAPI 3.1 from the handlers, their shapes and sample events.

`python -m tools.generate_openapi` writes it; `--check` writes nothing and exits 1 when it is not
what the sources say.
"""

from __future__ import annotations

import http
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from tools import documents
from tools.rest_table import (
    DRAWING,
    LINES,
    PICTURE,
    TEXT,
    Limit,
    Route,
    ecma,
    kinds,
    one_line,
    routes,
)
from tools.samples import Request, requests

# The layer is importable once `rest_table` is.
from teahouse import __version__  # isort: skip
from teahouse.domain.session import Scope  # isort: skip

FILE = documents.FOLDER / "openapi.json"
TITLE = "Teahouse: requests"
ABOUT = """\
Chat rooms behind one host: `/` the page, `/api/*` these requests, `/ws` the socket (see
`asyncapi.json`). JSON everywhere, UTF-8, camelCase; times are integer milliseconds since the epoch
in names that end in `At`. The server refuses unknown fields; clients ignore them. Lists answer a
page and `next`; the same call with `cursor=<next>` continues it.

A refusal has one shape everywhere. `retryable`: the same again, with the same id, is safe. After
`busy`, `internal_error` and time-outs the outcome is unknown. API Gateway's own answers
`{"message": ...}` may appear too, above all with 429 and 503.
"""
SCOPES: Mapping[str, str] = {
    "read": "hear and read what the key's owner may",
    "write": "speak, change, join and leave as the key's owner may",
    "notify": "notify people",
}

Json = dict[str, Any]


def render() -> str:
    """Write the document."""
    table = routes()
    samples = {sample.route: sample for sample in requests()}
    bodies = documents.structs(
        [kind for route in table for kind in route.answers.values() if isinstance(kind, type)]
    )
    for route in table:
        if route.body is not None:
            bodies |= documents.models(route.body)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "the host that serves this document"}],
        "tags": [{"name": name} for name in dict.fromkeys(route.resource for route in table)],
        "paths": _paths(table, samples),
        "components": {
            "schemas": dict(sorted((bodies | {"Refusal": _refusal()}).items())),
            "securitySchemes": _security_schemes(),
        },
    }
    return json.dumps(ecma(document), indent=1, ensure_ascii=False) + "\n"


def _paths(table: list[Route], samples: Mapping[str, Request]) -> Json:
    paths: Json = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(
            route, samples[route.key]
        )
    return paths


def _operation(route: Route, sample: Request) -> Json:
    operation: Json = {
        "operationId": re.sub(r"_(\w)", lambda found: found[1].upper(), route.name),
        "tags": [route.resource],
        "summary": route.summary,
        "description": _limits(route),
        "security": _security(route),
    }
    parameters = [_parameter(route, sample, each) for each in route.parameters]
    if "idempotency-key" in sample.event["headers"]:
        parameters.append(_idempotency_key(sample.event["headers"]["idempotency-key"]))
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        content: Json = {"schema": documents.ref(route.body.__name__)}
        if sample.body is not None:
            content["example"] = sample.body
        operation["requestBody"] = {
            "required": bool(route.body.model_json_schema().get("required")),
            "content": {"application/json": content},
        }
    operation["responses"] = _successes(route, sample) | _refusals(route)
    return operation


def _limits(route: Route) -> str:
    told = [
        f"At most {limit.rate.burst} at once by {limit.by}, then {pace(limit)}."
        for limit in route.limits
    ]
    scope = f"An API key needs the scope `{route.needs}`." if route.needs in SCOPES else ""
    session = "No API key will do." if route.needs == "session" else ""
    return " ".join(filter(None, [*told, scope, session]))


def pace(limit: Limit) -> str:
    """Tell how fast a bucket fills again."""
    per_minute = limit.rate.per_s * 60
    return f"{per_minute:.0f} a minute" if per_minute < 60 else f"{limit.rate.per_s:g} a second"


def _security(route: Route) -> list[Json]:
    if route.needs == "nothing":
        return []
    by_key: list[Json] = [{"apiKey": []}] if route.needs in SCOPES else []
    return [{"session": []}, {"accessToken": []}, *by_key]


def _security_schemes() -> Json:
    scopes = "; ".join(f"`{name}`: {what}" for name, what in SCOPES.items())
    return {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-sid",
            "description": "The session cookie (`sid` where there is no TLS). HttpOnly, "
            "SameSite=Strict; with it an unsafe request must come from the site's own page.",
        },
        "accessToken": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `accessToken` of signing in: ten minutes.",
        },
        "apiKey": {
            "type": "http",
            "scheme": "bearer",
            "description": f"An API key. Its scopes are a closed list: {scopes}.",
        },
    }


def _parameter(route: Route, sample: Request, parameter: Any) -> Json:
    shown: Json = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.is_required,
        "schema": parameter.schema,
    }
    if parameter.place == "path":
        shown["example"] = _path_values(route.path, sample.event["rawPath"])[parameter.name]
    elif parameter.place == "query":
        asked = sample.event.get("queryStringParameters") or {}
        if parameter.name in asked:
            is_number = '"integer"' in json.dumps(parameter.schema)
            value = asked[parameter.name]
            shown["example"] = int(value) if is_number else value
        assert parameter.is_required <= ("example" in shown), f"no sample of {parameter.name}"
    return shown


def _path_values(template: str, path: str) -> Mapping[str, str]:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
    found = re.fullmatch(pattern, path)
    assert found is not None, f"the sample event of {template} has another path"
    return found.groupdict()


def _idempotency_key(example: str) -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{20,64}$"},
        "description": "The operation id; required where there is no `position`.",
        "example": example,
    }


def _successes(route: Route, sample: Request) -> Json:
    shown: Json = {}
    for status, kind in sorted(route.answers.items()):
        answer: Json = {"description": http.HTTPStatus(status).phrase}
        if kind == LINES:
            answer["content"] = {"application/jsonl": {"schema": {"type": "string"}}}
        elif kind == PICTURE:
            schema = {"type": "string", "format": "binary"}
            answer["content"] = {each: {"schema": schema} for each in ("image/jpeg", "image/webp")}
        elif kind == DRAWING:
            answer["content"] = {"image/svg+xml": {"schema": {"type": "string"}}}
        elif kind == TEXT:
            answer["content"] = {
                kind_: {"schema": {}}
                for kind_ in ("application/json", "text/html", "text/css")
                if _is_served_as(route.path, kind_)
            }
        elif kind is not None:
            content: Json = {"schema": documents.ref(documents.name_of(kind))}
            if status == sample.status:
                content["example"] = sample.answer
            answer["content"] = {"application/json": content}
        shown[str(status)] = answer
    return shown


def _is_served_as(path: str, content_type: str) -> bool:
    ending = path.rpartition(".")[2] if "." in path else "html"
    return content_type.endswith(ending)


def _refusals(route: Route) -> Json:
    shown: Json = {}
    for kind in kinds():
        if kind.code in route.codes:
            refusal = {"code": kind.code, "message": kind.text, "retryable": kind.retryable}
            answer = shown.setdefault(
                str(kind.http_status),
                {
                    "description": http.HTTPStatus(kind.http_status).phrase,
                    "content": {
                        "application/json": {
                            "schema": documents.ref("Refusal"),
                            "examples": {},
                        }
                    },
                },
            )
            answer["content"]["application/json"]["examples"][kind.code] = {
                "summary": one_line(kind.__doc__),
                "value": refusal,
            }
            if kind.http_status == http.HTTPStatus.TOO_MANY_REQUESTS:
                answer["headers"] = {
                    "Retry-After": {
                        "description": "Seconds to wait.",
                        "schema": {"type": "integer", "minimum": 1},
                    }
                }
    return dict(sorted(shown.items()))


def _refusal() -> Json:
    codes = [kind.code for kind in kinds() if kind.code != "not_a_member"]
    return {
        "title": "Refusal",
        "description": "Why a request was not carried out.",
        "type": "object",
        "required": ["code", "message", "retryable"],
        "properties": {
            "code": {"enum": codes},
            "message": {"type": "string", "description": "For people."},
            "retryable": {"type": "boolean"},
            "fields": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "What is not acceptable, by field.",
            },
        },
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the document, or with `--check` tell whether it is current."""
    assert set(SCOPES) == set(Scope.__args__), "a scope has no words"  # type: ignore[attr-defined]
    return documents.write_or_check(__doc__, {FILE: render()}, arguments)


if __name__ == "__main__":
    sys.exit(main())
