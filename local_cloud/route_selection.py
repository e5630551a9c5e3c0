"""Which route does a message take? API Gateway's route selection expressions; pure.

Source: API Gateway Developer Guide, "WebSocket selection expressions in API Gateway".
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NoReturn

DEFAULT_ROUTE = "$default"

_VARIABLE = re.compile(
    r"\\\$"  # an escaped dollar
    r"|\$\{request\.body(?P<braced>[^}]*)\}"
    r"|\$request\.body(?P<plain>(?:\.\w+|\[\d+\]|\['[^']*'\]|\[\"[^\"]*\"\])*)"
)
_STEP = re.compile(
    r"\.(?P<name>[\w-]+)|\[(?P<index>\d+)\]|\['(?P<one>[^']*)'\]|\[\"(?P<two>[^\"]*)\"\]"
)

Step = str | int


@dataclass(frozen=True, slots=True)
class RouteSelection:
    """A compiled expression: static texts and paths into the message, in order."""

    parts: tuple[str | tuple[Step, ...], ...]

    def evaluate(self, body: str) -> str | None:
        """Compute the key a message asks for, or None when it is not JSON.

        A missing path leaves its part empty; what is no string is written as one.
        """
        try:
            message = json.loads(body, parse_constant=_refuse_constant)
            return "".join(
                part if isinstance(part, str) else _text(_walk(message, part))
                for part in self.parts
            )
        except (ValueError, RecursionError):  # junk, or nested too deeply to be read
            return None

    def select(
        self, body: str, route_keys: Collection[str], *, may_be_reserved: bool = False
    ) -> str | None:
        """Choose the route of a message: the exact key, else `$default`, else None."""
        key = self.evaluate(body)
        # A client must not reach $connect or $disconnect with {"action": "$disconnect"}. AWS does
        # not say what it does there; handlers guard on eventType as well.
        if key is not None and key in route_keys and (may_be_reserved or not key.startswith("$")):
            return key
        return DEFAULT_ROUTE if DEFAULT_ROUTE in route_keys else None


def compile_expression(expression: str) -> RouteSelection:
    r"""Compile an expression such as `$request.body.action` or `${request.body.a}/\$b`.

    Raises:
        ValueError: it holds a variable other than a plain path into `request.body`.
    """
    parts: list[str | tuple[Step, ...]] = []
    position = 0
    for match in _VARIABLE.finditer(expression):
        parts.append(_static(expression[position : match.start()], expression))
        path = match["braced"] if match["braced"] is not None else match["plain"]
        parts.append("$" if path is None else _steps(path, expression))
        position = match.end()
    parts.append(_static(expression[position:], expression))
    return RouteSelection(tuple(part for part in parts if part != ""))


def _static(text: str, expression: str) -> str:
    if "$" in text:
        raise ValueError(f"cannot evaluate the route selection expression {expression!r}")
    return text


def _steps(path: str, expression: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise ValueError(f"cannot evaluate the route selection expression {expression!r}")
        index = match["index"]
        steps.append(
            int(index) if index is not None else match["name"] or match["one"] or match["two"] or ""
        )
        position = match.end()
    return tuple(steps)


def _walk(value: Any, steps: tuple[Step, ...]) -> Any:
    for step in steps:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{', '.join(_text(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")  # Python reads NaN and Infinity, JSON has neither
