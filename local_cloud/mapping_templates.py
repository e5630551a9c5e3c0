"""What does a mapping template become? The part of API Gateway's VTL that mocks use; pure.

Source: API Gateway Developer Guide, "WebSocket API mapping template reference". Directives (`#set`,
`#if`) and `$util` are refused when the template is read, not guessed when a message comes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_EXPRESSION = re.compile(
    r"\$\{?(?:"
    r"context\.(?P<context>[\w.]+)"
    r"|stageVariables\.(?P<variable>\w+)"
    r"|input\.(?P<verb>json|path)\(\s*(?P<quote>['\"])\$(?P<path>[\w.]*)(?P=quote)\s*\)"
    r"|input\.(?P<body>body)"
    r")\}?"
)


def check_template(text: str) -> None:
    """Refuse what cannot be rendered.

    Raises:
        ValueError: it holds a directive, or an expression that is unknown here.
    """
    rest = _EXPRESSION.sub("", text)
    unknown = re.search(r"#[a-z@]+|\$!?\{?[A-Za-z][\w.]*", rest)
    if unknown is not None:
        raise ValueError(f"uses {unknown[0]} in a mapping template, which is unknown here")


def render(
    text: str, *, body: str, context: Mapping[str, Any], stage_variables: Mapping[str, str]
) -> str:
    """Fill a checked template with a message; what is missing becomes nothing."""

    def value(match: re.Match[str]) -> str:
        if match["context"]:
            return _plain(_walk(context, match["context"]))
        if match["variable"]:
            return stage_variables.get(match["variable"], "")
        if match["body"]:
            return body
        found = _walk(_json(body), match["path"])
        return _plain(found) if match["verb"] == "path" else json.dumps(found, ensure_ascii=False)

    return _EXPRESSION.sub(value, text)


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _walk(value: Any, path: str) -> Any:
    for name in filter(None, path.split(".")):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
