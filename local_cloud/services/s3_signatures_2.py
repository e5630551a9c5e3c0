"""What did signature version 2 sign? In us-east-1 boto3 still presigns with it, unless told not to.

Source: Amazon S3 Developer Guide, "Signing and Authenticating REST Requests (AWS signature version
2)"; held against botocore's `HmacV1QueryAuth`. Headers are never signed like this here.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from urllib.parse import unquote

from local_cloud.http_messages import Request

SUBRESOURCES = {  # those of `CanonicalizedResource` that are known here
    *("delete", "location", "response-cache-control", "response-content-disposition"),
    *("response-content-encoding", "response-content-language", "response-content-type"),
    "response-expires",
}


def text_of_query(request: Request, query: Mapping[str, str]) -> str:
    """Return what a presigned address signs."""
    fields = request.fields
    amazons = {
        name: value.strip()
        for name, value in [*query.items(), *fields.items()]
        if name.lower().startswith("x-amz-")
    }
    content_type = fields.get("content-type") or query.get("content-type", "")
    lines = [request.method, fields.get("content-md5", ""), content_type, query.get("Expires", "")]
    lines += [f"{name}:{amazons[name]}" for name in sorted(amazons)]
    return "\n".join([*lines, _resource(request)])


def signature_2(secret_access_key: str, text: str) -> str:
    """Sign a text."""
    digest = hmac.digest(secret_access_key.encode(), text.encode(), "sha1")
    return base64.b64encode(digest).decode()


def _resource(request: Request) -> str:
    parts = [part.partition("=") for part in request.query_string.split("&")]
    chosen = sorted(
        f"{name}={unquote(value)}" if separator else name
        for name, separator, value in parts
        if name in SUBRESOURCES
    )
    return request.path + ("?" + "&".join(chosen) if chosen else "")
