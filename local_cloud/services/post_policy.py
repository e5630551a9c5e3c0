"""Does a form keep what its policy says? The rules of an upload that a browser sends itself; pure.

Source: Amazon S3 API Reference, "Creating a POST Policy".
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_cloud.services.s3_signatures import S3Refused

# "Each form field that you specify in a form (except ...) must appear in the list of conditions."
FREE_FIELDS = ("awsaccesskeyid", "x-amz-signature", "signature", "file", "policy")
FREE_PREFIX = "x-ignore-"


def check_policy(fields: Mapping[str, str], bucket: str, size: int, now_s: float) -> None:
    """Check expiry, every condition, and that every field has one.

    `fields` have lower-case names; `key` is already the object's key.

    Raises:
        S3Refused: with S3's code and sentence.
    """
    policy = _read(fields["policy"])
    if now_s > _epoch_s(policy["expiration"]):
        raise _denied("Policy expired.")
    given = {**fields, "bucket": bucket}
    covered = set()
    for condition in policy["conditions"]:
        covered.add(_check(condition, given, size))
    for name in given:
        if name not in covered and name not in FREE_FIELDS and not name.startswith(FREE_PREFIX):
            if name == "bucket":
                continue  # it stands in the address
            raise _denied(f"Extra input fields: {name}")


def _read(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(base64.b64decode(text, validate=True))
        is_sound = isinstance(policy["expiration"], str) and isinstance(policy["conditions"], list)
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise S3Refused(400, "InvalidPolicyDocument", "Invalid Policy: Invalid JSON.") from error
    if not is_sound:
        raise S3Refused(400, "InvalidPolicyDocument", "Invalid Policy.")
    return dict(policy)


def _epoch_s(expiration: str) -> float:
    try:
        moment = datetime.fromisoformat(expiration.replace("Z", "+00:00"))
    except ValueError as error:
        text = "Invalid Policy: Invalid 'expiration' value."
        raise S3Refused(400, "InvalidPolicyDocument", text) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _check(condition: Any, given: Mapping[str, str], size: int) -> str:
    """Check one condition, and return the field it covers."""
    if isinstance(condition, dict) and len(condition) == 1:
        [(name, value)] = condition.items()
        operator, name = "eq", str(name).lower()
    elif isinstance(condition, list) and len(condition) == 3:
        operator, name, value = str(condition[0]).lower(), str(condition[1]).lower(), condition[2]
        if operator == "content-length-range":
            _check_size(condition, size)
            return "file"
        name = name.removeprefix("$")
    else:
        raise S3Refused(400, "InvalidPolicyDocument", "Invalid Policy: Invalid condition.")
    actual = given.get(name, "")
    if operator == "eq":
        is_kept = actual == str(value)
    elif operator == "starts-with" and name == "content-type":
        is_kept = all(one.strip().startswith(str(value)) for one in actual.split(","))
    elif operator == "starts-with":
        is_kept = actual.startswith(str(value))
    else:
        raise S3Refused(400, "InvalidPolicyDocument", f"Invalid Policy: Unknown {operator}.")
    if not is_kept:
        told = json.dumps(condition if isinstance(condition, list) else ["eq", f"${name}", value])
        raise _denied(f"Policy Condition failed: {told}")
    return name


def _check_size(condition: list[Any], size: int) -> None:
    try:
        low, high = int(condition[1]), int(condition[2])
    except (TypeError, ValueError) as error:
        text = "Invalid Policy: Invalid content-length-range."
        raise S3Refused(400, "InvalidPolicyDocument", text) from error
    if size > high:
        text = "Your proposed upload exceeds the maximum allowed size"
        raise S3Refused(400, "EntityTooLarge", text)
    if size < low:
        text = "Your proposed upload is smaller than the minimum allowed size"
        raise S3Refused(400, "EntityTooSmall", text)


def _denied(reason: str) -> S3Refused:
    return S3Refused(403, "AccessDenied", f"Invalid according to Policy: {reason}")
