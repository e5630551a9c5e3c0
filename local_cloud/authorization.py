"""May this handshake go on? What a REQUEST authorizer of `$connect` asks for and answers; pure.

Sources: API Gateway Developer Guide, "Control access to WebSocket APIs with AWS Lambda REQUEST
authorizers" and "Output from an API Gateway Lambda authorizer".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.invocation import Failed, Outcome
from local_cloud.lambda_events import Handshake


@dataclass(frozen=True, slots=True)
class Allowed:
    """The handshake goes on; `context` is repeated on every event of the connection."""

    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Denied:
    """The handshake is refused with this status."""

    status: int


def is_identity_missing(
    sources: Iterable[str],
    handshake: Handshake,
    stage_variables: Mapping[str, str],
    *,
    is_exact: bool = False,
) -> bool:
    """Tell whether an identity source is missing or empty: a 401 without an invocation.

    AWS does not say whether the case of header names matters; `is_exact` says that it does.
    """
    query = dict(handshake.query())
    for source in sources:
        place, _, name = source.rpartition(".")
        if place == "route.request.header":
            value = dict(handshake.headers).get(name) if is_exact else handshake.header(name)
        elif place == "route.request.querystring":
            value = query.get(name)
        elif place == "stageVariables":
            value = stage_variables.get(name)
        else:
            continue  # a `context` variable always has a value
        if not value:
            return True
    return False


def judge(
    outcome: Outcome, method_arn: str, *, latency_ms: int, max_bytes: int
) -> Allowed | Denied:
    """Read an authorizer's outcome: 401 for exactly `Unauthorized`, 403 denied, 500 malformed."""
    if isinstance(outcome, Failed):
        return Denied(401 if outcome.is_unauthorized else 500)
    answer = outcome.payload
    try:
        if len(json.dumps(answer).encode()) > max_bytes:
            raise _MalformedError
        principal, is_allowed = answer["principalId"], _is_allowed(answer, method_arn)
        if not isinstance(principal, str):
            raise _MalformedError
        context = {str(key): _stringified(value) for key, value in _context(answer).items()}
    except (_MalformedError, KeyError, TypeError, AttributeError):
        return Denied(500)
    if not is_allowed:
        return Denied(403)
    # Last, so that no key of the context can pass for the principal.
    return Allowed({**context, "principalId": principal, "integrationLatency": latency_ms})


class _MalformedError(Exception):
    """The answer has not the form of an authorizer's."""


def _context(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    context: Mapping[str, Any] = answer.get("context") or {}
    return context


def _is_allowed(answer: Mapping[str, Any], method_arn: str) -> bool:
    """Evaluate the policy: a matching Deny wins, nothing matching denies."""
    statements = _as_list(answer["policyDocument"]["Statement"])
    effects = {
        statement["Effect"].lower()
        for statement in statements
        if _matches(_as_list(statement["Action"]), "execute-api:Invoke")
        and _matches(_as_list(statement["Resource"]), method_arn)
        # Conditions are not evaluated: the safe reading is that an Allow fails, a Deny holds.
        and not ("Condition" in statement and statement["Effect"].lower() == "allow")
    }
    if not effects <= {"allow", "deny"}:
        raise _MalformedError
    return effects == {"allow"}


def _matches(patterns: Iterable[str], value: str) -> bool:
    return any(_pattern(pattern).fullmatch(value) for pattern in patterns)


def _pattern(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.IGNORECASE if pattern.startswith("execute-api:") else 0)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _stringified(value: Any) -> str:
    """Write a context value as it arrives: `"1"`, `"true"`; anything but a scalar is malformed."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise _MalformedError
