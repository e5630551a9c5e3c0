"""Which objects does a bucket let go, and when? Its `LifecycleConfiguration`, read.

Source: AWS::S3::Bucket Rule, CloudFormation Template Reference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_cloud.services.lifecycles import Expiration

UNKNOWN = {
    "TagFilters": "is for objects with tags, which do not exist here: the rule is not imposed",
    "Transition": "moves objects to another class of storage, which does not happen here",
    "Transitions": "moves objects to another class of storage, which does not happen here",
    "AbortIncompleteMultipartUpload": "ends uploads in parts, which do not exist here",
    "NoncurrentVersionExpiration": "removes old versions, which are not kept here",
    "NoncurrentVersionExpirationInDays": "removes old versions, which are not kept here",
}


def expirations(properties: Mapping[str, Any]) -> tuple[tuple[Expiration, ...], list[str]]:
    """Read a bucket's rules, and what of them cannot be imposed."""
    rules: list[Expiration] = []
    problems: list[str] = []
    declared = (properties.get("LifecycleConfiguration") or {}).get("Rules") or ()
    for number, rule in enumerate(declared, 1):
        if rule["Status"] != "Enabled":
            continue
        name = rule.get("Id") or f"number {number}"
        problems += [f"has the rule {name} that {UNKNOWN[key]}" for key in rule if key in UNKNOWN]
        if not rule.get("TagFilters"):
            rules += _expiration(rule)
    return tuple(rules), problems


def _expiration(rule: Mapping[str, Any]) -> list[Expiration]:
    days, date = rule.get("ExpirationInDays"), rule.get("ExpirationDate")
    if days is None and date is None:
        return []
    return [
        Expiration(
            prefix=str(rule.get("Prefix", "")),
            days=None if days is None else int(days),
            at_s=None if date is None else _epoch_s(date),
            larger_than_bytes=int(rule.get("ObjectSizeGreaterThan", -1)),
            smaller_than_bytes=float(rule.get("ObjectSizeLessThan", math.inf)),
        )
    ]


def _epoch_s(date: Any) -> float:
    moment = datetime.fromisoformat(str(date).replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
