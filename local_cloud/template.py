"""What does a template declare? `template.yaml` read as SAM and CloudFormation read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local_cloud.intrinsics import Resolver, UnresolvedError, as_text
from local_cloud.page_headers import page_headers
from local_cloud.parameters import parameter_values
from local_cloud.physical_names import PhysicalNames, api_id
from local_cloud.resources import (
    Bucket,
    Cloud,
    Function,
    HttpApi,
    HttpRoute,
    Table,
    WebSocketApi,
    WebSocketAuthorizer,
    WebSocketRoute,
)
from local_cloud.role_reader import IAM_TYPES, read_roles
from local_cloud.roles import Role
from local_cloud.sam import TemplateError, Translation, located, translate

CREATE_TABLE_KEYS = (  # what CloudFormation and CreateTable name alike, and an engine needs
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)
INDEX_KEYS = ("IndexName", "KeySchema", "Projection", "ProvisionedThroughput")
DEFAULT_TIMEOUT_S = 3  # Lambda quotas, and AWS::Lambda::Function
DEFAULT_MEMORY_MB = 128
FUNCTION_NAME = re.compile(r":function:([A-Za-z0-9_-]+)")
MADE_REAL = {
    *IAM_TYPES,
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::DynamoDB::Table",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Version",
    "AWS::S3::Bucket",
}


def load_cloud(
    path: Path, parameters: Mapping[str, str] | None = None, cache_folder: Path | None = None
) -> Cloud:
    """Read a template and all it names.

    Raises:
        TemplateError: it cannot be read, SAM refuses it, or it needs what does not exist here.
    """
    given = parameters or {}
    try:
        text = path.read_text()
        translation = translate(text, given, cache_folder)
        return _Reader(path, text, translation, given).cloud()
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path} cannot be read: {error}") from error
    except TemplateError as error:
        raise TemplateError(f"{path}: {error}") from error


class _Reader:
    """Turns CloudFormation's resources into values, one method per kind."""

    def __init__(
        self, path: Path, text: str, translation: Translation, given: Mapping[str, str]
    ) -> None:
        self._folder = path.resolve().parent
        self._text = text
        self._code = translation.code
        template = translation.template
        self._declared: Mapping[str, Any] = template["Resources"]
        self._names = PhysicalNames(self._declared, lambda value: self._resolver.resolve(value))
        self._resolver = Resolver(
            template,
            parameter_values(template.get("Parameters") or {}, given),
            self._names.reference,
            self._names.attribute,
        )
        self._resources: dict[str, Any] = {}
        self._reading = ""  # the resource that a complaint is about

    def cloud(self) -> Cloud:
        try:
            self._resources = dict(self._existing())
            return self._cloud()
        except UnresolvedError as error:
            raise self._error(self._reading, str(error)) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            problem = f"is not as CloudFormation describes it ({type(error).__name__}: {error})"
            raise self._error(self._reading, problem) from error

    def _existing(self) -> Iterator[tuple[str, Any]]:
        """Leave out the resources whose condition is false."""
        for logical_id, resource in self._declared.items():
            self._reading = logical_id
            if "Condition" not in resource or self._resolver.holds(resource["Condition"]):
                yield logical_id, resource

    def _cloud(self) -> Cloud:
        protocols = {
            logical_id: self._properties(logical_id).get("ProtocolType", "HTTP")
            for logical_id in self._all("AWS::ApiGatewayV2::Api")
        }
        return Cloud(
            functions={i: self._function(i) for i in self._all("AWS::Lambda::Function")},
            web_socket_apis=tuple(
                self._web_socket_api(i) for i, kind in protocols.items() if kind == "WEBSOCKET"
            ),
            http_apis=tuple(self._http_api(i) for i, kind in protocols.items() if kind == "HTTP"),
            tables=tuple(self._table(i) for i in self._all("AWS::DynamoDB::Table")),
            buckets=tuple(Bucket(i, self._name(i)) for i in self._all("AWS::S3::Bucket")),
            page_headers=self._page_headers(),
            roles=self._roles(),
            ignored=tuple(
                f"{logical_id} ({resource['Type']})"
                for logical_id, resource in self._resources.items()
                if resource["Type"] not in MADE_REAL
            ),
        )

    def _function(self, logical_id: str) -> Function:
        properties = self._properties(logical_id)
        runtime = str(properties.get("Runtime", ""))
        if not runtime.startswith("python"):
            raise self._error(logical_id, f"runs {runtime or 'an image'}, not Python")
        variables = (properties.get("Environment") or {}).get("Variables") or {}
        reserved = properties.get("ReservedConcurrentExecutions")
        return Function(
            logical_id=logical_id,
            code_path=self._code_path(logical_id, properties.get("Code")),
            handler=str(properties.get("Handler", "")),
            layer_paths=tuple(
                self._layer_path(logical_id, layer) for layer in properties.get("Layers") or []
            ),
            environment={name: as_text(value) for name, value in variables.items()},
            timeout_s=float(properties.get("Timeout", DEFAULT_TIMEOUT_S)),
            memory_mb=int(properties.get("MemorySize", DEFAULT_MEMORY_MB)),
            reserved_concurrency=None if reserved is None else int(reserved),
        )

    def _roles(self) -> dict[str, Role]:
        role_arns = {
            logical_id: as_text(self._properties(logical_id).get("Role", ""))
            for logical_id in self._all("AWS::Lambda::Function")
        }
        iam = [logical_id for kind in IAM_TYPES for logical_id in self._all(kind)]
        declared = {i: (self._resources[i]["Type"], self._properties(i)) for i in iam}
        return read_roles(role_arns, declared, {i: self._name(i) for i in iam})

    def _web_socket_api(self, logical_id: str) -> WebSocketApi:
        properties = self._properties(logical_id)
        stage, variables = self._stage(logical_id)
        routes: dict[str, WebSocketRoute] = {}
        authorizer = None
        for route_id, route in self._of_api(logical_id, "AWS::ApiGatewayV2::Route"):
            key = route["RouteKey"]
            routes[key] = WebSocketRoute(key, *self._integration(route_id, route, 29_000))
            if key == "$connect":
                authorizer = self._web_socket_authorizer(route_id, route)
        return WebSocketApi(
            logical_id=logical_id,
            api_id=api_id(logical_id),
            stage=stage,
            route_selection_expression=properties["RouteSelectionExpression"],
            routes=routes,
            authorizer=authorizer,
            stage_variables=variables,
        )

    def _web_socket_authorizer(
        self, route_id: str, route: Mapping[str, Any]
    ) -> WebSocketAuthorizer | None:
        kind = route.get("AuthorizationType", "NONE")
        if kind == "NONE":
            return None
        if kind != "CUSTOM":
            raise self._error(route_id, f"is authorized by {kind}, which does not exist here")
        properties = self._properties(route["AuthorizerId"])
        sources = properties.get("IdentitySource") or []
        return WebSocketAuthorizer(
            self._function_of(route_id, properties["AuthorizerUri"]),
            tuple([sources] if isinstance(sources, str) else sources),
        )

    def _http_api(self, logical_id: str) -> HttpApi:
        stage, variables = self._stage(logical_id)
        routes = list(self._body_routes(logical_id))
        for route_id, route in self._of_api(logical_id, "AWS::ApiGatewayV2::Route"):
            if route.get("AuthorizationType", "NONE") != "NONE":
                raise self._error(route_id, "has an authorizer, which HTTP APIs lack here")
            method, path = split_route_key(route["RouteKey"])
            routes.append(HttpRoute(method, path, *self._integration(route_id, route, 30_000)))
        return HttpApi(logical_id, api_id(logical_id), stage, tuple(routes), variables)

    def _body_routes(self, logical_id: str) -> Iterator[HttpRoute]:
        """Read the routes that SAM writes into an OpenAPI document."""
        body = self._properties(logical_id).get("Body") or {}
        for path, methods in (body.get("paths") or {}).items():
            for method, operation in methods.items():
                integration = operation.get("x-amazon-apigateway-integration")
                if integration is None:
                    continue
                if operation.get("security") or body.get("security"):
                    text = f"guards {path} by an authorizer, which HTTP APIs lack here"
                    raise self._error(logical_id, text)
                is_any = method == "x-amazon-apigateway-any-method"
                yield HttpRoute(
                    "ANY" if is_any else method.upper(),
                    "$default" if path == "/$default" else path,
                    self._function_of(logical_id, integration["uri"]),
                    int(integration.get("timeoutInMillis", 30_000)),
                )

    def _table(self, logical_id: str) -> Table:
        properties = self._properties(logical_id)
        create = {key: properties[key] for key in CREATE_TABLE_KEYS if key in properties}
        for indexes in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            if indexes in create:
                create[indexes] = [
                    {key: index[key] for key in INDEX_KEYS if key in index}
                    for index in create[indexes]
                ]
        name = self._name(logical_id)
        ttl = properties.get("TimeToLiveSpecification") or {}
        is_on = as_text(ttl.get("Enabled", False)) == "true"
        return Table(
            logical_id,
            name,
            {"TableName": name, **create},
            ttl.get("AttributeName") if is_on else None,
        )

    def _page_headers(self) -> dict[str, str]:
        for logical_id in self._all("AWS::CloudFront::Distribution"):
            config = self._properties(logical_id)["DistributionConfig"]
            policy = config["DefaultCacheBehavior"].get("ResponseHeadersPolicyId")
            if policy in self._resources:  # else it is one of AWS's own, named by its id
                return page_headers(self._properties(policy))
        return {}

    def _integration(
        self, route_id: str, route: Mapping[str, Any], default_timeout_ms: int
    ) -> tuple[str, int]:
        integration_id = str(route.get("Target", "")).removeprefix("integrations/")
        if integration_id not in self._resources:
            raise self._error(route_id, "has no integration")
        integration = self._properties(integration_id)
        function_id = self._function_of(integration_id, integration.get("IntegrationUri"))
        return function_id, int(integration.get("TimeoutInMillis", default_timeout_ms))

    def _function_of(self, logical_id: str, uri: Any) -> str:
        match = FUNCTION_NAME.search(str(uri))
        if match is None or match.group(1) not in self._resources:
            raise self._error(logical_id, f"leads to no function of this template ({uri})")
        return match.group(1)

    def _stage(self, api: str) -> tuple[str, dict[str, str]]:
        for _, stage in self._of_api(api, "AWS::ApiGatewayV2::Stage"):
            variables = stage.get("StageVariables") or {}
            return stage["StageName"], {name: as_text(value) for name, value in variables.items()}
        raise self._error(api, "has no stage")

    def _of_api(self, api: str, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for logical_id in self._all(kind):
            properties = self._properties(logical_id)
            if properties.get("ApiId") == api_id(api):
                yield logical_id, properties

    def _code_path(self, logical_id: str, code: Any) -> Path:
        key = str(code.get("S3Key")) if isinstance(code, dict) else ""
        if key not in self._code:
            raise self._error(logical_id, "names no folder with its code")
        path = (self._folder / self._code[key]).resolve()
        if not path.is_dir():
            raise self._error(key, f"names {self._code[key]}, and there is no such folder")
        return path

    def _layer_path(self, logical_id: str, layer: Any) -> Path:
        if layer not in self._resources:
            raise self._error(logical_id, f"uses the layer {layer}, which is not in this template")
        return self._code_path(layer, self._properties(layer).get("Content"))

    def _all(self, kind: str) -> list[str]:
        return [i for i, resource in self._resources.items() if resource["Type"] == kind]

    def _properties(self, logical_id: str) -> dict[str, Any]:
        self._reading = logical_id
        resolved: dict[str, Any] = self._resolver.resolve(
            self._resources[logical_id].get("Properties") or {}
        )
        return resolved

    def _name(self, logical_id: str) -> str:
        return self._names.reference(logical_id) or logical_id

    def _error(self, logical_id: str, problem: str) -> TemplateError:
        return TemplateError(located(self._text, logical_id, f"{logical_id} {problem}"))


def split_route_key(key: str) -> tuple[str, str]:
    """Split an HTTP API's route key into method and path."""
    method, _, path = key.partition(" ")
    return (method, path) if path else ("ANY", method)
