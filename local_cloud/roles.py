"""What may a role do? IAM's identity-based policies, evaluated; pure.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements". What is not
understood here is named in `problems`, and refuses: an Allow that holds it never applies, a Deny
always does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

LEADING_KEYS = "dynamodb:leadingkeys"  # condition keys are compared without regard to case
KNOWN_KEYS = {LEADING_KEYS}
MAX_REMEMBERED = 4_096  # decisions a role keeps; connection ids make ever new resources
OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")

Values = Mapping[str, Sequence[str]]  # a request's condition keys, in lower case


class Decision(Enum):
    """What IAM says; the value ends the sentence of a refusal."""

    ALLOWED = ""
    NOT_ALLOWED = "because no identity-based policy allows the {action} action"
    DENIED = "with an explicit deny in an identity-based policy"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a Condition element; `quantifier` is ForAllValues, ForAnyValue or empty."""

    quantifier: str
    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, given: Values) -> bool:
        """Compare with a request's values; ForAllValues is true of none, as on AWS."""
        verdicts = [self._fits(value) for value in given.get(self.key, ())]
        if self.quantifier == "ForAllValues":
            return all(verdicts)
        is_negated = "Not" in self.operator
        if not verdicts:  # an absent key: only a negated operator holds, unless any is asked for
            return is_negated and self.quantifier != "ForAnyValue"
        return any(verdicts) if self.quantifier == "ForAnyValue" else all(verdicts)

    def _fits(self, value: str) -> bool:
        if "Like" in self.operator:
            is_found = any(wildcard(pattern).fullmatch(value) for pattern in self.values)
        else:
            is_found = value in self.values
        return is_found != ("Not" in self.operator)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy; `name` says where it stands."""

    name: str
    is_allow: bool
    actions: tuple[re.Pattern[str], ...]
    resources: tuple[re.Pattern[str], ...]
    conditions: tuple[Condition, ...] = ()
    excludes_actions: bool = False  # NotAction
    excludes_resources: bool = False  # NotResource
    problem: str = ""  # what of it is not understood

    def covers(self, action: str, resource: str) -> bool:
        """Tell whether the statement speaks of this action on this resource."""
        if self.problem:
            return not self.is_allow
        is_action = any(pattern.fullmatch(action) for pattern in self.actions)
        is_resource = any(pattern.fullmatch(resource) for pattern in self.resources)
        return (is_action != self.excludes_actions) and (is_resource != self.excludes_resources)


@dataclass(slots=True)
class Role:
    """The role of one function: what its policies say together."""

    name: str
    statements: tuple[Statement, ...]
    problems: tuple[str, ...] = ()
    _remembered: dict[tuple[str, str], Decision | tuple[Statement, ...]] = field(
        default_factory=dict, repr=False
    )

    @property
    def is_conditional(self) -> bool:
        """Tell whether decisions depend on more than action and resource."""
        return any(statement.conditions for statement in self.statements)

    def allows(self, action: str, resource: str, values: Values | None = None) -> bool:
        """Tell whether the role may do this; `values` are the request's condition keys."""
        return self.decide(action, resource, values) is Decision.ALLOWED

    def decide(self, action: str, resource: str, values: Values | None = None) -> Decision:
        """Say what IAM would: a matching Deny wins, nothing matching refuses."""
        known = self._remembered.get((action, resource))
        if known is None:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            matching = tuple(one for one in self.statements if one.covers(action, resource))
            is_plain = not any(one.conditions for one in matching)
            known = _verdict(matching, action) if is_plain else matching
            self._remembered[action, resource] = known
        if isinstance(known, Decision):
            return known
        holding = [s for s in known if all(c.holds(values or {}) for c in s.conditions)]
        return _verdict(holding, action)

    def without(self, index: int) -> Role:
        """Return the role without one of its statements."""
        kept = self.statements[:index] + self.statements[index + 1 :]
        return Role(self.name, kept, self.problems)


def read_statements(name: str, document: Mapping[str, Any]) -> list[Statement]:
    """Read a policy document whose expressions are resolved.

    Raises:
        KeyError, TypeError, ValueError: it has not the form of one.
    """
    given = document["Statement"]
    found = given if isinstance(given, list) else [given]
    return [
        _statement(f"{name}, statement {number}", content)
        for number, content in enumerate(found, start=1)
    ]


def wildcard(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Compile a text in which `*` stands for any characters and `?` for one."""
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _verdict(statements: Iterable[Statement], action: str) -> Decision:
    effects = {statement.is_allow for statement in statements}
    if False in effects:
        return Decision.DENIED
    return Decision.ALLOWED if effects else Decision.NOT_ALLOWED


def _statement(name: str, content: Mapping[str, Any]) -> Statement:
    effect = content["Effect"]
    if effect not in ("Allow", "Deny"):
        raise ValueError(f"{name}: {effect!r} is no effect")
    resources = _texts(content.get("Resource", content.get("NotResource")))
    conditions, problem = _conditions(content.get("Condition") or {})
    if any("${" in text for text in resources):
        problem = "it has a policy variable in a resource"
    unknown = content.keys() - KNOWN_ELEMENTS
    if unknown:
        problem = f"it has {', '.join(sorted(unknown))}"
    actions = _texts(content.get("Action", content.get("NotAction")))
    return Statement(
        name,
        effect == "Allow",
        tuple(wildcard(text, ignore_case=True) for text in actions),
        tuple(wildcard(text) for text in resources),
        conditions,
        excludes_actions="NotAction" in content,
        excludes_resources="NotResource" in content,
        problem=problem and f"{name} is not understood: {problem}",
    )


KNOWN_ELEMENTS = {
    *("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"),
}


def _conditions(content: Mapping[str, Any]) -> tuple[tuple[Condition, ...], str]:
    conditions = []
    for written, keys in content.items():
        quantifier, _, operator = written.rpartition(":")
        if operator not in OPERATORS or quantifier not in ("", "ForAllValues", "ForAnyValue"):
            return (), f"the condition operator {written}"
        for key, values in keys.items():
            texts = tuple(_texts(values))
            if key.lower() not in KNOWN_KEYS:
                return (), f"the condition key {key}"
            if any("${" in text for text in texts):
                return (), f"a policy variable in the condition on {key}"
            conditions.append(Condition(quantifier, operator, key.lower(), texts))
    return tuple(conditions), ""


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    if not found or not all(isinstance(text, str) for text in found):
        raise TypeError(f"{value!r} is no text and no list of texts")
    return found
