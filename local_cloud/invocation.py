"""What does an invocation answer? The one thing gateway and runner agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The handler returned; `payload` has been through JSON."""

    payload: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """The handler raised, timed out, died or could not be loaded.

    `error_type` and `message` are what Lambda reports as `errorType` and `errorMessage`
    ("Sandbox.Timedout", "Runtime.ExitError", "Runtime.ImportModuleError" or the class raised).
    """

    error_type: str
    message: str

    @property
    def is_unauthorized(self) -> bool:
        """Tell an authorizer's way of answering 401 from a failure: it raises this very text.

        API Gateway Developer Guide, "Input to an API Gateway Lambda authorizer".
        """
        return self.message == "Unauthorized"


Outcome = Succeeded | Failed


class Invoker(Protocol):
    """Lambda's synchronous Invoke, as API Gateway uses it."""

    async def invoke(self, function_id: str, event: Mapping[str, Any]) -> Outcome:
        """Run one event in a worker of the function and wait for its outcome."""
        ...
