"""Do objects live where handlers and browsers expect them, and is a form's policy really checked?

Source: Amazon S3 API Reference; codes and sentences are S3's own.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from local_cloud.distribution import bucket_paths
from local_cloud.http_messages import Request
from tests.local_cloud.services import Agent, agent

pytestmark = pytest.mark.asyncio(loop_scope="module")
BUCKET = "tea-pictures"
TYPE = "image/png"
NEW, OLD = "s3v4", "s3"  # boto3's names; the older is its choice in us-east-1
BOTH = pytest.mark.parametrize("version", [NEW, OLD])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ann() -> AsyncIterator[Agent]:
    async with agent() as ann:
        yield ann


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        found = re.search(rb"<Code>(\w+)</Code>", self.body)
        return found[1].decode() if found else ""


async def ask(
    method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Reply:
    def now() -> Reply:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    return await asyncio.to_thread(now)


async def upload(
    post: Mapping[str, Any], changes: Mapping[str, str] | None = None, data: bytes = b"abc"
) -> Reply:
    """Send a form as a browser does: its fields, then the file."""
    lines = b""
    for name, value in {**post["fields"], **(changes or {})}.items():
        lines += f'--tea\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        lines += value.encode() + b"\r\n"
    lines += b'--tea\r\nContent-Disposition: form-data; name="file"; filename="leaf.png"\r\n'
    lines += b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--tea--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=tea", "Origin": "http://localhost:1"}
    return await ask("POST", post["url"], lines, headers)


async def presigned_form(
    ann: Agent, key: str = "in/1", version: str = NEW, **options: Any
) -> dict[str, Any]:
    form = {
        "Bucket": BUCKET,
        "Key": key,
        "Fields": {"Content-Type": TYPE},
        "Conditions": [{"Content-Type": TYPE}, ["content-length-range", 2, 5]],
        "ExpiresIn": 60,
        **options,
    }
    post: dict[str, Any] = await ann.call("s3", "generate_presigned_post", version=version, **form)
    return post


# Handlers.


async def test_what_is_put_is_got(ann: Agent) -> None:
    put = {"Bucket": BUCKET, "Key": "a b/茶?", "Body": "leaf", "ContentType": "text/plain"}
    where = {"Bucket": BUCKET, "Key": "a b/茶?"}
    stored = await ann.call("s3", "put_object", **put, Metadata={"kind": "green"})
    got = await ann.call("s3", "get_object", **where)
    part = await ann.call("s3", "get_object", **where, Range="bytes=1-2")
    head = await ann.call("s3", "head_object", **where)
    await ann.call("s3", "copy_object", Bucket=BUCKET, Key="copy", CopySource=where)
    copied = await ann.call("s3", "get_object", Bucket=BUCKET, Key="copy")
    await ann.call("s3", "delete_object", **where)
    gone = await ann.call("s3", "get_object", **where)

    assert (got["Body"], got["ContentType"], got["Metadata"]) == (
        "leaf",
        "text/plain",
        {"kind": "green"},
    )
    assert got["ETag"] == stored["ETag"] == '"bab4ff04cc14af66e4d42c85f888cfe6"'
    assert (part["Body"], part["ContentRange"]) == ("ea", "bytes 1-2/4")
    assert head["ContentLength"] == 4
    assert copied["Body"] == "leaf"
    assert gone["error"] == "NoSuchKey"


async def test_keys_are_listed_in_pages_and_folders(ann: Agent) -> None:
    for key in ("list/a", "list/b/1", "list/b/2", "list/c"):
        await ann.call("s3", "put_object", Bucket=BUCKET, Key=key, Body="x")
    listing = {"Bucket": BUCKET, "Prefix": "list/"}
    first = await ann.call("s3", "list_objects_v2", **listing, MaxKeys=3)
    token = first["NextContinuationToken"]
    second = await ann.call("s3", "list_objects_v2", **listing, ContinuationToken=token)
    folders = await ann.call("s3", "list_objects_v2", **listing, Delimiter="/")
    names = {"Objects": [{"Key": "list/a"}, {"Key": "list/c"}]}
    await ann.call("s3", "delete_objects", Bucket=BUCKET, Delete=names)
    left = await ann.call("s3", "list_objects_v2", **listing)

    assert [one["Key"] for one in first["Contents"]] == ["list/a", "list/b/1", "list/b/2"]
    assert [one["Key"] for one in second["Contents"]] == ["list/c"]
    assert [one["Key"] for one in folders["Contents"]] == ["list/a", "list/c"]
    assert folders["CommonPrefixes"] == [{"Prefix": "list/b/"}]
    assert [one["Key"] for one in left["Contents"]] == ["list/b/1", "list/b/2"]


async def test_what_is_unknown_is_said_to_be(ann: Agent) -> None:
    """Control: the calls above."""
    where = {"Bucket": BUCKET, "Key": "big"}

    assert (await ann.call("s3", "create_multipart_upload", **where))["error"] == "NotImplemented"
    assert (await ann.call("s3", "get_bucket_acl", Bucket=BUCKET))["error"] == "NotImplemented"
    missing = await ann.call("s3", "get_object", Bucket="nobodys", Key="x")
    assert missing["error"] == "NoSuchBucket"


async def test_a_new_object_is_told_to_whom_the_bucket_names(ann: Agent) -> None:
    """User Guide, "Event message structure"; the filter wants a suffix."""
    for key in ("silent", "a b.told"):
        await ann.call("s3", "put_object", Bucket=BUCKET, Key=key, Body="tea")
    [record] = json.loads(await ann.report())["Records"]

    assert record["s3"]["object"]["key"] == "a+b.told"
    assert record["s3"]["bucket"]["name"] == BUCKET


# Presigned addresses.


@BOTH
async def test_a_presigned_address_is_enough(ann: Agent, version: str) -> None:
    where = {"Bucket": BUCKET, "Key": "signed/茶"}
    sign = {"ExpiresIn": 60, "version": version}
    put = await ann.call(
        "s3", "generate_presigned_url", ClientMethod="put_object", Params=where, **sign
    )
    as_text = {**where, "ResponseContentType": "text/plain"}
    get = await ann.call(
        "s3", "generate_presigned_url", ClientMethod="get_object", Params=as_text, **sign
    )

    assert (await ask("PUT", put, b"leaf")).status == 200
    got = await ask("GET", get)
    assert (got.body, got.headers["Content-Type"]) == (b"leaf", "text/plain")
    for changed in (
        get.replace("signed/", "other/"),
        get.replace("text%2Fplain", "text%2Fhtml"),
        get.replace("Signature=", "Signature=0"),
        put,  # for another method
    ):
        assert (await ask("GET", changed)).code == "SignatureDoesNotMatch"
    assert (await ask("GET", get.partition("?")[0])).code == "AccessDenied"


@BOTH
async def test_a_presigned_address_expires(ann: Agent, version: str) -> None:
    """Control: the one above, which lives for a minute."""
    sign = {"ClientMethod": "get_object", "Params": {"Bucket": BUCKET, "Key": "x"}}
    signed = await ann.call("s3", "generate_presigned_url", **sign, ExpiresIn=1, version=version)
    while (reply := await ask("GET", signed)).code == "NoSuchKey":
        await asyncio.sleep(0.1)

    assert (reply.status, reply.code) == (403, "AccessDenied")
    assert b"Request has expired" in reply.body


# Forms.


@BOTH
async def test_a_form_that_keeps_its_policy_is_taken(ann: Agent, version: str) -> None:
    reply = await upload(await presigned_form(ann, version=version))
    got = await ann.call("s3", "get_object", Bucket=BUCKET, Key="in/1")

    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["Access-Control-Allow-Origin"] == "http://localhost:1"
    assert (got["Body"], got["ContentType"]) == ("abc", TYPE)


@pytest.mark.parametrize(
    ("changes", "data", "status", "code"),
    [
        ({"key": "other"}, b"abc", 403, "AccessDenied"),
        ({"Content-Type": "text/html"}, b"abc", 403, "AccessDenied"),
        ({"acl": "public-read"}, b"abc", 403, "AccessDenied"),
        ({}, b"abcdef", 400, "EntityTooLarge"),
        ({}, b"a", 400, "EntityTooSmall"),
        ({"x-amz-signature": "0" * 64}, b"abc", 403, "SignatureDoesNotMatch"),
        ({"x-amz-security-token": "other"}, b"abc", 400, "InvalidToken"),
        (
            {"x-amz-credential": "A/20260101/us-east-1/s3/aws4_request"},
            b"abc",
            403,
            "InvalidAccessKeyId",
        ),
        ({"x-amz-algorithm": "none"}, b"abc", 403, "AccessDenied"),
        ({"x-ignore-me": "1"}, b"abc", 204, ""),
    ],
)
async def test_a_form_is_held_to_its_policy(
    ann: Agent, changes: dict[str, str], data: bytes, status: int, code: str
) -> None:
    """Control: the last case, and the form above."""
    reply = await upload(await presigned_form(ann, "in/2"), changes, data)

    assert (reply.status, reply.code) == (status, code)


@BOTH
async def test_a_policy_cannot_be_rewritten(ann: Agent, version: str) -> None:
    """Control: the same form, unchanged, is taken."""
    post = await presigned_form(ann, "in/3", version)
    policy = json.loads(base64.b64decode(post["fields"]["policy"]))
    policy["conditions"] = [["starts-with", "$key", ""]]
    forged = base64.b64encode(json.dumps(policy).encode()).decode()

    assert (await upload(post, {"policy": forged})).code == "SignatureDoesNotMatch"
    assert (await upload(post)).status == 204


async def test_a_policy_expires(ann: Agent) -> None:
    reply = await upload(await presigned_form(ann, ExpiresIn=-10))

    assert (reply.status, reply.code) == (403, "AccessDenied")
    assert b"Policy expired" in reply.body


async def test_a_prefix_may_be_all_that_a_policy_asks(ann: Agent) -> None:
    post = await presigned_form(
        ann,
        "me/${filename}",
        Fields={"success_action_status": "201"},
        Conditions=[{"success_action_status": "201"}],
    )
    taken = await upload(post)
    elsewhere = await upload(post, {"key": "you/leaf.png"})

    assert (taken.status, elsewhere.code) == (201, "AccessDenied")
    got = await ann.call("s3", "get_object", Bucket=BUCKET, Key="me/leaf.png")
    assert got["Body"] == "abc"


async def test_a_form_is_bound_to_its_bucket(ann: Agent) -> None:
    post = await presigned_form(ann)

    reply = await upload({**post, "url": post["url"].replace(BUCKET, "nobodys")})

    assert reply.code == "AccessDenied"


async def test_a_signer_needs_the_permission_himself(ann: Agent) -> None:
    """Control: the agent's forms above."""
    form = {"Bucket": BUCKET, "Key": "x", "ExpiresIn": 60}
    post = await ann.call("s3", "generate_presigned_post", caller="Stranger", **form)

    reply = await upload(post)

    assert (reply.status, reply.code) == (403, "AccessDenied")
    assert b"is not authorized to perform: s3:PutObject" in reply.body


