"""How do our types become JSON Schema, and generated documents files?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from pydantic import BaseModel

from tools.rest_table import ROOT, one_line

# The layer is importable once `rest_table` is.
from teahouse.domain.entry import FACTS  # isort: skip
from teahouse.protocol.codec import camel  # isort: skip
from teahouse.protocol.shapes import WireAttachment  # isort: skip

FOLDER = ROOT / "layers" / "teahouse" / "teahouse" / "protocol" / "documents"
REFS = "#/components/schemas/{name}"

Json = dict[str, Any]


def ref(name: str) -> Json:
    """Refer to a schema of the document."""
    return {"$ref": REFS.format(name=name)}


def name_of(kind: type) -> str:
    """Name a type as it is called outside."""
    return kind.__name__.removeprefix("Wire")


def structs(kinds: Iterable[type]) -> Json:
    """Give the schemas of structs, and of all that is in them, by name; an event's too."""
    _, found = msgspec.json.schema_components(
        list(dict.fromkeys([*kinds, WireAttachment])), ref_template="#/components/schemas/{name}"
    )
    schemas = {name.removeprefix("Wire"): _renamed(schema) for name, schema in found.items()}
    return schemas | {"Event": event()}


def models(kind: type[BaseModel]) -> Json:
    """Give the schemas of a request's body, and of all that is in it, by name."""
    schema = kind.model_json_schema(ref_template="#/components/schemas/{model}")
    inner = schema.pop("$defs", {})
    return {**inner, kind.__name__: schema}


def event() -> Json:
    """Give the schema of an entry of a room's log: one of the facts."""
    return {
        "title": "Event",
        "description": "An entry of a room's log; `seq` decides order. Ignore unknown kinds.",
        "oneOf": [_fact(kind, fact) for kind, fact in FACTS.items()],
    }


def write_or_check(about: str | None, files: Mapping[Path, str], arguments: Any) -> int:
    """Write generated files, or with `--check` tell which are not current."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    stale = [f for f, text in files.items() if not f.exists() or f.read_text("utf-8") != text]
    if parser.parse_args(arguments).check:
        for file in stale:
            print(f"Stale: {file.relative_to(ROOT)}; run make generate.", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for file in stale:
        file.write_text(files[file], "utf-8")
    return 0


def _fact(kind: str, fact: type) -> Json:
    hints = get_type_hints(fact)
    named = {f.name: f for f in fields(fact)}
    own = {camel(name): _plain(hints[name]) for name in named}
    always = [camel(name) for name, field in named.items() if field.default is MISSING]
    return {
        "title": kind,
        "description": one_line(fact.__doc__),
        "type": "object",
        "required": ["seq", "kind", "by", "at", *always],
        "properties": {
            "seq": {"type": "integer", "minimum": 1},
            "kind": {"const": kind},
            "by": {"type": "string", "description": "a user id"},
            "at": {"type": "integer"},
            **own,
        },
    }


def _plain(kind: Any) -> Json:
    """Give the schema of a fact's field; a message's pictures travel as `WireAttachment`."""
    [schema], _ = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    return dict(schema)


def _renamed(schema: Any, name: str = "") -> Any:
    """Call `WireUser` `User`, and let what holds entries of a log say so."""
    if isinstance(schema, list):
        return [_renamed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if name == "event" and schema.get("type") == "object":
        return ref("Event")
    if name == "events" and schema.get("type") == "array":
        return {"type": "array", "items": ref("Event")}
    renamed = {key: _renamed(value, key) for key, value in schema.items()}
    if isinstance(schema.get("$ref"), str):
        renamed["$ref"] = schema["$ref"].replace("/Wire", "/")
    if isinstance(schema.get("title"), str):
        renamed["title"] = schema["title"].removeprefix("Wire")
    return renamed
