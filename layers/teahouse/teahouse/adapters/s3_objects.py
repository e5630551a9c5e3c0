"""Objects in S3: signed by hand like everything a socket function says, and forms that others send.

Sources: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header", where
a header names the body's hash, and "Browser-Based Uploads Using POST". Keys are letters, digits,
`-`, `_` and `/`, so nothing in a path needs to be encoded.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest

from teahouse.adapters.aws.answers import Answer
from teahouse.adapters.aws.credentials import current_credentials
from teahouse.adapters.aws.endpoint import current_region
from teahouse.adapters.aws.failures import CallFailed
from teahouse.adapters.aws.signed_http import SignedHttp
from teahouse.adapters.aws.signing import amz_date, signing_key
from teahouse.ports import OutcomeUnknown

DEADLINE_S = 8.0
_NOT_THERE = (403, 404)  # whoever may not list a bucket is told 403 of what is not there


class StorageRefused(Exception):
    """S3 will not do this: a bug of ours, or a permission."""


class S3Objects:
    """The bucket of what people upload."""

    def __init__(self) -> None:
        self._http = SignedHttp("s3", "AWS_ENDPOINT_URL_S3", regular_host="s3")

    def form(
        self, key: str, *, content_type: str, max_bytes: int, lasts_s: int, now_ms: int
    ) -> Mapping[str, str]:
        credentials, region = current_credentials(), current_region()
        timestamp = amz_date(now_ms / 1000)
        scope = f"{timestamp[:8]}/{region}/s3/aws4_request"
        fields = {
            "key": key,
            "Content-Type": content_type,
            "x-amz-algorithm": "AWS4-HMAC-SHA256",
            "x-amz-credential": f"{credentials.access_key_id}/{scope}",
            "x-amz-date": timestamp,
        }
        if credentials.session_token is not None:
            fields["x-amz-security-token"] = credentials.session_token
        expires = datetime.fromtimestamp(now_ms / 1000 + lasts_s, UTC)
        policy = {
            "expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "conditions": [
                {"bucket": _bucket()},
                ["content-length-range", 1, max_bytes],
                *({name: value} for name, value in fields.items()),
            ],
        }
        fields["policy"] = base64.b64encode(json.dumps(policy).encode()).decode()
        key_of_day = signing_key(credentials.secret_access_key, timestamp[:8], region, "s3")
        fields["x-amz-signature"] = digest(key_of_day, fields["policy"].encode(), "sha256").hex()
        return fields

    def find(self, key: str) -> tuple[bytes, str] | None:
        answer = self._ask("GET", key)
        if answer.status in _NOT_THERE:
            return None
        _require(answer, 200)
        return answer.body, answer.headers.get("content-type", "")

    def put(self, key: str, data: bytes, content_type: str) -> None:
        _require(self._ask("PUT", key, data, {"Content-Type": content_type}), 200)

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            _require(self._ask("DELETE", key), 204)

    def _ask(
        self, method: str, key: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        named = {**(headers or {}), "x-amz-content-sha256": sha256(body).hexdigest()}
        path = f"/{_bucket()}/{key}"
        try:
            return self._http.request(
                method, path, named, body, deadline_s=DEADLINE_S, is_repeatable=True
            )
        except CallFailed as error:
            raise OutcomeUnknown(f"{method}: {error}") from error


def _bucket() -> str:
    return os.environ.get("UPLOADS_BUCKET", "uploads")


def _require(answer: Answer, status: int) -> None:
    """Pass what was asked for.

    Raises:
        OutcomeUnknown: S3 is busy or failing.
        StorageRefused: any other answer.
    """
    if answer.status == status:
        return
    if answer.status >= 500:
        raise OutcomeUnknown(f"S3 answered {answer.status}")
    raise StorageRefused(f"S3 answered {answer.status}")
