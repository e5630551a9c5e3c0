"""Which properties would a handler or a client miss here? They are named; others change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

LEFT_OUT = {
    "AWS::DynamoDB::Table": {
        "KinesisStreamSpecification": "feeds a Kinesis stream, which does not exist here",
    },
    "AWS::Lambda::Function": {
        "FileSystemConfigs": "mounts a file system, which does not exist here",
    },
    "AWS::S3::Bucket": {
        "ObjectLockEnabled": "locks its objects, which are not locked here",
        "ReplicationConfiguration": "is copied elsewhere, which does not happen here",
        "VersioningConfiguration": "keeps versions of its objects; here only the last one is kept",
        "WebsiteConfiguration": "is a website, which is not served here",
    },
}


def left_out(kind: str, properties: Mapping[str, Any]) -> Iterator[str]:
    """Say what of a resource is not here, one problem after the other."""
    for name, problem in LEFT_OUT.get(kind, {}).items():
        value = properties.get(name)
        if value and value != {"Status": "Suspended"}:
            yield problem
