"""Is a template read as SAM and CloudFormation read it?"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from local_cloud.physical_names import api_id
from local_cloud.resources import (
    Bucket,
    HttpRoute,
    Table,
    WebSocketAuthorizer,
    WebSocketRoute,
)
from local_cloud.sam import TemplateError
from local_cloud.template import load_cloud
from tests.local_cloud.conftest import SAMPLES

SAMPLE = SAMPLES / "template.yaml"
FUNCTION = """
  Tea:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, CodeUri: functions/, Handler: tea.pour%s}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the sample's code, for templates of a test's own."""
    shutil.copytree(SAMPLES / "functions", tmp_path / "functions")
    return tmp_path


def write(folder: Path, resources: str, sections: str = "") -> Path:
    path = folder / "template.yaml"
    text = f"Transform: AWS::Serverless-2016-10-31\n{sections}\nResources:{resources}"
    path.write_text(text)
    return path


def test_functions_get_globals_layers_and_resolved_variables() -> None:
    functions = load_cloud(SAMPLE).functions

    pour = functions["Pour"]
    assert set(functions) == {"Pour", "Drink", "Admit", "Accept", "Greet"}
    assert pour.code_path == SAMPLES / "functions"
    assert pour.layer_paths == (SAMPLES / "layer",)
    assert pour.handler == "tea.pour"
    assert pour.environment == {"CUPS_TABLE": "CupsTable", "HOUSE": "blue"}
    assert (pour.timeout_s, pour.memory_mb, pour.reserved_concurrency) == (10.0, 256, 7)
    assert functions["Greet"].memory_mb == 128
    assert functions["Greet"].reserved_concurrency is None


def test_the_socket_api_has_its_routes_stage_and_authorizer() -> None:
    [api] = load_cloud(SAMPLE).web_socket_apis

    assert api.stage == "ws"
    assert api.route_selection_expression == "$request.body.action"
    assert api.routes == {
        "$connect": WebSocketRoute("$connect", "Accept", 10_000),
        "$default": WebSocketRoute("$default", "Greet", 29_000),
    }
    assert api.authorizer == WebSocketAuthorizer("Admit", ("route.request.header.Cookie",))


def test_the_http_api_has_the_routes_of_its_events() -> None:
    [api] = load_cloud(SAMPLE).http_apis

    assert api.stage == "$default"
    assert api.stage_variables == {"colour": "blue"}
    assert sorted(api.routes, key=lambda route: route.path) == [
        HttpRoute("POST", "/api/cups", "Pour", 30_000),
        HttpRoute("GET", "/api/cups/{cup}", "Drink", 5_000),
        HttpRoute("ANY", "/old/{proxy+}", "Drink", 30_000),
    ]


def test_a_table_is_what_create_table_wants() -> None:
    cloud = load_cloud(SAMPLE)

    create = {
        "TableName": "CupsTable",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "cup", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "cup", "KeyType": "HASH"}],
    }
    assert cloud.tables == (Table("CupsTable", "CupsTable", create, "ttl"),)


def test_what_is_not_made_real_is_named() -> None:
    cloud = load_cloud(SAMPLE)

    assert cloud.buckets == (Bucket("Pictures", "local-pictures"),)
    assert "PictureRules (AWS::S3::BucketPolicy)" in cloud.ignored
    assert not [name for name in cloud.ignored if "AWS::IAM::" in name]
    assert not [name for name in cloud.ignored if "Pictures (" in name or "Layer" in name]


def test_ids_of_apis_look_like_aws_and_never_change() -> None:
    first, second = load_cloud(SAMPLE), load_cloud(SAMPLE)

    assert first == second
    assert re.fullmatch("[a-z0-9]{10}", first.http_apis[0].api_id)
    assert first.http_apis[0].api_id != first.web_socket_apis[0].api_id
    assert api_id("WebSocketApi") == "4s5ugim95i"


def test_a_given_parameter_stands_above_its_default() -> None:
    cloud = load_cloud(SAMPLE, {"House": "red"})

    assert cloud.functions["Drink"].environment["HOUSE"] == "red"


def test_expressions_are_resolved(folder: Path) -> None:
    sections = """
