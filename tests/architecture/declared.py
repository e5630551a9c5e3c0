"""What does the template declare? Just enough of it to compare with the folders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """One event of a function: `name` is its name in the template."""

    function: str
    module: str
    name: str
    method: str
    path: str

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def sample(self) -> str:
        return f"{self.module}.{snake(self.name)}"


class _Loader(yaml.SafeLoader):
    """YAML whose CloudFormation tags (!Ref, !Sub, !GetAtt) stay visible as one-entry maps."""


def _tagged(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {suffix: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)


@cache
def template() -> dict[str, Any]:
    """Read template.yaml."""
    loaded: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), _Loader)
    return loaded


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """List the resources of a type, by logical id."""
    found = template()["Resources"]
    return {name: value for name, value in found.items() if value["Type"] == kind}


def functions() -> dict[str, dict[str, Any]]:
    """List the properties of the functions, by logical id."""
    return {n: r["Properties"] for n, r in resources("AWS::Serverless::Function").items()}


def handler_file(logical_id: str) -> Path:
    """Name the file a function's handler is in."""
    properties = functions()[logical_id]
    module = properties["Handler"].partition(".")[0]
    return ROOT / str(properties["CodeUri"]) / f"{module}.py"


def socket_routes() -> dict[str, str]:
    """List the routes of the socket: key to the function's logical id."""
    (api,) = resources("AWS::Serverless::WebSocketApi").values()
    routes = api["Properties"]["Routes"]
    return {key: arn(route["FunctionArn"]) for key, route in routes.items()}


def authorizer() -> str:
    """Name the function that authorizes a socket."""
    (api,) = resources("AWS::Serverless::WebSocketApi").values()
    return arn(api["Properties"]["Auth"]["AuthArn"])


def http_routes() -> list[HttpRoute]:
    """List the routes of the HTTP API."""
    return [
        HttpRoute(function, handler_file(function).stem, name, given["Method"], given["Path"])
        for function, properties in functions().items()
        for name, event in properties.get("Events", {}).items()
        if event["Type"] == "HttpApi"
        for given in [event["Properties"]]
    ]


def arn(value: dict[str, str]) -> str:
    """Read `!GetAtt Function.Arn`."""
    return value["GetAtt"].removesuffix(".Arn")


def snake(name: str) -> str:
    """Spell ReadMe and joinRoom as Python does."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
