"""Is a form signed as AWS's own SDK signs it?"""

from __future__ import annotations

import base64
import json

import boto3
import pytest
from teahouse.adapters.s3_objects import S3Objects

from tests.cast import NOON_MS


def test_a_form_is_what_boto3_would_make_of_its_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: the signature depends on the key."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "a-token",
        "AWS_REGION": "eu-west-1",
        "UPLOADS_BUCKET": "tea",
    }.items():
        monkeypatch.setenv(name, value)
    form = S3Objects().form(
        "incoming/1", content_type="image/png", max_bytes=5, lasts_s=60, now_ms=NOON_MS
    )
    policy = json.loads(base64.b64decode(form["policy"]))

    assert policy["expiration"] == "2027-01-15T08:01:00Z"
    assert {"bucket": "tea"} in policy["conditions"]
    assert ["content-length-range", 1, 5] in policy["conditions"]
    for name in form.keys() - {"policy", "x-amz-signature"}:
        assert {name: form[name]} in policy["conditions"]
    assert form["x-amz-signature"] == signature_of(form["policy"], form["x-amz-date"])
    assert form["x-amz-signature"] != signature_of(form["policy"] + "A", form["x-amz-date"])


def signature_of(policy: str, timestamp: str) -> str:
    """Sign a policy with botocore's own steps."""
    from botocore.auth import S3SigV4PostAuth
    from botocore.awsrequest import AWSRequest

    credentials = boto3.Session(region_name="eu-west-1").get_credentials()
    auth = S3SigV4PostAuth(credentials, "s3", "eu-west-1")
    request = AWSRequest(method="POST", url="https://tea.s3.eu-west-1.amazonaws.com/")
    request.context["timestamp"] = timestamp
    return str(auth.signature(policy, request))