Parameters:
  Stage: {Type: String, Default: dev}
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
Mappings: {Sizes: {dev: {Memory: 512}}}
Conditions:
  IsProduction: !Equals [!Ref Stage, prod]
  IsSmall: !Not [!Condition IsProduction]
  IsNeither: !And [!Condition IsProduction, !Or [!Condition IsSmall, !Condition IsProduction]]
"""
    expressions = """
    , MemorySize: !FindInMap [Sizes, !Ref Stage, Memory], Timeout: !If [IsSmall, 5, 60],
      ReservedConcurrentExecutions: !If [IsProduction, 10, !Ref 'AWS::NoValue'],
      Environment: {Variables: {
        ARN: !GetAtt Cups.Arn, NAME: !Ref Cups, URL: !Sub 'https://${Http}.${AWS::Region}/${!Raw}',
        ENDPOINT: !GetAtt Http.ApiEndpoint, SECOND: !Select [1, !Ref Names], FLAG: true, NUMBER: 3,
        JOINED: !Join ['-', [!Ref 'AWS::StackName', !Ref Stage, x]], PICTURES: !Ref Pictures,
        MAPPED: !Sub ['${a}/${b}', {a: !Ref Stage, b: 2}], LAST: !Select [1, !Split ['/', 'a/b']],
        NEITHER: !If [IsNeither, yes, no], CDN: !GetAtt Cdn.DomainName}}
"""
    resources = (
        FUNCTION % expressions.strip()
        + """
  Cups:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub cups-${Stage}
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
  Absent: {Type: AWS::S3::Bucket, Condition: IsProduction}
  Pictures: {Type: AWS::S3::Bucket, Condition: IsSmall, Properties: {BucketName: tea-pictures}}
  Cdn: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {
    DefaultCacheBehavior: {ResponseHeadersPolicyId: 67f7725c-6f97-4210-82d7-5512b31e9d03}}}}
  Http: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionBody: {openapi: 3.0.1, paths: {}}}}
"""
    )

    cloud = load_cloud(write(folder, resources, sections))

    tea = cloud.functions["Tea"]
    http_id = api_id("Http")
    assert (tea.memory_mb, tea.timeout_s, tea.reserved_concurrency) == (512, 5.0, None)
    assert tea.environment == {
        "ARN": "arn:aws:dynamodb:us-east-1:123456789012:table/cups-dev",
        "NAME": "cups-dev",
        "URL": f"https://{http_id}.us-east-1/${{Raw}}",
        "ENDPOINT": f"https://{http_id}.execute-api.us-east-1.amazonaws.com",
        "SECOND": "b",
        "FLAG": "true",
        "NUMBER": "3",
        "JOINED": "local-dev-x",
        "PICTURES": "tea-pictures",
        "MAPPED": "dev/2",
        "LAST": "b",
        "NEITHER": "false",
        "CDN": "Cdn.DomainName",
    }
    assert cloud.buckets == (Bucket("Pictures", "tea-pictures"),)


def test_raw_resources_are_read_like_sams(folder: Path) -> None:
    resources = """
  Tea:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.13, Code: functions/, Handler: tea.pour, Layers: [!Ref Leaves]}
  Leaves: {Type: AWS::Lambda::LayerVersion, Properties: {Content: functions/}}
  Live:
    Type: AWS::Lambda::Alias
    Properties: {FunctionName: !Ref Tea, FunctionVersion: $LATEST, Name: live}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: v1}}
  ToTea:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, IntegrationUri: !Ref Live, TimeoutInMillis: 900}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Http, RouteKey: GET /tea, Target: !Sub 'integrations/${ToTea}'}
  Rest:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Http, RouteKey: $default, Target: !Sub 'integrations/${ToTea}'}
