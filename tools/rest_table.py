"""Which requests can be made? Read from the handlers themselves, so that no list can be stale."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, TypeAdapter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "teahouse")]

# The layer is importable only from the line above on.
from teahouse.domain import errors, rate_limit  # noqa: E402
from teahouse.protocol import answers, codec  # noqa: E402

LINES = "lines"  # in the place of an answer's type: JSON Lines
TEXT = "text"  # likewise: a document, as it is
PICTURE = "picture"  # likewise: the bytes of one
DRAWING = "drawing"  # likewise: one that we draw ourselves

# What may happen to any request: API Gateway's throttle and ours, a bug, contention.
ALWAYS = frozenset({"too_many_requests", "internal_error", "busy"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of the path or of the query string."""

    name: str
    place: str
    schema: Mapping[str, Any]
    is_required: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate of ours that the request counts against."""

    rate: rate_limit.Rate
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One request. `answers` are its successes: the type of each status' body, None for none."""

    resource: str
    name: str
    method: str
    path: str
    summary: str
    needs: str
    body: type[BaseModel] | None
    parameters: tuple[Parameter, ...]
    answers: Mapping[int, Any]
    limits: tuple[Limit, ...]
    codes: frozenset[str]

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"


def routes() -> list[Route]:
    """List every route of every REST handler, file by file."""
    files = sorted((ROOT / "functions" / "rest").glob("*.py"))
    return [route for file in files for route in _routes_of(file)]


def one_line(docstring: str | None) -> str:
    """Give the first paragraph of a docstring, on one line, without code marks of ours."""
    return " ".join((docstring or "").split("\n\n")[0].split())


def outward(text: str) -> str:
    """Spell `our_names` as they travel, `ourNames`; codes of refusals travel as they are."""
    codes = {kind.code for kind in kinds()}

    def spelt(found: re.Match[str]) -> str:
        return f"`{found[1] if found[1] in codes else codec.camel(found[1])}`"

    return re.sub(r"`([a-z]+(?:_[a-z]+)+)`", spelt, text)


def ecma(schema: Any) -> Any:
    """Make JSON Schema of what our libraries write.

    Patterns are ECMA 262's, which knows no `\\Z`; descriptions are for who reads them outside.
    """
    if isinstance(schema, dict):
        return {key: _outward_value(key, value) for key, value in schema.items()}
    return [ecma(each) for each in schema] if isinstance(schema, list) else schema


def _outward_value(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return ecma(value)
    if key == "pattern":
        return re.sub(r"\\[zZ]$", "$", value)
    return outward(value) if key in ("description", "summary") else value


def _routes_of(file: Path) -> Iterator[Route]:
    module = import_module(f"functions.rest.{file.stem}")
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
                    yield _route(module, node, decorator, decorator.func.attr)


def _route(module: ModuleType, node: ast.FunctionDef, decorator: ast.Call, verb: str) -> Route:
    rule = ast.literal_eval(decorator.args[0])
    named = {k.arg: ast.literal_eval(k.value) for k in decorator.keywords}
    handler = getattr(module, node.name)
    hints = typing.get_type_hints(handler, include_extras=True)
    body = hints.get("body")
    parameters = tuple(_parameters(handler, hints, rule))
    needs = named.get("needs", "read" if verb == "get" else "write")
    return Route(
        resource=module.__name__.rpartition(".")[2],
        name=node.name,
        method=verb.upper(),
        path=re.sub(r"<(\w+)>", lambda found: "{" + codec.camel(found[1]) + "}", rule),
        summary=one_line(handler.__doc__),
        needs=needs,
        body=body,
        parameters=parameters,
        answers=_answers(module, node),
        limits=tuple(_limits(module, node)),
        codes=_codes(module, node, needs, has_body=body is not None, parameters=parameters),
    )


def _parameters(handler: Callable[..., Any], hints: Mapping[str, Any], rule: str) -> Any:
    for name, given in inspect.signature(handler).parameters.items():
        if name == "body":
            continue
        schema = ecma(TypeAdapter(hints[name]).json_schema())
        options = [s for s in schema.get("anyOf", ()) if s.get("type") != "null"]
        if options:
            schema = options[0]
        if given.default not in (None, inspect.Parameter.empty):
            schema["default"] = given.default
        is_path = f"<{name}>" in rule
        is_required = is_path or given.default is inspect.Parameter.empty
        yield Parameter(codec.camel(name), "path" if is_path else "query", schema, is_required)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)