@pytest.mark.parametrize("junk", [b"", b"--tea--", b'{"recursive": ' * 500, b"\xff" * 100])
async def test_junk_is_no_form(ann: Agent, junk: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=tea"}
    url = f"{ann.cloud.services_url}/{BUCKET}"

    assert (await ask("POST", url, junk, headers)).code == "MalformedPOSTRequest"
    assert (await ask("POST", url, junk)).code == "MalformedPOSTRequest"


# Pages of other origins.


async def test_a_page_may_ask_what_the_buckets_rules_allow(ann: Agent) -> None:
    url = f"{ann.cloud.services_url}/{BUCKET}"
    asks = {
        "Origin": "http://localhost:8787",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-tea",
    }
    allowed = await ask("OPTIONS", url, headers=asks)
    put = await ask("OPTIONS", url, headers={**asks, "Access-Control-Request-Method": "PUT"})
    other = await ask("OPTIONS", url, headers={**asks, "Origin": "https://evil.example"})

    assert allowed.status == 200
    assert allowed.headers["Access-Control-Allow-Headers"] == "x-tea"
    assert allowed.headers["Access-Control-Max-Age"] == "60"
    assert (put.status, other.status) == (403, 403)
    assert "Access-Control-Allow-Origin" not in {**put.headers, **other.headers}


async def test_objects_survive_a_restart(tmp_path: Path) -> None:
    where = {"Bucket": BUCKET, "Key": "kept"}
    async with agent(data=tmp_path) as ann:
        await ann.call("s3", "put_object", **where, Body="leaf")
    async with agent(data=tmp_path) as ann:
        assert (await ann.call("s3", "get_object", **where))["Body"] == "leaf"


# By CloudFront.


async def test_a_form_may_come_by_the_one_host_and_its_event_says_that_it_was_one(
    ann: Agent,
) -> None:
    """CloudFront Developer Guide, "Cache behavior settings", allowed methods; and the S3 User
    Guide, "Supported event types".
    """
    post = await presigned_form(ann, "by cloudfront.told")
    post["url"] = f"http://localhost:{ann.cloud.port}/gifts"

    assert (await upload(post)).status == 204
    assert json.loads(await ann.report())["Records"][0]["eventName"] == "ObjectCreated:Post"


async def test_the_one_host_keeps_cookies_and_keys_from_the_bucket(ann: Agent) -> None:
    """Control: the form above. A GET of that path is unsigned, so the bucket tells nothing."""
    url = f"http://localhost:{ann.cloud.port}/gifts"

    assert (await ask("GET", url, headers={"Authorization": "AWS4-HMAC-SHA256 x"})).status == 403
    [leading] = ann.cloud.cloud.bucket_paths
    request = Request("POST", "/gifts?a=b", (("Cookie", "a=b"), ("Accept", "*/*")), b"", "::1")
    assert leading.at_the_bucket(request) == replace(
        request, target="/tea-pictures/", headers=(("Accept", "*/*"),)
    )


async def test_a_function_before_a_bucket_that_does_more_is_named() -> None:
    """Control: the sample's own function."""
    config = {
        "Origins": [{"Id": "b", "DomainName": "b.s3.us-east-1.amazonaws.com"}],
        "CacheBehaviors": [
            {
                "PathPattern": "/x",
                "TargetOriginId": "b",
                "FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": "f"}],
            }
        ],
    }
    simple = "function handler(e) { e.request.uri = '/'; return e.request; }"

    assert [one.path for one in bucket_paths(config, {"b": "B"}, {"f": simple})] == ["/"]
    with pytest.raises(ValueError, match="/x: its function is not understood"):
        list(bucket_paths(config, {"b": "B"}, {"f": simple.replace("e.request.uri", "if(e){}e")}))
