"""Is what a template asks for and does not get named, and are its shortest names good enough?"""

from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.template import load_cloud

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Tea:
    Type: AWS::Serverless::Function
    Properties:
      {{Runtime: python3.13, InlineCode: "def f(e, c): ...", Handler: index.f{function}}}
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{{AttributeName: a, KeyType: HASH}}]
      AttributeDefinitions: [{{AttributeName: a, AttributeType: S}}]
      BillingMode: PAY_PER_REQUEST
  Box: {{Type: AWS::S3::Bucket, Properties: {{{bucket}}}}}
"""


def write(folder: Path, **parts: str) -> Path:
    path = folder / "template.yaml"
    path.write_text(TEMPLATE.format(**{"function": "", "bucket": "", **parts}))
    return path


@pytest.mark.parametrize(
    ("part", "properties", "sentences"),
    [
        (
            "function",
            ", FileSystemConfigs: [{Arn: a, LocalMountPath: /mnt/tea}]",
            ["line 4: Tea mounts a file system, which does not exist here"],
        ),
        (
            "bucket",
            "VersioningConfiguration: {Status: Enabled}",
            ["line 14: Box keeps versions of its objects; here only the last one is kept"],
        ),
        ("bucket", "VersioningConfiguration: {Status: Suspended}", []),
        (
            "bucket",
            "WebsiteConfiguration: {IndexDocument: a.html}, ObjectLockEnabled: true",
            [
                "line 14: Box locks its objects, which are not locked here",
                "line 14: Box is a website, which is not served here",
            ],
        ),
        ("bucket", "Tags: [{Key: a, Value: b}]", []),
    ],
)
def test_what_a_template_would_miss_is_named_with_its_line(
    tmp_path: Path, part: str, properties: str, sentences: list[str]
) -> None:
    """Controls: what is switched off, and what changes nothing."""
    path = write(tmp_path, **{part: properties})

    assert list(load_cloud(path, scratch=tmp_path).unknown) == sentences


def test_a_table_with_the_shortest_logical_id_has_a_name_that_dynamodb_takes(
    tmp_path: Path,
) -> None:
    """AWS makes a longer one of it, too: DynamoDB wants three characters."""
    [table] = load_cloud(write(tmp_path), scratch=tmp_path).tables

    assert (table.logical_id, table.name) == ("T", "local-T")
