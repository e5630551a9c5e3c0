"""Which properties would a handler or a client miss here? They are named; others change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

CLOSED = "an object is only for who signs"
LEFT_OUT = {
    "AWS::DynamoDB::Table": {
        "KinesisStreamSpecification": "feeds a Kinesis stream, which does not exist here",
    },
    "AWS::Lambda::Function": {
        "FileSystemConfigs": "mounts a file system, which does not exist here",
    },
    "AWS::Scheduler::Schedule": {
        "StartDate": "begins at a date, which is not kept here: it runs from the start",
        "EndDate": "ends at a date, which is not kept here: it runs to the end",
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
    if kind == "AWS::S3::Bucket" and str(properties.get("AccessControl")).startswith("Public"):
        yield f"is {properties['AccessControl']}, which is not so here: {CLOSED}"
    if kind == "AWS::S3::BucketPolicy" and _is_open(properties.get("PolicyDocument")):
        yield f"lets everybody in, which is not so here: {CLOSED}"


def _is_open(document: Any) -> bool:
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    return any(
        isinstance(statement, Mapping)
        and statement.get("Effect") == "Allow"
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        for statement in (statements if isinstance(statements, list) else [statements])
    )
