"""What may be said on the socket? Writes AsyncAPI 3 from the frames and their sample events.

`python -m tools.generate_asyncapi` writes it; `--check` writes nothing and exits 1 when it is not
what the sources say.
"""

from __future__ import annotations

import json
import sys
import typing
from collections.abc import Iterable
from typing import Any

import msgspec

from tools import documents
from tools.rest_table import ecma, kinds, one_line
from tools.samples import Spoken, spoken

# The layer is importable once `rest_table` is.
from teahouse import __version__  # isort: skip
from teahouse.domain import rate_limit  # isort: skip
from teahouse.protocol import frames  # isort: skip

FILE = documents.FOLDER / "asyncapi.json"
_FRAMES = rate_limit.FRAMES_BY_CONNECTION
_SENDS = rate_limit.SEND_BY_USER_AND_ROOM
TITLE = "Teahouse: the socket"
ABOUT = f"""\
`GET /ws` with the subprotocol `teahouse.v1`. With the session cookie, `Origin` must be the site's
own; without it a second subprotocol `ticket.<ticket>` is good once, within 30 seconds
(`POST /api/tickets`). A refused handshake shows only its status: 401, 403 or 429.

Text frames, one JSON object each, of at most {frames.MAX_FRAME_BYTES:,} bytes both ways. An action
may carry an `id` of the caller's choice; its answer carries it as `re`. Ignore frames without
`type`: they are API Gateway's own. No answer within 10 seconds: the outcome is unknown, and the
same frame again is safe. Pushes may be lost: a `ping` every {frames.PING_S} seconds tells which
rooms have moved on.

At most {_FRAMES.burst} frames of one action at once on a connection, then {_FRAMES.per_s:g} a
second; `sendMessage` {_SENDS.burst} at once by user and room, then {_SENDS.per_s:g} a second. What
is over it gets `too_many_requests`.
"""

Json = dict[str, Any]


def render() -> str:
    """Write the document."""
    said = {each.action: each for each in spoken()}
    actions = {tag(kind): kind for kind in typing.get_args(frames.ClientFrame)}
    pushed = {tag(kind): kind for kind in typing.get_args(frames.ServerFrame)}
    schemas = documents.structs([*actions.values(), *pushed.values()])
    messages = {
        **{name: _message(kind, schemas, _asked(said, name)) for name, kind in actions.items()},
        **{name: _message(kind, schemas, _heard(said, name)) for name, kind in pushed.items()},
    }
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": TITLE, "version": __version__, "description": ABOUT},
        "servers": {
            "site": {"host": "chat.example.org", "protocol": "wss", "description": "the site's own"}
        },
        "defaultContentType": "application/json",
        "channels": {
            "socket": {
                "address": "/ws",
                "messages": {name: _ref("messages", name) for name in messages},
                "bindings": {"ws": {"method": "GET"}},
            }
        },
        "operations": _operations(actions, pushed, said),
        "components": {"messages": messages, "schemas": dict(sorted(schemas.items()))},
    }
    return json.dumps(ecma(document), indent=1, ensure_ascii=False) + "\n"


def tag(kind: type[msgspec.Struct]) -> str:
    """Name a frame as it travels."""
    return str(kind.__struct_config__.tag)


def _operations(actions: Json, pushed: Json, said: dict[str, Spoken]) -> Json:
    operations: Json = {}
    for name, kind in actions.items():
        operation: Json = {
            "action": "receive",
            "channel": {"$ref": "#/channels/socket"},
            "summary": one_line(kind.__doc__),
            "description": f"An API key needs the scope `{kind.needs}`.",
            "messages": [_in_channel(name)],
        }
        answer = said[name].answer
        answers = [answer["type"]] if answer else []
        operation["reply"] = {
            "channel": {"$ref": "#/channels/socket"},
            "messages": [_in_channel(each) for each in (*answers, "refused")],
        }
        operations[name] = operation
    for name, kind in pushed.items():
        if not issubclass(kind, frames.Answer):
            operations[name] = {
                "action": "send",
                "channel": {"$ref": "#/channels/socket"},
                "summary": one_line(kind.__doc__),
                "messages": [_in_channel(name)],
            }
    return operations


def _message(kind: type[msgspec.Struct], schemas: Json, examples: Iterable[Json]) -> Json:
    shown = list(examples) or [example_of(documents.ref(kind.__name__), schemas)]
    message: Json = {
        "name": tag(kind),
        "summary": one_line(kind.__doc__),
        "payload": documents.ref(documents.name_of(kind)),
        "examples": [{"payload": each} for each in shown],
    }
    if kind is frames.Refused:
        message["examples"] = [
            {
                "name": refusal.code,
                "summary": one_line(refusal.__doc__),
                "payload": {
                    "type": "refused",
                    "re": "request-1",
                    "code": refusal.code,
                    "message": refusal.text,
                    "retryable": refusal.retryable,
                },
            }
            for refusal in kinds()
        ]
    return message


def _asked(said: dict[str, Spoken], name: str) -> list[Json]:
    return [said[name].frame]


def _heard(said: dict[str, Spoken], name: str) -> list[Json]:
    """Find the first frame of a type that the samples bring about."""
    return [f for each in said.values() for f in each.posted if f["type"] == name][:1]


def example_of(schema: Json, schemas: Json, name: str = "") -> Any:
    """Make up a value that fits a schema, where no sample brings one about."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return example_of(options[0], schemas, name)
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    match schema.get("type"):
        case "object":
            always = schema.get("required", ())
            inner = schema.get("properties", {})
            return {key: example_of(inner[key], schemas, key) for key in always}
        case "array":
            return [example_of(schema["items"], schemas, name)] if "items" in schema else []
        case "integer":
            return 1_800_000_000_000 if name.endswith("At") else 1
        case "boolean":
            return False
        case "null":
            return None
    return name or "text"


def _ref(part: str, name: str) -> Json:
    return {"$ref": f"#/components/{part}/{name}"}


def _in_channel(name: str) -> Json:
    return {"$ref": f"#/channels/socket/messages/{name}"}


def main(arguments: list[str] | None = None) -> int:
    """Write the document, or with `--check` tell whether it is current."""
    return documents.write_or_check(__doc__, {FILE: render()}, arguments)


if __name__ == "__main__":
    sys.exit(main())
