"""What does the parameter store answer? The template's parameters, and those given at the start.

Source: Systems Manager API Reference. CloudFormation cannot create a SecureString; whoever runs
the cloud gives it, as `--secret /name=value`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.resources import ACCOUNT_ID, REGION
from local_cloud.services.endpoint import Allow, failure

TARGET = "AmazonSSM."
MAX_NAMES = 10  # GetParameters: 1 to 10 names


@dataclass(frozen=True, slots=True)
class StoredParameter:
    """One parameter."""

    name: str
    value: str
    kind: str = "String"  # String, StringList or SecureString


class SsmApi:
    """GetParameter, GetParameters and GetParametersByPath."""

    def __init__(self, parameters: Mapping[str, StoredParameter], allow: Allow) -> None:
        self._parameters = parameters
        self._allow = allow

    async def answer(self, caller: str, request: Request) -> Answer:
        """Answer one call."""
        operation = (request.header("x-amz-target") or "").removeprefix(TARGET)
        try:
            asked = json.loads(request.body or b"{}")
            if operation == "GetParameter":
                return self._one(caller, asked["Name"])
            if operation == "GetParameters":
                return self._many(caller, asked["Names"])
            if operation == "GetParametersByPath":
                return self._below(caller, asked["Path"], is_deep=bool(asked.get("Recursive")))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return failure(400, "ValidationException", "The request is not of its operation's form")
        return failure(400, "UnknownOperationException", f"{operation} is unknown here")

    def _one(self, caller: str, name: str) -> Answer:
        refusal = self._allow(caller, "ssm:GetParameter", _arn(name))
        if refusal is not None:
            return failure(400, "AccessDeniedException", refusal)
        found = self._parameters.get(name)
        if found is None:
            return failure(400, "ParameterNotFound", "")
        return json_answer(200, {"Parameter": _described(found)})

    def _many(self, caller: str, names: list[str]) -> Answer:
        if not 1 <= len(names) <= MAX_NAMES:
            return failure(400, "ValidationException", "GetParameters takes 1 to 10 names")
        for name in names:
            refusal = self._allow(caller, "ssm:GetParameters", _arn(name))
            if refusal is not None:
                return failure(400, "AccessDeniedException", refusal)
        found = [self._parameters[name] for name in names if name in self._parameters]
        missing = [name for name in names if name not in self._parameters]
        described = [_described(parameter) for parameter in found]
        return json_answer(200, {"Parameters": described, "InvalidParameters": missing})

    def _below(self, caller: str, path: str, *, is_deep: bool) -> Answer:
        refusal = self._allow(caller, "ssm:GetParametersByPath", _arn(path))
        if refusal is not None:
            return failure(400, "AccessDeniedException", refusal)
        start = path.rstrip("/") + "/"
        found = [
            _described(parameter)
            for name, parameter in sorted(self._parameters.items())
            if name.startswith(start) and (is_deep or "/" not in name[len(start) :])
        ]
        return json_answer(200, {"Parameters": found})


def _arn(name: str) -> str:
    return f"arn:aws:ssm:{REGION}:{ACCOUNT_ID}:parameter/{name.lstrip('/')}"


def _described(parameter: StoredParameter) -> dict[str, Any]:
    return {
        "Name": parameter.name,
        "Type": parameter.kind,
        "Value": parameter.value,
        "Version": 1,
        "ARN": _arn(parameter.name),
        "DataType": "text",
    }
