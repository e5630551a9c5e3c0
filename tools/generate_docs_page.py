"""How do people read the documents? Writes a page without scripts from OpenAPI and AsyncAPI.

`python -m tools.generate_docs_page` writes it; `--check` writes nothing and exits 1 when it is not
what the documents say.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html import escape
from typing import Any

from tools import documents, generate_asyncapi, generate_openapi

PAGE = documents.FOLDER / "docs.html"
STYLE = documents.FOLDER / "docs.css"

CSS = """\
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
h2 { border-bottom: 1px solid; margin-top: 3rem; }
h3 { margin: 2.5rem 0 0.25rem; overflow-wrap: anywhere; }
pre { background: color-mix(in srgb, currentColor 8%, transparent); border-radius: 0.5rem; }
pre { overflow-x: auto; padding: 0.75rem; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: 0.25rem 1rem 0.25rem 0; text-align: start; vertical-align: top; }
nav ul { columns: 16rem; }
"""

Json = dict[str, Any]


def render() -> str:
    """Write the page."""
    requests = json.loads(generate_openapi.FILE.read_text("utf-8"))
    socket = json.loads(generate_asyncapi.FILE.read_text("utf-8"))
    parts = [*_head(requests), *_requests(requests), *_frames(socket), *_schemas(requests, socket)]
    return "\n".join([*parts, "</main></body></html>", ""])


def _head(requests: Json) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Teahouse API</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<link rel="stylesheet" href="/api/docs/style.css"></head><body><header>'
    yield f"<h1>Teahouse API {escape(requests['info']['version'])}</h1>"
    yield '<p>For programs: <a href="/api/openapi.json">openapi.json</a>,'
    yield '<a href="/api/asyncapi.json">asyncapi.json</a>.</p></header>'
    yield '<nav aria-label="Contents"><ul><li><a href="#requests">Requests</a></li>'
    yield '<li><a href="#socket">The socket</a></li>'
    yield '<li><a href="#shapes">Shapes</a></li></ul></nav><main>'


def _requests(document: Json) -> Iterator[str]:
    yield f'<h2 id="requests">Requests</h2>{_prose(document["info"]["description"])}'
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield from _operation(f"{method.upper()} {path}", operation)


def _operation(key: str, operation: Json) -> Iterator[str]:
    yield f'<h3 id="{operation["operationId"]}"><code>{escape(key)}</code></h3>'
    yield _prose(f"{operation['summary']} {operation['description']}")
    for parameter in operation.get("parameters", ()):
        where = escape(parameter["in"])
        yield f"<p><code>{escape(parameter['name'])}</code> ({where}) {_kind(parameter['schema'])}"
        yield f"{escape(parameter.get('description', ''))}</p>"
    for body in operation.get("requestBody", {}).get("content", {}).values():
        yield f"<p>Body: {_kind(body['schema'])}</p>{_example(body)}"
    yield "<table><thead><tr><th>Status</th><th>Answer</th></tr></thead><tbody>"
    for status, answer in operation["responses"].items():
        yield f"<tr><td>{status}</td><td>{_answer(answer)}</td></tr>"
    yield "</tbody></table>"


def _answer(answer: Json) -> str:
    shown = []
    for kind, content in answer.get("content", {}).items():
        codes = "".join(f" <code>{escape(code)}</code>" for code in content.get("examples", {}))
        schema = _kind(content["schema"]) if content["schema"] else escape(kind)
        shown.append(codes or f"{schema}{_example(content)}")
    return " ".join(shown) or "nothing"


def _frames(document: Json) -> Iterator[str]:
    yield f'<h2 id="socket">The socket</h2>{_prose(document["info"]["description"])}'
    for name, message in document["components"]["messages"].items():
        operation = document["operations"].get(name, {})
        is_asked = operation.get("action") == "receive"
        yield f'<h3 id="frame-{name}"><code>{name}</code></h3>'
        yield _prose(f"{'To' if is_asked else 'From'} the server. {message['summary']}")
        answers = [
            m["$ref"].rpartition("/")[2] for m in operation.get("reply", {}).get("messages", ())
        ]
        if answers:
            links = ", ".join(f'<a href="#frame-{a}"><code>{a}</code></a>' for a in answers)
            yield f"<p>Answered by {links}.</p>"
        yield f"<p>{_kind(message['payload'])}</p>"
        for example in message["examples"]:
            yield _example({"example": example["payload"]})


def _schemas(*parts: Json) -> Iterator[str]:
    yield '<h2 id="shapes">Shapes</h2>'
    schemas = {k: v for part in parts for k, v in part["components"]["schemas"].items()}
    for name, schema in sorted(schemas.items()):
        yield f'<h3 id="shape-{name}">{name}</h3>{_prose(schema.get("description", ""))}'
        for each in schema.get("oneOf", [schema]):
            if "oneOf" in schema:
                yield f"<h4><code>{escape(each['title'])}</code></h4>{_prose(each['description'])}"
            yield from _fields(each)


def _fields(schema: Json) -> Iterator[str]:
    yield "<table><tbody>"
    for field, kind in schema.get("properties", {}).items():
        mark = "" if field in schema.get("required", ()) else "?"
        told = escape(kind.get("description", ""))
        yield f"<tr><td><code>{field}{mark}</code></td><td>{_kind(kind)}</td><td>{told}</td></tr>"
    yield "</tbody></table>"


def _kind(schema: Json) -> str:
    """Tell a schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#shape-{name}">{name}</a>'
    for options in (schema.get("anyOf"), schema.get("oneOf")):
        if options:
            return " or ".join(_kind(option) for option in options)
    if "const" in schema or "enum" in schema:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        return " ".join(f"<code>{escape(json.dumps(value))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    bounds = [f"{word} {schema[key]:,}" for key, word in _BOUNDS.items() if key in schema]
    return escape(", ".join([str(schema.get("type", "anything")), *bounds]))


_BOUNDS = {
    "minimum": "from",
    "maximum": "to",
    "minLength": "at least",
    "maxLength": "at most",
    "maxItems": "at most",
}


def _example(content: Json) -> str:
    if "example" not in content:
        return ""
    text = json.dumps(content["example"], indent=1, ensure_ascii=False)
    return f"<pre><code>{escape(text)}</code></pre>"


def _prose(text: str) -> str:
    paragraphs = (escape(each) for each in text.strip().split("\n\n"))
    return "".join(f"<p>{re.sub(r'`([^`]+)`', _CODE, each)}</p>" for each in paragraphs)


_CODE = r"<code>\1</code>"


def main(arguments: list[str] | None = None) -> int:
    """Write the page and its style, or with `--check` tell whether they are current."""
    return documents.write_or_check(__doc__, {PAGE: render(), STYLE: CSS}, arguments)


if __name__ == "__main__":
    sys.exit(main())