"""

    cloud = load_cloud(write(folder, resources))

    assert cloud.functions["Tea"].layer_paths == (folder / "functions",)
    assert cloud.http_apis[0].stage == "v1"
    assert cloud.http_apis[0].routes == (
        HttpRoute("GET", "/tea", "Tea", 900),
        HttpRoute("ANY", "$default", "Tea", 900),
    )


def test_the_translation_is_kept_until_the_template_changes(folder: Path) -> None:
    kept = folder / "kept"
    kept.mkdir()
    path = write(folder, FUNCTION % "")

    first = load_cloud(path, cache_folder=kept)
    [file] = kept.iterdir()
    file.write_text(file.read_text().replace("tea.pour", "tea.from_the_cache"))
    second = load_cloud(path, cache_folder=kept)
    path.write_text(path.read_text() + "    # changed\n")
    third = load_cloud(path, cache_folder=kept)

    assert first == third
    assert second.functions["Tea"].handler == "tea.from_the_cache"
    assert len(list(kept.iterdir())) == 1


@pytest.mark.parametrize(
    ("resources", "sentence"),
    [
        ("\n  - a list", "a template needs a section Resources"),
        ("\n  Tea: [", "line 4: "),
        (
            FUNCTION.replace("Handler", "Handlr") % "",
            "line 4: Resource with id [Tea] is invalid. ",
        ),
        (
            FUNCTION.replace("functions/", "nowhere/") % "",
            "line 4: Tea names nowhere/, and there is no such folder",
        ),
        (
            FUNCTION % ", Environment: {Variables: {A: !Ref Nobody}}",
            "line 4: Tea refers to Nobody, which is neither parameter nor resource",
        ),
        (
            FUNCTION % ", Environment: {Variables: {A: !GetAtt Nobody.Arn}}",
            "line 4: Tea asks for Nobody.Arn, and there is no such resource",
        ),
        (
            FUNCTION % ", Environment: {Variables: {A: !ImportValue x}}",
            "line 4: Tea uses Fn::ImportValue, which the local cloud does not know",
        ),
        (
            FUNCTION % ", Layers: ['arn:aws:lambda:us-east-1:1:layer:x:1']",
            "line 4: Tea uses the layer arn:aws:lambda:us-east-1:1:layer:x:1, "
            "which is not in this template",
        ),
        (
            "\n  Cups: {Type: AWS::DynamoDB::Table, Condition: Never}",
            "line 4: Cups names the condition Never, which does not exist",
        ),
    ],
)
def test_a_broken_template_is_refused_in_one_sentence(
    folder: Path, resources: str, sentence: str
) -> None:
    """The control is above: the same function without the mistake is read."""
    path = write(folder, resources)

    with pytest.raises(TemplateError) as refused:
        load_cloud(path)

    text = str(refused.value)
    assert text.startswith(f"{path}: {sentence}")
    assert "\n" not in text


def test_a_template_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"cannot be read: .*No such file"):
        load_cloud(tmp_path / "template.yaml")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "the parameter Needed has no default, and no value was given"),
        ({"Needed": "c"}, "the parameter Needed may not be 'c'"),
        ({"Needed": "a", "Unheard": "x"}, "there is no parameter Unheard"),
    ],
)
def test_parameters_are_checked(folder: Path, given: dict[str, str], sentence: str) -> None:
    sections = "Parameters: {Needed: {Type: String, AllowedValues: [a, b]}}"
    path = write(folder, FUNCTION % "", sections)
    assert load_cloud(path, {"Needed": "a"}), "the control: an allowed value"

    with pytest.raises(TemplateError, match=re.escape(sentence)):
        load_cloud(path, given)


@pytest.mark.parametrize(
    ("parameter", "taken", "refused", "reason"),
    [
        ("{Type: String, AllowedPattern: '[a-z]+'}", "tea", "Tea", ", which is not of the form"),
        ("{Type: String, MinLength: 2, MaxLength: 3}", "tea", "t", ": MinLength is 2"),
        ("{Type: String, MinLength: 2, MaxLength: 3}", "te", "teas", ": MaxLength is 3"),
        ("{Type: Number, MinValue: 2, MaxValue: 30}", "7", "1", ": MinValue is 2"),
        ("{Type: Number, MinValue: 2, MaxValue: 30}", "30", "31", ": MaxValue is 30"),
        ("{Type: Number}", "1.5", "tea", ", which is no number"),
        ("{Type: CommaDelimitedList, AllowedValues: [a, b]}", "b, a", "c", ""),
    ],
)
def test_parameters_keep_to_what_the_template_allows(
    folder: Path, parameter: str, taken: str, refused: str, reason: str
) -> None:
    path = write(folder, FUNCTION % "", f"Parameters: {{Needed: {parameter}}}")
    assert load_cloud(path, {"Needed": taken}), "the control: an allowed value"

    sentence = f"the parameter Needed may not be '{refused}'{reason}"
    with pytest.raises(TemplateError, match=re.escape(sentence)):
        load_cloud(path, {"Needed": refused})


def test_a_parameter_that_names_one_of_ssm_is_never_taken_for_its_value(folder: Path) -> None:
    """The control is a value of its own, in the same template."""
    sections = "Parameters: {Kind: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /tea}}"
    path = write(folder, FUNCTION % ", Environment: {Variables: {KIND: !Ref Kind}}", sections)

    with pytest.raises(TemplateError, match="the parameter Kind is looked up in SSM"):
        load_cloud(path)
    assert load_cloud(path, {"Kind": "green"}).functions["Tea"].environment == {"KIND": "green"}


def test_the_page_gets_the_headers_of_its_distribution(folder: Path) -> None:
    resources = """
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig: {DefaultCacheBehavior: {ResponseHeadersPolicyId: !Ref Headers}}
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        SecurityHeadersConfig:
          ContentSecurityPolicy: {Override: true, ContentSecurityPolicy: default-src 'self'}
          StrictTransportSecurity: {Override: true, AccessControlMaxAgeSec: 60,
            IncludeSubdomains: true}
          ContentTypeOptions: {Override: true}
          FrameOptions: {FrameOption: DENY, Override: true}
          ReferrerPolicy: {ReferrerPolicy: same-origin, Override: true}
        CustomHeadersConfig: {Items: [
            {Header: X-Tea, Value: !Ref 'AWS::StackName', Override: true}]}
