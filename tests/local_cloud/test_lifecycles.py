"""Do objects go when the rules of their bucket say so, and not before?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from local_cloud.cloud import LocalCloud, running
from local_cloud.services.lifecycles import DAY_S, Expiration
from local_cloud.services.objects import ObjectFacts
from local_cloud.template import load_cloud
from tests.local_cloud.services import Agent

NOON_S = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()
MIDNIGHT_S = datetime(2026, 11, 22, tzinfo=UTC).timestamp()
BUCKET = "tea-things"
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Agent:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.call
      InlineCode: |
        import boto3
        def call(event, context):
            client = boto3.client(event["service"])
            answer = getattr(client, event["operation"])(**event["parameters"])
            return [one["Key"] for one in answer.get("Contents", ())]
      Policies:
        - Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}
  Box:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: tea-things
      LifecycleConfiguration:
        Rules:
          - {Id: leaves-go, Status: Enabled, Prefix: leaves/, ExpirationInDays: 1}
          - {Id: switched-off, Status: Disabled, ExpirationInDays: 1}
          - {Status: Enabled, ExpirationDate: "2026-11-22T00:00:00Z", Prefix: old/}
"""
ODD_RULES = """
          - Id: in-parts
            Status: Enabled
            AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}
          - {Status: Enabled, TagFilters: [{Key: a, Value: b}], ExpirationInDays: 1}
"""


def written(folder: Path, more: str = "") -> Path:
    path = folder / "template.yaml"
    path.write_text(TEMPLATE + more.lstrip("\n"))
    return path


def facts(key: str = "leaves/a", size: int = 1) -> ObjectFacts:
    return ObjectFacts(key, size, "etag", NOON_S)


def test_days_count_from_the_creation_to_the_midnight_after_them() -> None:
    """A day after noon is noon; S3 rounds up to midnight UTC."""
    rule = Expiration(days=1)

    assert not rule.is_over(facts(), MIDNIGHT_S + DAY_S - 1)
    assert rule.is_over(facts(), MIDNIGHT_S + DAY_S)


@pytest.mark.parametrize(
    ("rule", "is_over"),
    [
        (Expiration(at_s=MIDNIGHT_S), True),
        (Expiration(at_s=MIDNIGHT_S + 1), False),
        (Expiration(at_s=MIDNIGHT_S, prefix="leaves/"), True),
        (Expiration(at_s=MIDNIGHT_S, prefix="cups/"), False),
        (Expiration(at_s=MIDNIGHT_S, larger_than_bytes=0, smaller_than_bytes=2), True),
        (Expiration(at_s=MIDNIGHT_S, larger_than_bytes=1), False),
        (Expiration(at_s=MIDNIGHT_S, smaller_than_bytes=1), False),
    ],
)
def test_a_rule_is_for_its_date_prefix_and_sizes(rule: Expiration, *, is_over: bool) -> None:
    assert rule.is_over(facts(), MIDNIGHT_S) is is_over


def test_rules_are_read_and_what_is_not_imposed_is_named_with_its_line(tmp_path: Path) -> None:
    """Control: a rule that is switched off is neither."""
    cloud = load_cloud(written(tmp_path, ODD_RULES), scratch=tmp_path)

    assert cloud.services is not None
    assert cloud.services.expirations[BUCKET] == (
        Expiration("leaves/", 1),
        Expiration("old/", None, MIDNIGHT_S),
    )
    assert cloud.unknown == (
        "line 17: Box has the rule in-parts that ends uploads in parts, which do not exist here",
        "line 17: Box has the rule number 5 that is for objects with tags, which do not exist "
        "here: the rule is not imposed",
    )


async def test_an_object_is_gone_when_its_days_are_over_and_others_stay(tmp_path: Path) -> None:
    """Controls: it is there until then; what the rule is not for is there for good."""

    async def keys(cloud: LocalCloud) -> list[str]:
        listed: list[str] = await Agent(cloud).call("s3", "list_objects_v2", Bucket=BUCKET)
        return listed

    path, data = written(tmp_path), tmp_path / "data"
    async with running(path, data=data) as cloud:
        for key in ("leaves/a", "cups/b"):
            await Agent(cloud).call("s3", "put_object", Bucket=BUCKET, Key=key, Body="tea")
        cloud.clock.move(DAY_S - 60)
        within_a_day = await keys(cloud)
        cloud.clock.move(DAY_S + 60)
        two_days_later = await keys(cloud)

    assert within_a_day == ["cups/b", "leaves/a"]
    assert two_days_later == ["cups/b"]
