"""Which APIs does a template declare? WebSocket, HTTP and REST APIs with their routes.

Whatever SAM generates and what is written by hand (`AWS::ApiGatewayV2::*`) are read alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.authorizer_reader import AuthorizerReader
from local_cloud.intrinsics import as_text
from local_cloud.mapping_templates import check_template
from local_cloud.physical_names import api_id
from local_cloud.resources import (
    HttpApi,
    HttpRoute,
    Mock,
    WebSocketApi,
    WebSocketRoute,
)
from local_cloud.route_rates import RouteRates, stage_rates
from local_cloud.route_selection import compile_expression
from local_cloud.template_source import TemplateSource

WEB_SOCKET_TIMEOUT_MS = 29_000  # WebSocket quotas, "Integration timeout"
HTTP_TIMEOUT_MS = 30_000  # HTTP API quotas, "Maximum integration timeout"
REST_TIMEOUT_MS = 29_000  # REST API quotas, "Integration timeout"
UNCHECKED = {
    "ApiKeyRequired": "asks for an API key, which is not checked here",
    "RequestModels": "has request models, which are not checked here",
}
LAMBDA_TYPES = ("AWS_PROXY", None)  # SAM leaves none out, hand-written templates may


class ApiReader:
    """Reads the APIs of one template; `unknown` is what cannot be real of them."""

    def __init__(self, source: TemplateSource) -> None:
        self._source = source
        self._authorizers = AuthorizerReader(source)
        self.unknown: list[tuple[str, str]] = []

    def web_socket_apis(self) -> tuple[WebSocketApi, ...]:
        """Return the WebSocket APIs, one for each of their stages."""
        apis: dict[str, WebSocketApi] = {}
        for logical_id in self._all_of("WEBSOCKET"):
            for api in self._web_socket_api(logical_id):
                if api.stage in apis:
                    other = apis[api.stage].logical_id
                    problem = (
                        f"has the stage {api.stage}, as {other} has: here, where they share a "
                        "host, only their stages tell WebSocket APIs apart"
                    )
                    raise self._source.error(logical_id, problem)
                apis[api.stage] = api
        return tuple(apis.values())

    def http_apis(self) -> tuple[HttpApi, ...]:
        """Return the HTTP and REST APIs, one for each of their stages."""
        http = [api for i in self._all_of("HTTP") for api in self._http_api(i)]
        rest = [
            api for i in self._source.all("AWS::ApiGateway::RestApi") for api in self._rest_api(i)
        ]
        return (*http, *rest)

    def _all_of(self, protocol: str) -> Iterator[str]:
        for logical_id in self._source.all("AWS::ApiGatewayV2::Api"):
            if self._source.properties(logical_id).get("ProtocolType", "HTTP") == protocol:
                yield logical_id

    # WebSocket APIs.

    def _web_socket_api(self, logical_id: str) -> Iterator[WebSocketApi]:
        properties = self._source.properties(logical_id)
        try:
            compile_expression(properties["RouteSelectionExpression"])
        except ValueError as error:
            raise self._source.error(logical_id, str(error)) from error
        routes: dict[str, WebSocketRoute] = {}
        authorizer = None
        for route_id, route in self._of_api(logical_id, "AWS::ApiGatewayV2::Route"):
            key = route["RouteKey"]
            routes[key] = self._web_socket_route(route_id, route)
            if key == "$connect":
                authorizer = self._authorizers.of_connect(route_id, route)
        for stage in self._stages(logical_id, "AWS::ApiGatewayV2::Stage", "ApiId"):
            yield WebSocketApi(
                logical_id=logical_id,
                api_id=api_id(logical_id),
                stage=stage.name,
                route_selection_expression=properties["RouteSelectionExpression"],
                routes=routes,
                authorizer=authorizer,
                stage_variables=stage.variables,
                rates=stage.rates,
            )

    def _web_socket_route(self, route_id: str, route: Mapping[str, Any]) -> WebSocketRoute:
        for name, problem in UNCHECKED.items():
            if as_text(route.get(name) or False) != "false":
                self.unknown.append((route_id, problem))
        integration_id = self._integration_id(route_id, route)
        integration = self._source.properties(integration_id)
        kind = integration.get("IntegrationType")
        key = route["RouteKey"]
        timeout_ms = int(integration.get("TimeoutInMillis", WEB_SOCKET_TIMEOUT_MS))
        is_two_way = self._is_two_way(route_id, route)
        if kind == "MOCK":
            mock = self._mock(integration_id, integration)
            return WebSocketRoute(key, "", timeout_ms, is_two_way, mock)
        if kind not in LAMBDA_TYPES:
            problem = f"is of the type {kind}; only AWS_PROXY and MOCK are known here"
            raise self._source.error(integration_id, problem)
        function_id = self._source.function_of(integration_id, integration.get("IntegrationUri"))
        return WebSocketRoute(key, function_id, timeout_ms, is_two_way)

    def _is_two_way(self, route_id: str, route: Mapping[str, Any]) -> bool:
        """Tell whether a route answers: it needs the expression and a route response."""
        responses = [
            response
            for i in self._source.all("AWS::ApiGatewayV2::RouteResponse")
            if (response := self._source.properties(i)).get("RouteId") == route_id
        ]
        return bool(responses) and route.get("RouteResponseSelectionExpression") == "$default"

    def _mock(self, integration_id: str, integration: Mapping[str, Any]) -> Mock:
        request = _selected(integration, "RequestTemplates")
        try:
            status = int(json.loads(request)["statusCode"]) if request else 200
        except (KeyError, TypeError, ValueError) as error:
            problem = 'is a mock whose request template is not of the form {"statusCode": 200}'
            raise self._source.error(integration_id, problem) from error
        for response_id in self._source.all("AWS::ApiGatewayV2::IntegrationResponse"):
            response = self._source.properties(response_id)
            is_ours = response.get("IntegrationId") == integration_id
            key = str(response.get("IntegrationResponseKey", "$default"))
            if is_ours and key in ("$default", f"/{status}/"):
                template = _selected(response, "ResponseTemplates")
                try:
                    check_template(template or "")
                except ValueError as error:
                    raise self._source.error(response_id, str(error)) from error
                return Mock(status, template)
        return Mock(status, None)

    # HTTP APIs.

    def _http_api(self, logical_id: str) -> Iterator[HttpApi]:
        properties = self._source.properties(logical_id)
        body = properties.get("Body") or {}
        if "CorsConfiguration" in properties or "x-amazon-apigateway-cors" in body:
            self.unknown.append((logical_id, "has CORS settings, which are unknown here"))
        routes = list(self._body_routes(logical_id, HTTP_TIMEOUT_MS))
        for route_id, route in self._of_api(logical_id, "AWS::ApiGatewayV2::Route"):
            routes.append(self._http_route(route_id, route))
        for stage in self._stages(logical_id, "AWS::ApiGatewayV2::Stage", "ApiId"):
            yield _staged(logical_id, stage, routes, is_rest=False)

    def _http_route(self, route_id: str, route: Mapping[str, Any]) -> HttpRoute:
        method, path = split_route_key(route["RouteKey"])
        integration_id = self._integration_id(route_id, route)
        integration = self._source.properties(integration_id)
        kind = integration.get("IntegrationType")
        if kind not in LAMBDA_TYPES:
            problem = f"is of the type {kind}; only AWS_PROXY is known here"
            raise self._source.error(integration_id, problem)
        self._name_mapping(integration_id, integration.get("RequestParameters"), "requests")
        self._name_mapping(integration_id, integration.get("ResponseParameters"), "answers")
        return HttpRoute(
            method,
            path,
            self._source.function_of(integration_id, integration.get("IntegrationUri")),
            int(integration.get("TimeoutInMillis", HTTP_TIMEOUT_MS)),
            self._authorizers.of_route(route_id, route),
            as_text(integration.get("PayloadFormatVersion", "2.0")),
        )

    def _name_mapping(self, logical_id: str, mapping: Any, what: str) -> None:
        if mapping:
            self.unknown.append((logical_id, f"rewrites {what}, which are left as they are here"))

    def _rest_api(self, logical_id: str) -> Iterator[HttpApi]:
        properties = self._source.properties(logical_id)
        body = properties.get("Body") or {}
        if "BinaryMediaTypes" in properties or "x-amazon-apigateway-binary-media-types" in body:
            problem = "has binary media types, which are unknown here: what is not UTF-8 is base64"
            self.unknown.append((logical_id, problem))
        routes = list(self._body_routes(logical_id, REST_TIMEOUT_MS))
        for stage in self._stages(logical_id, "AWS::ApiGateway::Stage", "RestApiId"):
            yield _staged(logical_id, stage, routes, is_rest=True)

    def _body_routes(self, logical_id: str, default_timeout_ms: int) -> Iterator[HttpRoute]:
        """Read the routes that SAM writes into an OpenAPI document."""
        body = self._source.properties(logical_id).get("Body") or {}
        is_rest = "swagger" in body
        for path, methods in (body.get("paths") or {}).items():
            for method, operation in methods.items():
                integration = operation.get("x-amazon-apigateway-integration")
                if integration is None:
                    continue
                if str(integration.get("type", "")).lower() != "aws_proxy":
                    problem = f"has no Lambda integration for {method} {path}"
                    self.unknown.append((logical_id, problem))
                    continue
                if not is_rest:  # there, a proxy integration passes on what came
                    self._name_mapping(logical_id, integration.get("requestParameters"), "requests")
                    self._name_mapping(logical_id, integration.get("responseParameters"), "answers")
                if "x-amazon-apigateway-request-validator" in operation:
                    problem = f"checks requests for {method} {path}, which are not checked here"
                    self.unknown.append((logical_id, problem))
                is_any = method == "x-amazon-apigateway-any-method"
                yield HttpRoute(
                    "ANY" if is_any else method.upper(),
                    "$default" if path == "/$default" else path,
                    self._source.function_of(logical_id, integration["uri"]),
                    int(integration.get("timeoutInMillis", default_timeout_ms)),
                    self._authorizers.of_operation(logical_id, body, operation, path),
                    "1.0" if is_rest else as_text(integration.get("payloadFormatVersion", "2.0")),
                )

    # What they share.

    def _integration_id(self, route_id: str, route: Mapping[str, Any]) -> str:
        integration_id = str(route.get("Target", "")).removeprefix("integrations/")
        if integration_id not in self._source.all("AWS::ApiGatewayV2::Integration"):
            raise self._source.error(route_id, "has no integration")
        return integration_id

    def _stages(self, logical_id: str, kind: str, reference: str) -> Iterator[_Stage]:
        is_staged = False
        for stage_id in self._source.all(kind):
            stage = self._source.properties(stage_id)
            if stage.get(reference) == api_id(logical_id):
                is_staged = True
                variables = stage.get("StageVariables") or stage.get("Variables") or {}
                rates, problems = stage_rates(stage)
                self.unknown += [(stage_id, problem) for problem in problems]
                texts = {key: as_text(value) for key, value in variables.items()}
                yield _Stage(stage["StageName"], texts, rates)
        if not is_staged:
            self.unknown.append((logical_id, "has no stage, so nothing reaches it"))

    def _of_api(self, api: str, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for logical_id in self._source.all(kind):
            properties = self._source.properties(logical_id)
            if properties.get("ApiId") == api_id(api):
                yield logical_id, properties


@dataclass(frozen=True, slots=True)
class _Stage:
    name: str
    variables: Mapping[str, str]
    rates: RouteRates


def split_route_key(key: str) -> tuple[str, str]:
    """Split an HTTP API's route key into method and path."""
    method, _, path = key.partition(" ")
    return (method, path) if path else ("ANY", method)


def _staged(
    logical_id: str, stage: _Stage, routes: Iterable[HttpRoute], *, is_rest: bool
) -> HttpApi:
    return HttpApi(
        logical_id=logical_id,
        api_id=api_id(logical_id),
        stage=stage.name,
        routes=tuple(routes),
        stage_variables=stage.variables,
        is_rest=is_rest,
        rates=stage.rates,
    )


def _selected(properties: Mapping[str, Any], name: str) -> str | None:
    """Return the template that an expression without variables selects, else the only one."""
    templates = properties.get(name) or {}
    key = str(properties.get("TemplateSelectionExpression", "$default")).lstrip("\\")
    if key in templates:
        return str(templates[key])
    return str(next(iter(templates.values()))) if len(templates) == 1 else None
