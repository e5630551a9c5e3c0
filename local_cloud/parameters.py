"""What is the value of a template's parameter? What was given for it, else its default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.intrinsics import as_text
from local_cloud.sam import TemplateError


def parameter_values(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Return each parameter's value: the given one, else its default.

    Raises:
        TemplateError: a value is missing, is not allowed, or is given for no parameter.
    """
    for name in given.keys() - declared.keys():
        raise TemplateError(f"there is no parameter {name}")
    values: dict[str, Any] = {}
    for name, parameter in declared.items():
        value = given.get(name, parameter.get("Default"))
        if value is None:
            raise TemplateError(f"the parameter {name} has no default, and no value was given")
        allowed = parameter.get("AllowedValues")
        if allowed is not None and as_text(value) not in [as_text(item) for item in allowed]:
            raise TemplateError(f"the parameter {name} may not be {as_text(value)!r}")
        is_list = str(parameter.get("Type", "")).startswith(("CommaDelimitedList", "List<"))
        values[name] = as_text(value).split(",") if is_list else value
    return values