"""

    cloud = load_cloud(write(folder, resources))

    assert cloud.page_headers == {
        "Content-Security-Policy": "default-src 'self'",
        "Referrer-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=60; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Tea": "local",
    }
    assert cloud.ignored == ("Site (AWS::CloudFront::Distribution)",)
    assert load_cloud(SAMPLE).page_headers == {}


def test_an_authorizer_that_is_unknown_is_refused_rather_than_left_out(folder: Path) -> None:
    """The control is in `test_raw_apis.py`: Lambda authorizers are read."""
    resources = """
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Who
        Authorizers: {Who: {IdentitySource: $request.header.Authorization,
          JwtConfiguration: {issuer: https://example.org, audience: [tea]}}}
"""
    event = (
        ", Events: {Get: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /x, Method: GET}}}"
    )

    with pytest.raises(TemplateError, match=r"Http guards /x by Who \(.*\), which is unknown"):
        load_cloud(write(folder, FUNCTION % event + resources))


def test_an_api_without_a_stage_is_named(folder: Path) -> None:
    """CloudFormation creates it; nothing reaches it."""
    resources = "\n  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}"

    cloud = load_cloud(write(folder, resources))

    assert cloud.http_apis == ()
    assert cloud.unknown == ("line 4: Http has no stage, so nothing reaches it",)
