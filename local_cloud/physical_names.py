"""What is a resource called outside its template? What `Ref` and `Fn::GetAtt` give for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from local_cloud.intrinsics import as_text
from local_cloud.resources import ACCOUNT_ID, REGION

SHORTEST_TABLE = 3  # characters: CreateTable, TableName
ID_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class PhysicalNames:
    """The names of one template's resources; `resolve` evaluates expressions in explicit names."""

    def __init__(self, resources: Mapping[str, Any], resolve: Callable[[Any], Any]) -> None:
        self._resources = resources
        self._resolve = resolve

    def reference(self, logical_id: str) -> str | None:
        """Return what `Ref` gives: the logical id, unless another name is set or usual."""
        resource = self._resources.get(logical_id)
        if resource is None:
            return None
        properties = resource.get("Properties") or {}
        match resource["Type"]:
            case "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api":
                return api_id(logical_id)
            case "AWS::ApiGateway::Stage" | "AWS::ApiGatewayV2::Stage":
                return as_text(self._resolve(properties["StageName"]))
            case "AWS::DynamoDB::Table" if "TableName" in properties:
                return as_text(self._resolve(properties["TableName"]))
            case "AWS::DynamoDB::Table" if len(logical_id) < SHORTEST_TABLE:
                return f"local-{logical_id}"
            case "AWS::S3::Bucket" if "BucketName" in properties:
                return as_text(self._resolve(properties["BucketName"]))
            case "AWS::S3::Bucket":
                return f"local-{logical_id.lower()}"  # a bucket's name has no capitals
            case "AWS::IAM::Role" if "RoleName" in properties:
                return as_text(self._resolve(properties["RoleName"]))
            case "AWS::IAM::ManagedPolicy":
                return f"arn:aws:iam::{ACCOUNT_ID}:policy/{logical_id}"
            case "AWS::Lambda::Function" if "FunctionName" in properties:
                return as_text(self._resolve(properties["FunctionName"]))
            case "AWS::SQS::Queue":
                return queue_url(self._explicit(properties, "QueueName", logical_id))
            case "AWS::SSM::Parameter":
                return self._explicit(properties, "Name", logical_id)
            case "AWS::Lambda::Alias":
                return f"{self._function_arn(properties)}:{properties['Name']}"
            case "AWS::Lambda::Version":
                return f"{self._function_arn(properties)}:1"
        return logical_id

    def attribute(self, logical_id: str, name: str) -> str | None:
        """Return what `Fn::GetAtt` gives; a made-up text for what is not made real here."""
        reference = self.reference(logical_id)
        if reference is None:
            return None
        match self._resources[logical_id]["Type"], name:
            case "AWS::Lambda::Function", "Arn":
                return function_arn(reference)
            case "AWS::IAM::Role", "Arn":
                return f"arn:aws:iam::{ACCOUNT_ID}:role/{reference}"
            case "AWS::DynamoDB::Table", "Arn":
                return f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{reference}"
            case "AWS::SQS::Queue", "Arn":
                return queue_arn(reference.rpartition("/")[2])
            case "AWS::SQS::Queue", "QueueName":
                return reference.rpartition("/")[2]
            case "AWS::SQS::Queue", "QueueUrl":
                return reference
            case "AWS::SSM::Parameter", "Value":
                return as_text(self._resolve(self._resources[logical_id]["Properties"]["Value"]))
            case "AWS::S3::Bucket", "Arn":
                return f"arn:aws:s3:::{reference}"
            case "AWS::S3::Bucket", "DomainName" | "RegionalDomainName":
                return f"{reference}.s3.{REGION}.amazonaws.com"
            case "AWS::ApiGatewayV2::Api", "ApiEndpoint":
                kind = self._resources[logical_id]["Properties"].get("ProtocolType")
                scheme = "wss" if kind == "WEBSOCKET" else "https"
                return f"{scheme}://{api_host(reference)}"
        return f"{reference}.{name}"

    def _explicit(self, properties: Mapping[str, Any], key: str, logical_id: str) -> str:
        return as_text(self._resolve(properties[key])) if key in properties else logical_id

    def _function_arn(self, properties: Mapping[str, Any]) -> str:
        return function_arn(as_text(self._resolve(properties["FunctionName"])))


def api_id(logical_id: str) -> str:
    """Return ten letters and digits, as API Gateway's ids look, the same at every start."""
    number = int.from_bytes(hashlib.sha256(logical_id.encode()).digest()[:8], "big")
    return "".join(ID_DIGITS[number // 36**place % 36] for place in range(10))


def api_host(identifier: str) -> str:
    """Return the host that AWS gives an API; handlers get this machine's in its place."""
    return f"{identifier}.execute-api.{REGION}.amazonaws.com"


def queue_arn(name: str) -> str:
    """Return the ARN of a queue."""
    return f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}"


def queue_url(name: str) -> str:
    """Return the address that AWS gives a queue; here it only names it."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{name}"


def function_arn(name: str) -> str:
    """Return the ARN of a function."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}"
