"""What is the value of a template's parameter? What was given for it, else its default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.intrinsics import as_text
from local_cloud.sam import TemplateError

OF_SSM = "AWS::SSM::Parameter::Value<"  # its default is a name, and the value is in SSM
LIST_TYPES = ("CommaDelimitedList", "List<", f"{OF_SSM}List<", f"{OF_SSM}CommaDelimitedList")


def parameter_values(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Return each parameter's value: the given one, else its default.

    Raises:
        TemplateError: a value is missing, is not allowed, or is given for no parameter.
    """
    for name in given.keys() - declared.keys():
        raise TemplateError(f"there is no parameter {name}")
    values: dict[str, Any] = {}
    for name, parameter in declared.items():
        kind = str(parameter.get("Type", ""))
        if kind.startswith(OF_SSM) and name not in given:
            problem = "is looked up in SSM, which does not happen here: give it a value"
            raise TemplateError(f"the parameter {name} {problem} with --parameter")
        value = given.get(name, parameter.get("Default"))
        if value is None:
            raise TemplateError(f"the parameter {name} has no default, and no value was given")
        is_list = kind.startswith(LIST_TYPES)
        parts = [part.strip() for part in as_text(value).split(",")] if is_list else [value]
        for part in map(as_text, parts):
            for problem in _problems(kind, parameter, part):
                raise TemplateError(f"the parameter {name} may not be {part!r}{problem}")
        values[name] = parts if is_list else value
    return values


def _problems(kind: str, parameter: Mapping[str, Any], value: str) -> Iterator[str]:
    """Say what CloudFormation would not take a value for."""
    allowed = parameter.get("AllowedValues")
    if allowed is not None and value not in [as_text(item) for item in allowed]:
        yield ""
    pattern = parameter.get("AllowedPattern")
    if pattern is not None and not _fits(str(pattern), value):
        yield f", which is not of the form {pattern}"
    if kind in ("String", "Number"):
        measure = _number(value) if kind == "Number" else len(value)
        low, high = ("MinValue", "MaxValue") if kind == "Number" else ("MinLength", "MaxLength")
        least, most = _number(parameter.get(low)), _number(parameter.get(high))
        if measure is None:
            yield ", which is no number"
        elif least is not None and measure < least:
            yield f": {low} is {least:g}"
        elif most is not None and measure > most:
            yield f": {high} is {most:g}"


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # AWS's are Java's, which has forms of its own
        return True


def _number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None
