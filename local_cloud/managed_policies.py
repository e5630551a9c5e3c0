"""What do AWS's own policies say? Those that SAM templates name most, as far as it matters here.

Source: AWS Managed Policy Reference Guide. Logs, traces and network interfaces are not guarded
here, so policies that allow nothing else allow nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "arn:aws:iam::aws:policy/"
_READ_TABLES = [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:Describe*",
    "dynamodb:GetItem",
    "dynamodb:List*",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
]


def _allow(actions: list[str], resource: str = "*") -> Mapping[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]}


_LOGS = _allow(["logs:*"])
_STREAMS = _allow(
    [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "logs:*",
    ]
)
_QUEUES = _allow(
    ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "logs:*"],
)

MANAGED_POLICIES: Mapping[str, Mapping[str, Any]] = {
    f"{PREFIX}AdministratorAccess": _allow(["*"]),
    f"{PREFIX}AWSXRayDaemonWriteAccess": _allow(["xray:*"]),
    f"{PREFIX}AWSXrayWriteOnlyAccess": _allow(["xray:*"]),
    f"{PREFIX}AmazonAPIGatewayInvokeFullAccess": _allow(
        ["execute-api:Invoke", "execute-api:ManageConnections"], "arn:aws:execute-api:*:*:*"
    ),
    f"{PREFIX}AmazonDynamoDBFullAccess": _allow(["dynamodb:*"]),
    f"{PREFIX}AmazonDynamoDBReadOnlyAccess": _allow(_READ_TABLES),
    f"{PREFIX}AmazonS3FullAccess": _allow(["s3:*"]),
    f"{PREFIX}AmazonS3ReadOnlyAccess": _allow(["s3:Get*", "s3:List*", "s3:Describe*"]),
    f"{PREFIX}AmazonSQSFullAccess": _allow(["sqs:*"]),
    f"{PREFIX}AmazonSSMReadOnlyAccess": _allow(["ssm:Describe*", "ssm:Get*", "ssm:List*"]),
    f"{PREFIX}CloudWatchLambdaInsightsExecutionRolePolicy": _LOGS,
    f"{PREFIX}service-role/AWSLambdaBasicExecutionRole": _LOGS,
    f"{PREFIX}service-role/AWSLambdaDynamoDBExecutionRole": _STREAMS,
    f"{PREFIX}service-role/AWSLambdaRole": _allow(["lambda:InvokeFunction"]),
    f"{PREFIX}service-role/AWSLambdaSQSQueueExecutionRole": _QUEUES,
    f"{PREFIX}service-role/AWSLambdaVPCAccessExecutionRole": _LOGS,
}
