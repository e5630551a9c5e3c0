"""What does S3 answer? Objects for handlers, and presigned requests and forms for browsers.

Source: Amazon S3 API Reference. Addresses are path-style: `/bucket/key`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from local_cloud.http_messages import Answer, Request
from local_cloud.services.bucket_events import COPY, POST, PUT
from local_cloud.services.cors import CorsRule, cors_headers, preflight
from local_cloud.services.endpoint import Allow
from local_cloud.services.forms import read_form
from local_cloud.services.objects import ObjectFacts, Objects
from local_cloud.services.post_policy import check_policy
from local_cloud.services.s3_listing import deleted, listed
from local_cloud.services.s3_signatures import S3Refused, S3Signatures

XML = ("Content-Type", "application/xml")
KEPT_HEADERS = (
    *("cache-control", "content-disposition", "content-encoding", "content-language"),
    *("content-type", "expires"),
)
USER_PREFIX = "x-amz-meta-"
OVERRIDES = "response-"  # a presigned GET may choose these headers of its answer
UNKNOWN_QUERIES = (
    *("acl", "uploads", "uploadId", "versioning", "versions", "tagging", "policy", "lifecycle"),
    *("cors", "notification", "encryption", "torrent", "select", "restore", "partNumber"),
)
MAX_KEY_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class _Call:
    request: Request
    caller: str
    bucket: str
    key: str
    query: Mapping[str, str]


class S3Api:
    """The buckets of one template. `on_put` hears of every new object."""

    def __init__(
        self,
        objects: Objects,
        signatures: S3Signatures,
        allow: Allow,
        *,
        cors: Mapping[str, tuple[CorsRule, ...]] | None = None,
        on_put: Callable[[str, ObjectFacts, str], None] = lambda bucket, facts, how: None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._objects = objects
        self._signatures = signatures
        self._allow = allow
        self._cors = cors or {}
        self._on_put = on_put
        self._now_s = now_s

    async def answer(self, request: Request) -> Answer:
        """Answer one request."""
        bucket, _, key = unquote(request.path).lstrip("/").partition("/")
        rules = self._cors.get(bucket, ())
        if request.method == "OPTIONS":
            return preflight(rules, request)
        try:
            answer = self._answer(request, bucket, key)
        except S3Refused as error:
            answer = refusal(error, request.path)
        headers = (*answer.headers, *cors_headers(rules, request))
        return Answer(answer.status, headers, answer.body)

    def _answer(self, request: Request, bucket: str, key: str) -> Answer:
        if request.method == "POST" and not key and not request.query_string:
            return self._form(request, bucket)
        caller = self._signatures.caller_of(request)
        query = dict(parse_qsl(request.query_string, keep_blank_values=True))
        for name in UNKNOWN_QUERIES:
            if name in query:
                raise S3Refused(501, "NotImplemented", f"?{name} is unknown to the local cloud")
        if not bucket:
            raise S3Refused(501, "NotImplemented", "ListBuckets is unknown to the local cloud")
        call = _Call(request, caller, bucket, key, query)
        return self._on_object(call) if key else self._on_bucket(call)

    def _on_bucket(self, call: _Call) -> Answer:
        method = call.request.method
        if method == "POST" and "delete" in call.query:
            self._require_bucket(call.bucket)
            return deleted(call.request.body, lambda key: self._delete(call, key))
        if method not in ("GET", "HEAD"):
            raise S3Refused(501, "NotImplemented", f"{method} of a bucket is unknown here")
        self._require(call, "s3:ListBucket", f"arn:aws:s3:::{call.bucket}")
        self._require_bucket(call.bucket)
        if method == "HEAD":
            return Answer(200)
        if "location" in call.query:
            return Answer(200, (XML,), b"<LocationConstraint/>")
        return listed(call.bucket, call.query, self._objects)

    def _on_object(self, call: _Call) -> Answer:
        method = call.request.method
        if len(call.key.encode()) > MAX_KEY_BYTES:
            raise S3Refused(400, "KeyTooLongError", "Your key is too long")
        if method in ("GET", "HEAD"):
            return self._get(call)
        if method == "DELETE":
            self._delete(call, call.key)
            return Answer(204)
        if method != "PUT":
            raise S3Refused(405, "MethodNotAllowed", f"{method} of an object is unknown here")
        fields = call.request.fields
        if "x-amz-copy-source" in fields:
            return self._copy(call, fields)
        self._require(call, "s3:PutObject", _arn(call.bucket, call.key))
        self._require_bucket(call.bucket)
        if fields.get("if-none-match") == "*" and self._objects.find(call.bucket, call.key):
            raise S3Refused(412, "PreconditionFailed", "At least one of the pre-conditions failed")
        facts = self._put(call.bucket, call.key, call.request.body, fields)
        return Answer(200, (("ETag", f'"{facts.etag}"'),))

    def _get(self, call: _Call) -> Answer:
        self._require(call, "s3:GetObject", _arn(call.bucket, call.key))
        self._require_bucket(call.bucket)
        found = self._objects.find(call.bucket, call.key)
        if found is None:
            # Whoever may not list learns nothing: GetObject, "Permissions".
            self._require(call, "s3:ListBucket", f"arn:aws:s3:::{call.bucket}")
            raise S3Refused(404, "NoSuchKey", "The specified key does not exist.")
        facts, data = found
        headers = {"Content-Type": "binary/octet-stream", **_spelled(facts.headers)}
        for name, value in call.query.items():
            if name.startswith(OVERRIDES):
                headers[name.removeprefix(OVERRIDES).title()] = value
        headers["ETag"] = f'"{facts.etag}"'
        headers["Last-Modified"] = formatdate(facts.modified_at_s, usegmt=True)
        headers["Accept-Ranges"] = "bytes"
        if call.request.header("if-none-match") in (headers["ETag"], facts.etag):
            return Answer(304, (("ETag", headers["ETag"]),))
        part = _range(call.request.header("range"), len(data))
        if part is None:
            return Answer(200, tuple(headers.items()), data)
        first, last = part
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return Answer(206, tuple(headers.items()), data[first : last + 1])

    def _copy(self, call: _Call, fields: Mapping[str, str]) -> Answer:
        source = unquote(fields["x-amz-copy-source"].partition("?")[0]).lstrip("/")
        bucket, _, key = source.partition("/")
        self._require(call, "s3:GetObject", _arn(bucket, key))
        self._require(call, "s3:PutObject", _arn(call.bucket, call.key))
        self._require_bucket(bucket)
        self._require_bucket(call.bucket)
        found = self._objects.find(bucket, key)
        if found is None:
            raise S3Refused(404, "NoSuchKey", "The specified key does not exist.")
        is_replaced = fields.get("x-amz-metadata-directive") == "REPLACE"
        facts = self._put(
            call.bucket, call.key, found[1], fields if is_replaced else found[0].headers, COPY
        )
        text = f'<CopyObjectResult><ETag>"{facts.etag}"</ETag></CopyObjectResult>'
        return Answer(200, (XML,), text.encode())

    def _delete(self, call: _Call, key: str) -> None:
        self._require(call, "s3:DeleteObject", _arn(call.bucket, key))
        self._require_bucket(call.bucket)
        self._objects.remove(call.bucket, key)

    def _form(self, request: Request, bucket: str) -> Answer:
        """Take a form that a browser sends: its policy says what it may hold."""
        form = read_form(request.header("content-type") or "", request.body)
        if form is None or "key" not in form.fields:
            text = "The body of your POST request is not well-formed multipart/form-data."
            raise S3Refused(400, "MalformedPOSTRequest", text)
        fields = dict(form.fields)
        fields["key"] = fields["key"].replace("${filename}", form.file_name)
        caller = self._signatures.signer_of_form(fields)
        check_policy(fields, bucket, len(form.data), self._now_s())
        refused = self._allow(caller, "s3:PutObject", _arn(bucket, fields["key"]))
        if refused is not None:
            raise S3Refused(403, "AccessDenied", refused)
        self._require_bucket(bucket)
        facts = self._put(bucket, fields["key"], form.data, fields, POST)
        status = fields.get("success_action_status", "204")
        return Answer(
            int(status) if status in ("200", "201") else 204, (("ETag", f'"{facts.etag}"'),)
        )

    def _put(
        self, bucket: str, key: str, data: bytes, fields: Mapping[str, str], how: str = PUT
    ) -> ObjectFacts:
        kept = {
            name: value
            for name, value in fields.items()
            if name in KEPT_HEADERS or name.startswith(USER_PREFIX)
        }
        facts = self._objects.put(bucket, key, data, kept)
        self._on_put(bucket, facts, how)
        return facts

    def _require(self, call: _Call, action: str, resource: str) -> None:
        refused = self._allow(call.caller, action, resource)
        if refused is not None:
            raise S3Refused(403, "AccessDenied", refused)

    def _require_bucket(self, bucket: str) -> None:
        if not self._objects.has_bucket(bucket):
            raise S3Refused(404, "NoSuchBucket", "The specified bucket does not exist")


def refusal(error: S3Refused, path: str) -> Answer:
    """Write an error as S3 does."""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
        f"<Resource>{escape(path)}</Resource><RequestId>{uuid.uuid4()}</RequestId></Error>"
    )
    return Answer(error.status, (XML,), text.encode())


def _arn(bucket: str, key: str) -> str:
    return f"arn:aws:s3:::{bucket}/{key}"


def _spelled(headers: Mapping[str, str]) -> dict[str, str]:
    return {(k if k.startswith(USER_PREFIX) else k.title()): v for k, v in headers.items()}


def _range(header: str | None, size: int) -> tuple[int, int] | None:
    """Read one range of bytes; None means the whole object."""
    if header is None or not header.startswith("bytes=") or "," in header:
        return None
    start, _, end = header.removeprefix("bytes=").partition("-")
    if not (start or end) or not (start + end).isdecimal():
        return None
    first, last = (int(start), int(end or size - 1)) if start else (size - int(end), size - 1)
    if first >= size or first > last:
        raise S3Refused(416, "InvalidRange", "The requested range is not satisfiable")
    return max(first, 0), min(last, size - 1)
