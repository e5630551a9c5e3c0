"""What is the value of an intrinsic function? `Ref`, `Fn::Sub` and their like, resolved.

Source: CloudFormation's "Intrinsic function reference" and "Pseudo parameters reference".
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from local_cloud.resources import ACCOUNT_ID, REGION

STACK_NAME = "local"
NO_VALUE = object()  # what `AWS::NoValue` leaves; its key or element disappears
PSEUDO_PARAMETERS: Mapping[str, Any] = {
    "AWS::AccountId": ACCOUNT_ID,
    "AWS::NoValue": NO_VALUE,
    "AWS::NotificationARNs": [],
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT_ID}:stack/{STACK_NAME}/0",
    "AWS::StackName": STACK_NAME,
    "AWS::URLSuffix": "amazonaws.com",
}
DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^}]*\}\}")
PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class UnresolvedError(Exception):
    """An expression names what does not exist, or a function that is unknown here."""


class Resolver:
    """Resolves expressions of one template.

    `reference` and `attribute` say what `Ref` and `Fn::GetAtt` give for a resource; they return
    None when there is no such resource.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, Any],
        reference: Callable[[str], str | None],
        attribute: Callable[[str, str], str | None],
    ) -> None:
        self._conditions: Mapping[str, Any] = template.get("Conditions") or {}
        self._mappings: Mapping[str, Any] = template.get("Mappings") or {}
        self._parameters = parameters
        self._reference = reference
        self._attribute = attribute
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.holds,
            "Fn::Base64": lambda text: base64.b64encode(
                as_text(self.resolve(text)).encode()
            ).decode(),
            "Fn::Length": lambda items: len(self.resolve(items)),
            "Fn::ToJsonString": lambda value: json.dumps(self.resolve(value)),
            "Fn::And": lambda terms: all(self.resolve(terms)),
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Not": lambda terms: not self.resolve(terms[0]),
            "Fn::Or": lambda terms: any(self.resolve(terms)),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
        }

    def resolve(self, value: Any) -> Any:
        """Return the value with every expression in it replaced.

        Raises:
            UnresolvedError: an expression names what does not exist, or is unknown here.
        """
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in value]
            return [item for item in resolved if item is not NO_VALUE]
        if isinstance(value, str) and (dynamic := DYNAMIC_REFERENCE.search(value)):
            raise UnresolvedError(f"uses {dynamic[0]}, which the local cloud does not resolve")
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name in self._functions:
                return self._functions[name](argument)
            if isinstance(name, str) and name.startswith("Fn::"):
                raise UnresolvedError(f"uses {name}, which the local cloud does not know")
        pairs = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in pairs.items() if item is not NO_VALUE}

    def holds(self, condition: str) -> bool:
        """Tell whether a named condition is true."""
        if condition not in self._conditions:
            raise UnresolvedError(f"names the condition {condition}, which does not exist")
        return bool(self.resolve(self._conditions[condition]))

    def _ref(self, name: str) -> Any:
        if name in self._parameters:
            return self._parameters[name]
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        reference = self._reference(name)
        if reference is None:
            raise UnresolvedError(f"refers to {name}, which is neither parameter nor resource")
        return reference

    def _get_att(self, argument: Any) -> str:
        logical_id, _, name = (
            argument.partition(".")
            if isinstance(argument, str)
            else (argument[0], ".", self.resolve(argument[1]))
        )
        attribute = self._attribute(logical_id, name)
        if attribute is None:
            raise UnresolvedError(f"asks for {logical_id}.{name}, and there is no such resource")
        return attribute

    def _sub(self, argument: Any) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument
        given = {name: self.resolve(value) for name, value in variables.items()}

        def replace(match: re.Match[str]) -> str:
            name = match.group(1).strip()
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in given:
                return as_text(given[name])
            return as_text(self._get_att(name) if "." in name else self._ref(name))

        return PLACEHOLDER.sub(replace, text)

    def _join(self, argument: Any) -> str:
        separator, items = argument
        return str(separator).join(as_text(item) for item in self.resolve(items))

    def _split(self, argument: Any) -> list[str]:
        separator, text = argument
        return str(self.resolve(text)).split(separator)

    def _select(self, argument: Any) -> Any:
        index, items = self.resolve(argument)
        return items[int(index)]

    def _equals(self, argument: Any) -> bool:
        left, right = self.resolve(argument)
        return as_text(left) == as_text(right)

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self.resolve(then if self.holds(condition) else otherwise)

    def _find_in_map(self, argument: Any) -> Any:
        table, first, second = self.resolve(argument[:3])
        try:
            return self._mappings[table][first][second]
        except KeyError as error:
            raise UnresolvedError(f"finds nothing in the map {table}.{first}.{second}") from error


def as_text(value: Any) -> str:
    """Return a scalar as CloudFormation writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(as_text(item) for item in value)
    return str(value)