def _answers(module: ModuleType, node: ast.FunctionDef) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for call in _calls(node):
        if _called(call) == "answer_lines":
            found[200] = LINES
        elif _called(call) == "answer_text":
            found[200] = TEXT
        elif _called(call) == "picture":
            found[200] = PICTURE
        elif _called(call) == "drawing":
            found[200] = DRAWING
        elif _called(call) in ("answer", "answer_signed_in"):
            is_signed_in = _called(call) == "answer_signed_in"
            status, value = (call.args[1], None) if is_signed_in else (call.args[0], call.args[1:])
            kind = answers.SignedInAnswer if is_signed_in else _kind(module, node, value)
            found |= dict.fromkeys(_statuses(status), kind)
    if not found:
        raise ValueError(f"{module.__name__}.{node.name}: what it answers cannot be told")
    return found


def _statuses(node: ast.expr) -> list[int]:
    numbers = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return [number for number in numbers if type(number) is int and number >= 100]


def _kind(module: ModuleType, node: ast.FunctionDef, value: Any) -> Any:
    """Find the type of what is answered: what is built there, or what an action gave."""
    if not value:
        return None
    expression = value[0]
    if isinstance(expression, ast.Name):
        assigned = (
            each.value
            for each in ast.walk(node)
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == expression.id
        )
        expression = next(assigned)
    if not isinstance(expression, ast.Call):
        raise TypeError(f"{module.__name__}.{node.name}: answer with a struct of the protocol")
    made_by = getattr(module, ast.unparse(expression.func))
    return made_by if isinstance(made_by, type) else typing.get_type_hints(made_by)["return"]


def _limits(module: ModuleType, node: ast.FunctionDef) -> Iterator[Limit]:
    for call in _calls(node):
        if _called(call) in ("limit", "limit_address"):
            *_, who, rate = map(ast.unparse, call.args)
            is_address = _called(call) == "limit_address"
            yield Limit(getattr(module, rate), "address" if is_address else _holder(who))


def _holder(who: str) -> str:
    parts = ("username", "user name"), ("room_id", "user and room")
    return next((name for mark, name in parts if mark in who), "user")


def _codes(
    module: ModuleType,
    node: ast.FunctionDef,
    needs: str,
    *,
    has_body: bool,
    parameters: tuple[Parameter, ...],
) -> frozenset[str]:
    codes = set(ALWAYS)
    if has_body:
        codes |= {"bad_request", "too_large", "invalid"}
    if needs != "nothing":
        codes |= {"not_signed_in", "forbidden"}
    codes |= {"not_found" if p.place == "path" else "invalid" for p in parameters}
    for call in _calls(node):
        codes |= _raised(getattr(module, _called(call), None), frozenset())
        if _called(call) == "cookie_credential":
            codes |= {"not_signed_in", "forbidden"}
    return frozenset("not_found" if code == "not_a_member" else code for code in codes)


def _raised(function: Any, seen: frozenset[str]) -> set[str]:
    """Read the refusals of a function from its docstring; "as `other`" is looked up there."""
    name = getattr(function, "__name__", "")
    if not inspect.isfunction(function) or name in seen or not _is_ours(function):
        return set()
    text = inspect.getdoc(function) or ""
    raises = text.partition("Raises:")[2]
    known = {kind.__name__: kind.code for kind in kinds()}
    codes = {known[word] for word in re.findall(r"\b[A-Z]\w+", raises) if word in known}
    for other in re.findall(r"`(\w+)`", raises):
        codes |= _raised(getattr(sys.modules[function.__module__], other, None), seen | {name})
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for call in _calls(tree):
        inner = getattr(sys.modules[function.__module__], _called(call), None)
        codes |= _raised(inner, seen | {name})
    return codes


def _is_ours(function: Any) -> bool:
    return str(function.__module__).startswith(("teahouse.actions", "teahouse.edge.idempotency"))


@cache
def kinds() -> tuple[type[errors.ChatError], ...]:
    """List every class of refusal."""

    def below(root: type[errors.ChatError]) -> Iterator[type[errors.ChatError]]:
        for kind in root.__subclasses__():
            yield kind
            yield from below(kind)

    return tuple(below(errors.ChatError))
