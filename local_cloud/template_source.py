"""What do the readers of a template's parts ask of it? Its resources, resolved."""

from __future__ import annotations

from typing import Any, Protocol

from local_cloud.sam import TemplateError


class TemplateSource(Protocol):
    """One template; `template.py` is the one that implements it."""

    def all(self, kind: str) -> list[str]:
        """Return the logical ids of all resources of a type whose condition holds."""

    def properties(self, logical_id: str) -> dict[str, Any]:
        """Return a resource's properties, every expression in them resolved."""

    def function_of(self, logical_id: str, uri: Any) -> str:
        """Return the function that a URI or an ARN leads to, or complain about `logical_id`."""

    def error(self, logical_id: str, problem: str) -> TemplateError:
        """Return a complaint about a resource, with its line."""

    def name(self, logical_id: str) -> str:
        """Return what `Ref` gives for a resource."""
