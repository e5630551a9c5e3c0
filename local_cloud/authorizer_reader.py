"""Who guards a route? The authorizers of WebSocket, HTTP and REST APIs, as a template has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.intrinsics import as_text
from local_cloud.resources import HttpAuthorizer, WebSocketAuthorizer
from local_cloud.template_source import TemplateSource


class AuthorizerReader:
    """Reads the authorizers of one template; what is unknown here is refused, never left out."""

    def __init__(self, source: TemplateSource) -> None:
        self._source = source

    def of_connect(self, route_id: str, route: Mapping[str, Any]) -> WebSocketAuthorizer | None:
        """Return the authorizer of a `$connect` route."""
        kind = route.get("AuthorizationType", "NONE")
        if kind == "NONE":
            return None
        if kind != "CUSTOM":
            raise self._source.error(route_id, f"is authorized by {kind}, which is unknown here")
        properties = self._source.properties(route["AuthorizerId"])
        return WebSocketAuthorizer(
            self._source.function_of(route_id, properties["AuthorizerUri"]),
            _sources(properties.get("IdentitySource")),
        )

    def of_route(self, route_id: str, route: Mapping[str, Any]) -> HttpAuthorizer | None:
        """Return the authorizer of a hand-written HTTP route."""
        kind = route.get("AuthorizationType", "NONE")
        if kind == "NONE":
            return None
        if kind != "CUSTOM":
            raise self._source.error(route_id, f"is authorized by {kind}, which is unknown here")
        authorizer_id = str(route["AuthorizerId"])
        properties = self._source.properties(authorizer_id)
        return HttpAuthorizer(
            self._source.function_of(authorizer_id, properties["AuthorizerUri"]),
            _sources(properties.get("IdentitySource")),
            is_simple=as_text(properties.get("EnableSimpleResponses", False)) == "true",
            payload_format=as_text(properties.get("AuthorizerPayloadFormatVersion", "1.0")),
            ttl_s=int(properties.get("AuthorizerResultTtlInSeconds", 0)),
        )

    def of_operation(
        self, api: str, body: Mapping[str, Any], operation: Mapping[str, Any], path: str
    ) -> HttpAuthorizer | None:
        """Return the authorizer that an OpenAPI document names for an operation."""
        security = operation.get("security", body.get("security")) or []
        names = [name for one in security for name in one if name != "NONE"]
        if not names:
            return None
        schemes = (body.get("components") or {}).get("securitySchemes") or {}
        scheme = {**schemes, **(body.get("securityDefinitions") or {})}.get(names[0]) or {}
        authorizer = scheme.get("x-amazon-apigateway-authorizer") or {}
        kind = str(authorizer.get("type", scheme.get("type", names[0])))
        if "swagger" in body or kind.lower() != "request":
            problem = f"guards {path} by {names[0]} ({kind}), which is unknown here"
            raise self._source.error(api, problem)
        return HttpAuthorizer(
            self._source.function_of(api, authorizer["authorizerUri"]),
            _sources(authorizer.get("identitySource")),
            is_simple=as_text(authorizer.get("enableSimpleResponses", False)) == "true",
            payload_format=as_text(authorizer.get("authorizerPayloadFormatVersion", "1.0")),
            ttl_s=int(authorizer.get("authorizerResultTtlInSeconds", 0)),
        )


def _sources(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(value or ())
