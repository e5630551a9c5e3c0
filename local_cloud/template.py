"""What does a template declare? `template.yaml` read as SAM and CloudFormation read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local_cloud.api_reader import ApiReader
from local_cloud.code_reader import CodeReader
from local_cloud.distribution import BucketPath, bucket_paths
from local_cloud.handler_files import missing_handlers
from local_cloud.intrinsics import Resolver, UnresolvedError, as_text
from local_cloud.left_out import left_out
from local_cloud.page_headers import page_headers
from local_cloud.parameters import parameter_values
from local_cloud.physical_names import PhysicalNames
from local_cloud.resources import Bucket, Cloud, Function, Table
from local_cloud.role_reader import IAM_TYPES, missing_rights, read_roles
from local_cloud.roles import Role
from local_cloud.sam import TemplateError, Translation, located, origin_of, translate
from local_cloud.service_reader import SERVICE_TYPES, ServiceReader

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
    *SERVICE_TYPES,
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::IntegrationResponse",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::RouteResponse",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::DynamoDB::Table",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Version",
    "AWS::S3::Bucket",
}
# Without effect on what a handler sees here; everything else that is not made real is named.
SILENT = (
    "AWS::ApiGateway::Account",
    "AWS::CloudFront::",
    "AWS::CloudWatch::",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Logs::LogStream",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::QueryDefinition",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
)


def load_cloud(
    path: Path,
    parameters: Mapping[str, str] | None = None,
    cache_folder: Path | None = None,
    *,
    scratch: Path | None = None,
) -> Cloud:
    """Read a template and all it names; code inside the template is written below `scratch`.

    Raises:
        TemplateError: it cannot be read, SAM refuses it, or it needs what does not exist here.
        OSError: `cache_folder` or `scratch` cannot be written.
    """
    given = parameters or {}
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path} cannot be read: {error}") from error
    try:
        translation = translate(text, given, cache_folder)
        return _Reader(path, text, translation, given, scratch).cloud()
    except TemplateError as error:
        raise TemplateError(f"{path}: {error}") from error


class _Reader:
    """Turns CloudFormation's resources into values, one method per kind."""

    def __init__(
        self,
        path: Path,
        text: str,
        translation: Translation,
        given: Mapping[str, str],
        scratch: Path | None,
    ) -> None:
        self._text = text
        self._path = path.resolve()
        self._code = CodeReader(self, self._path.parent, translation.code, scratch)
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
            raise self.error(self._reading, str(error)) from error
        except RecursionError as error:
            raise self.error(self._reading, "refers to itself") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            problem = f"is not as CloudFormation describes it ({type(error).__name__}: {error})"
            raise self.error(self._reading, problem) from error

    def _existing(self) -> Iterator[tuple[str, Any]]:
        """Leave out the resources whose condition is false."""
        for logical_id, resource in self._declared.items():
            self._reading = logical_id
            if "Condition" not in resource or self._resolver.holds(resource["Condition"]):
                yield logical_id, resource

    def _cloud(self) -> Cloud:
        apis = ApiReader(self)
        functions = {i: self._function(i) for i in self.all("AWS::Lambda::Function")}
        services = ServiceReader(self, functions)
        roles = self._roles()
        return Cloud(
            functions=functions,
            web_socket_apis=apis.web_socket_apis(),
            http_apis=apis.http_apis(),
            tables=tuple(self._table(i) for i in self.all("AWS::DynamoDB::Table")),
            buckets=tuple(Bucket(i, self.name(i)) for i in self.all("AWS::S3::Bucket")),
            page_headers=self._page_headers(),
            bucket_paths=tuple(self._bucket_paths()),
            roles=roles,
            ignored=tuple(
                f"{logical_id} ({resource['Type']})"
                for logical_id, resource in self._resources.items()
                if resource["Type"] not in MADE_REAL
            ),
            services=services.services(),
            unknown=tuple(
                self._unknown(
                    [
                        *missing_handlers(functions),
                        *apis.unknown,
                        *services.unknown,
                        *missing_rights(roles),
                    ]
                )
            ),
        )

    def _unknown(self, found: list[tuple[str, str]]) -> Iterator[str]:
        """Name what a handler may miss, with its line."""
        for logical_id, problem in found:
            yield str(self.error(logical_id, problem))
        for logical_id, resource in self._resources.items():
            kind = resource["Type"]
            for problem in left_out(kind, resource.get("Properties") or {}):
                yield str(self.error(logical_id, problem))
            if kind not in MADE_REAL and not kind.startswith(SILENT):
                yield str(self.error(logical_id, f"is a {kind}, which does not exist here"))

    def _function(self, logical_id: str) -> Function:
        properties = self.properties(logical_id)
        runtime = str(properties.get("Runtime", "an image"))
        is_ours = runtime.startswith("python")
        variables = (properties.get("Environment") or {}).get("Variables") or {}
        reserved = properties.get("ReservedConcurrentExecutions")
        return Function(
            logical_id=logical_id,
            code_path=(
                self._code.function_folder(logical_id, properties.get("Code"))
                if is_ours
                else self._path.parent
            ),
            handler=str(properties.get("Handler", "")),
            layer_paths=tuple(
                self._code.layer_folder(logical_id, layer)
                for layer in (properties.get("Layers") or [] if is_ours else [])
            ),
            environment={name: as_text(value) for name, value in variables.items()},
            timeout_s=float(properties.get("Timeout", DEFAULT_TIMEOUT_S)),
            memory_mb=int(properties.get("MemorySize", DEFAULT_MEMORY_MB)),
            is_arm="arm64" in (properties.get("Architectures") or []),
            reserved_concurrency=None if reserved is None else int(reserved),
            name=self.name(logical_id),
            foreign_runtime="" if is_ours else runtime,
        )

    def _roles(self) -> dict[str, Role]:
        role_arns = {
            logical_id: as_text(self.properties(logical_id).get("Role", ""))
            for logical_id in self.all("AWS::Lambda::Function")
        }
        iam = [logical_id for kind in IAM_TYPES for logical_id in self.all(kind)]
        declared = {i: (self._resources[i]["Type"], self.properties(i)) for i in iam}
        return read_roles(role_arns, declared, {i: self.name(i) for i in iam})

    def _table(self, logical_id: str) -> Table:
        properties = self.properties(logical_id)
        create = {key: properties[key] for key in CREATE_TABLE_KEYS if key in properties}
        for indexes in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            if indexes in create:
                create[indexes] = [
                    {key: index[key] for key in INDEX_KEYS if key in index}
                    for index in create[indexes]
                ]
        name = self.name(logical_id)
        ttl = properties.get("TimeToLiveSpecification") or {}
        is_on = as_text(ttl.get("Enabled", False)) == "true"
        return Table(
            logical_id,
            name,
            {"TableName": name, **create},
            ttl.get("AttributeName") if is_on else None,
        )

    def _page_headers(self) -> dict[str, str]:
        for logical_id in self.all("AWS::CloudFront::Distribution"):
            config = self.properties(logical_id)["DistributionConfig"]
            policy = config["DefaultCacheBehavior"].get("ResponseHeadersPolicyId")
            if policy in self._resources:  # else it is one of AWS's own, named by its id
                return page_headers(self.properties(policy))
        return {}

    def _bucket_paths(self) -> Iterator[BucketPath]:
        codes = {
            self._names.attribute(i, "FunctionARN") or "": self.properties(i)["FunctionCode"]
            for i in self.all("AWS::CloudFront::Function")
        }
        buckets = {self.name(i): i for i in self.all("AWS::S3::Bucket")}
        for logical_id in self.all("AWS::CloudFront::Distribution"):
            config = self.properties(logical_id)["DistributionConfig"]
            yield from bucket_paths(config, buckets, codes)

    def function_of(self, logical_id: str, uri: Any) -> str:
        """Return the function that a URI or an ARN leads to, or complain about `logical_id`."""
        match = FUNCTION_NAME.search(str(uri))
        for function_id in self.all("AWS::Lambda::Function"):
            if match is not None and match.group(1) == self.name(function_id):
                return function_id
        raise self.error(logical_id, f"leads to no function of this template ({uri})")

    def all(self, kind: str) -> list[str]:
        """Return the logical ids of all resources of a type whose condition holds."""
        return [i for i, resource in self._resources.items() if resource["Type"] == kind]

    def properties(self, logical_id: str) -> dict[str, Any]:
        """Return a resource's properties, every expression in them resolved."""
        self._reading = logical_id
        resolved: dict[str, Any] = self._resolver.resolve(
            self._resources[logical_id].get("Properties") or {}
        )
        return resolved

    def name(self, logical_id: str) -> str:
        """Return what `Ref` gives for a resource."""
        return self._names.reference(logical_id) or logical_id

    def error(self, logical_id: str, problem: str) -> TemplateError:
        """Return a complaint about a resource, with its line or that of what SAM made it of."""
        origin = origin_of(self._text, logical_id)
        return TemplateError(located(self._text, origin, f"{logical_id} {problem}"))
