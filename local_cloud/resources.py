"""What does a template declare? Plain values; `template.py` makes them, everything else reads them.

Functions are named by their logical id everywhere in this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_cloud.distribution import BucketPath
from local_cloud.roles import Role
from local_cloud.route_rates import RouteRates

if TYPE_CHECKING:
    from local_cloud.services.declared import DeclaredServices

ACCOUNT_ID = "123456789012"  # the account number of AWS's own documentation examples
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda function, with everything its environment needs."""

    logical_id: str
    code_path: Path  # /var/task: first on sys.path, and the working directory
    handler: str  # "module.function", as in the template
    layer_paths: tuple[Path, ...]  # each stands for /opt/python
    environment: Mapping[str, str]  # resolved; without credentials and endpoints
    timeout_s: float
    memory_mb: int
    is_arm: bool = False  # which is cheaper
    reserved_concurrency: int | None = None
    name: str = ""  # FunctionName; empty stands for the logical id
    foreign_runtime: str = ""  # what it runs in, if not in Python: every event of it fails


@dataclass(frozen=True, slots=True)
class Mock:
    """An integration that asks nobody: its status, and its response template if it has one."""

    status: int
    template: str | None


@dataclass(frozen=True, slots=True)
class WebSocketRoute:
    """Where one route key leads; to a function, unless there is a mock."""

    route_key: str
    function_id: str
    timeout_ms: int = 29_000  # "WebSocket API integration timeout", quotas page: 50 ms to 29 s
    is_two_way: bool = False  # its result's body is sent to the client
    mock: Mock | None = None


@dataclass(frozen=True, slots=True)
class WebSocketAuthorizer:
    """The REQUEST authorizer of `$connect`."""

    function_id: str
    identity_sources: tuple[str, ...] = ()  # "route.request.header.NAME", ...


@dataclass(frozen=True, slots=True)
class WebSocketApi:
    """One WebSocket API with its stage."""

    logical_id: str
    api_id: str
    stage: str
    route_selection_expression: str
    routes: Mapping[str, WebSocketRoute]
    authorizer: WebSocketAuthorizer | None = None
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    rates: RouteRates = field(default_factory=RouteRates)


@dataclass(frozen=True, slots=True)
class HttpAuthorizer:
    """The REQUEST authorizer of an HTTP API's route."""

    function_id: str
    identity_sources: tuple[str, ...]  # "$request.header.NAME", ...
    is_simple: bool  # answers {"isAuthorized": ...} instead of a policy
    payload_format: str = "2.0"
    ttl_s: int = 0  # how long an answer is kept for the same identity


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """One route of an HTTP API: `method` in capitals or ANY, `path` as in the template."""

    method: str
    path: str  # "/api/rooms/{roomId}", "/api/{proxy+}", or "$default"
    function_id: str
    timeout_ms: int = 30_000  # "maximum integration timeout", HTTP API quotas page
    authorizer: HttpAuthorizer | None = None
    payload_format: str = "2.0"


@dataclass(frozen=True, slots=True)
class HttpApi:
    """One HTTP API, or REST API, with one of its stages."""

    logical_id: str
    api_id: str
    stage: str  # "$default" adds nothing to the path
    routes: tuple[HttpRoute, ...]
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    is_rest: bool = False
    rates: RouteRates = field(default_factory=RouteRates)


@dataclass(frozen=True, slots=True)
class Table:
    """One DynamoDB table: `create` is the body of CreateTable, `ttl_attribute` its TTL."""

    logical_id: str
    name: str
    create: Mapping[str, Any]
    ttl_attribute: str | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """One S3 bucket."""

    logical_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Cloud:
    """A whole template, resolved."""

    functions: Mapping[str, Function]
    web_socket_apis: tuple[WebSocketApi, ...]
    http_apis: tuple[HttpApi, ...]
    tables: tuple[Table, ...]
    buckets: tuple[Bucket, ...]
    page_headers: Mapping[str, str] = field(default_factory=dict)  # CloudFront adds them
    bucket_paths: tuple[BucketPath, ...] = ()  # of CloudFront, before the APIs and the page
    roles: Mapping[str, Role] = field(default_factory=dict)  # by function
    ignored: tuple[str, ...] = ()  # "LogicalId (Type)": declared, and not made real here
    services: DeclaredServices | None = None
    unknown: tuple[str, ...] = ()  # sentences with a line: what of it handlers may miss
