"""May this function do that? Its role is asked, and a refusal is worded as AWS words it.

Source: IAM User Guide, "Troubleshoot access denied error messages".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local_cloud.resources import ACCOUNT_ID, REGION
from local_cloud.roles import Decision, Role, Values

TABLES = f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/"


class Access:
    """The roles of all functions; `on_event` is told of every refusal."""

    def __init__(
        self,
        roles: Mapping[str, Role],
        on_event: Callable[[dict[str, Any]], None] = lambda event: None,
    ) -> None:
        self._roles = roles
        self._on_event = on_event

    def is_conditional(self, function_id: str) -> bool:
        """Tell whether the role asks for more than action and resource."""
        role = self._roles.get(function_id)
        return role is not None and role.is_conditional

    def refusal(
        self, function_id: str, action: str, resource: str, values: Values | None = None
    ) -> str | None:
        """Return None when the function's role allows this, else AWS's sentence."""
        role = self._roles.get(function_id)
        decision = Decision.NOT_ALLOWED
        if role is not None:
            decision = role.decide(action, resource, values)
            if decision is Decision.ALLOWED:
                return None
        name = function_id if role is None else role.name
        user = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{name}/{function_id}"
        reason = decision.value.format(action=action)
        text = f"User: {user} is not authorized to perform: {action} on resource: {resource} "
        facts = {"function_id": function_id, "action": action, "resource": resource}
        problems = "" if role is None else "; ".join(("", *role.problems))
        told = f"{function_id} may not {action} on {resource} {reason}{problems}"
        self._on_event({"event": "access_denied", **facts, "text": told})
        return text + reason


def connection_arn(api_id: str, stage: str, method: str, connection_id: str) -> str:
    """Name a connection as policies on `execute-api:ManageConnections` do."""
    path = f"{api_id}/{stage}/{method}/@connections/{connection_id}"
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT_ID}:{path}"
