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
            "bucket",
            "AccessControl: PublicRead",
            ["line 14: Box is PublicRead, which is not so here: an object is only for who signs"],
        ),
        ("bucket", "AccessControl: Private", []),
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


API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Tea:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      InlineCode: "def f(e, c): ..."
      Handler: index.f
      Events: {One: %s}
  Rest: {Type: AWS::Serverless::Api, Properties: {StageName: v1%s}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: http, ProtocolType: HTTP}}
  Pass:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Tea.Arn%s}
  Way:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Http, RouteKey: GET /tea, Target: !Sub "integrations/${Pass}"}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: v1}}
  Box: {Type: AWS::S3::Bucket}
  Rule:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Box
      PolicyDocument:
        Statement: [{Effect: %s, Principal: "*", Action: s3:GetObject, Resource: "*"}]
"""
QUIET = ("{Type: Api, Properties: {RestApiId: !Ref Rest, Path: /, Method: get}}", "", "", "Deny")


@pytest.mark.parametrize(
    ("place", "part", "sentences"),
    [
        (
            0,
            "{Type: CloudWatchLogs, Properties: {LogGroupName: tea, FilterPattern: ''}}",
            ["line 4: TeaOne is a AWS::Logs::SubscriptionFilter, which does not exist here"],
        ),
        (
            0,
            "{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day), "
            "StartDate: '2030-01-01T00:00:00Z'}}",
            ["line 4: TeaOne begins at a date, which is not kept here: it runs from the start"],
        ),
        (
            1,
            ", BinaryMediaTypes: [image~1png]",
            [
                "line 11: Rest has binary media types, which are unknown here: "
                "what is not UTF-8 is base64"
            ],
        ),
        (
            2,
            ", RequestParameters: {'overwrite:path': /other}",
            ["line 13: Pass rewrites requests, which are left as they are here"],
        ),
        (
            3,
            "Allow",
            [
                "line 21: Rule lets everybody in, which is not so here: "
                "an object is only for who signs"
            ],
        ),
    ],
)
def test_what_would_answer_otherwise_on_aws_is_named(
    tmp_path: Path, place: int, part: str, sentences: list[str]
) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(API % QUIET)
    assert not load_cloud(path, scratch=tmp_path).unknown, "the control: nothing of the kind"

    path.write_text(API % (*QUIET[:place], part, *QUIET[place + 1 :]))
    assert [one for one in load_cloud(path, scratch=tmp_path).unknown] == sentences
