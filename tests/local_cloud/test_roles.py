"""Does a role allow what IAM would allow? Policies read from templates, and evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local_cloud.roles import MAX_REMEMBERED, Decision, Role, read_statements
from local_cloud.sam import TemplateError
from local_cloud.template import load_cloud

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/"
CUPS = f"{TABLE}Cups"


def role(*statements: Mapping[str, Any]) -> Role:
    return Role("PourRole", tuple(read_statements("Policy", {"Statement": list(statements)})))


def allow(actions: Any = "dynamodb:GetItem", resource: Any = CUPS, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def deny(actions: Any = "dynamodb:GetItem", resource: Any = CUPS, **more: Any) -> dict[str, Any]:
    return {**allow(actions, resource, **more), "Effect": "Deny"}


@pytest.mark.parametrize(
    ("pattern", "action", "is_allowed"),
    [
        ("dynamodb:GetItem", "dynamodb:GetItem", True),
        ("dynamodb:getitem", "dynamodb:GetItem", True),
        ("dynamodb:Get*", "dynamodb:GetItem", True),
        ("dynamodb:?etItem", "dynamodb:GetItem", True),
        ("*", "dynamodb:GetItem", True),
        (["s3:GetObject", "dynamodb:*"], "dynamodb:GetItem", True),
        ("dynamodb:Get", "dynamodb:GetItem", False),
        ("dynamodb:GetItem", "dynamodb:BatchGetItem", False),
        ("dynamodb:Get.*", "dynamodb:GetItem", False),
    ],
)
def test_actions_match_as_iam_matches_them(pattern: Any, action: str, is_allowed: bool) -> None:
    assert role(allow(pattern)).allows(action, CUPS) is is_allowed


@pytest.mark.parametrize(
    ("pattern", "resource", "is_allowed"),
    [
        (CUPS, CUPS, True),
        (f"{TABLE}*", CUPS, True),
        (f"{CUPS}/index/*", f"{CUPS}/index/ByTea", True),
        ("*", CUPS, True),
        (CUPS, f"{CUPS}/index/ByTea", False),  # an index needs leave of its own
        (CUPS.lower(), CUPS, False),
        (CUPS, f"{CUPS}2", False),
    ],
)
def test_resources_match_with_regard_to_case(pattern: str, resource: str, is_allowed: bool) -> None:
    assert role(allow(resource=pattern)).allows("dynamodb:GetItem", resource) is is_allowed


def test_nothing_is_allowed_that_no_policy_names() -> None:
    """Control: what it names."""
    one = role(allow())
    assert one.decide("dynamodb:GetItem", CUPS) is Decision.ALLOWED
    assert one.decide("dynamodb:PutItem", CUPS) is Decision.NOT_ALLOWED


@pytest.mark.parametrize("is_denied_first", [True, False])
def test_a_deny_wins_over_every_allow(is_denied_first: bool) -> None:
    statements = [deny("dynamodb:Delete*", "*"), allow("*", "*")]
    one = role(*(statements if is_denied_first else reversed(statements)))

    assert one.decide("dynamodb:DeleteItem", CUPS) is Decision.DENIED
    assert one.decide("dynamodb:GetItem", CUPS) is Decision.ALLOWED  # the control


def test_what_is_excluded_is_not_covered() -> None:
    one = role(
        {"Effect": "Allow", "NotAction": "dynamodb:Delete*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "NotResource": [CUPS]},
    )

    assert one.allows("dynamodb:GetItem", CUPS)
    assert not one.allows("dynamodb:DeleteItem", CUPS)
    assert one.decide("dynamodb:GetItem", f"{TABLE}Pots") is Decision.DENIED


@pytest.mark.parametrize(
    ("operator", "given", "keys", "is_allowed"),
    [
        ("StringEquals", "ann", ["ann"], True),
        ("StringEquals", "ann", ["ben"], False),
        ("StringEquals", "ann", [], False),
        ("StringNotEquals", "ann", ["ben"], True),
        ("StringLike", "ann-*", ["ann-1"], True),
        ("StringLike", ["x", "ann-*"], ["ben-1"], False),
        ("ForAllValues:StringLike", "ann-*", ["ann-1", "ann-2"], True),
        ("ForAllValues:StringLike", "ann-*", ["ann-1", "ben-2"], False),
        ("ForAllValues:StringLike", "ann-*", [], True),  # a Scan: AWS warns of it
        ("ForAllValues:StringEquals", ["ann", "ben"], ["ben"], True),
        ("ForAnyValue:StringEquals", "ann", ["ben", "ann"], True),
        ("ForAnyValue:StringEquals", "ann", [], False),
    ],
)
def test_leading_keys_narrow_a_table_to_partitions(
    operator: str, given: Any, keys: list[str], is_allowed: bool
) -> None:
    one = role(allow(Condition={operator: {"dynamodb:LeadingKeys": given}}))

    assert one.allows("dynamodb:GetItem", CUPS, {"dynamodb:leadingkeys": keys}) is is_allowed


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "the condition operator Bool"),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/a": "b"}}}, "aws:PrincipalTag/a"),
        ({"Resource": f"{TABLE}${{aws:username}}"}, "a policy variable"),
        ({"Principal": "*"}, "it has Principal"),
    ],
)
def test_what_is_not_understood_is_named_and_refuses(more: dict[str, Any], named: str) -> None:
    """Control: the same statements without it allow, and deny nothing else."""
    understood, allowing, denying = role(allow()), role({**allow(), **more}), role(allow("*", "*"))
    assert understood.allows("dynamodb:GetItem", CUPS)
    assert denying.allows("dynamodb:GetItem", CUPS)

    denied = role(allow("*", "*"), {**deny(), **more})

    assert not allowing.allows("dynamodb:GetItem", CUPS)
    assert not denied.allows("dynamodb:GetItem", CUPS)
    assert named in allowing.statements[0].problem


def test_decisions_are_remembered_but_not_without_end() -> None:
    one = role(allow("execute-api:ManageConnections", "*"))
    for number in range(MAX_REMEMBERED + 10):
        assert one.allows("execute-api:ManageConnections", f"connection-{number}")
    assert len(one._remembered) <= MAX_REMEMBERED


FUNCTION = "Runtime: python3.13, CodeUri: ., Handler: tea.pour"


def read(folder: Path, resources: str) -> Mapping[str, Role]:
    path = folder / "template.yaml"
    path.write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:{resources}")
    return load_cloud(path).roles


def test_a_function_has_the_policies_that_sam_gives_it(tmp_path: Path) -> None:
    [pour] = read(
        tmp_path,
        f"""
  Cups: {{Type: AWS::Serverless::SimpleTable}}
  Pour:
    Type: AWS::Serverless::Function
    Properties:
      {FUNCTION.replace(", ", chr(10) + "      ")}
      Policies:
        - DynamoDBReadPolicy: {{TableName: !Ref Cups}}
        - AmazonAPIGatewayInvokeFullAccess
        - Statement: [{{Effect: Deny, Action: "dynamodb:Scan", Resource: !GetAtt Cups.Arn}}]
""",
    ).values()

    assert pour.name == "PourRole"
    assert pour.allows("dynamodb:GetItem", CUPS)
    assert not pour.allows("dynamodb:PutItem", CUPS)
    assert pour.decide("dynamodb:Scan", CUPS) is Decision.DENIED
    connection = "arn:aws:execute-api:us-east-1:123456789012:abc/ws/POST/@connections/x="
    assert pour.allows("execute-api:ManageConnections", connection)
    assert pour.problems == ()


def test_policies_may_be_attached_from_both_sides(tmp_path: Path) -> None:
    trust = "AssumeRolePolicyDocument: {Statement: []}"
    document = "Statement: [{Effect: Allow, Action: 'dynamodb:%s', Resource: '*'}]"
    roles = read(
        tmp_path,
        f"""
  Brewing:
    Type: AWS::IAM::Role
    Properties: {{RoleName: brew, {trust}, ManagedPolicyArns: [!Ref Reading]}}
  Reading:
    Type: AWS::IAM::ManagedPolicy
    Properties: {{PolicyDocument: {{{document % "GetItem"}}}}}
  Writing:
    Type: AWS::IAM::Policy
    Properties:
      {{PolicyName: w, Roles: [!Ref Brewing], PolicyDocument: {{{document % "PutItem"}}}}}
  Counting:
    Type: AWS::IAM::RolePolicy
    Properties:
      {{PolicyName: c, RoleName: !Ref Brewing, PolicyDocument: {{{document % "Scan"}}}}}
  Brew:
    Type: AWS::Serverless::Function
    Properties: {{{FUNCTION}, Role: !GetAtt Brewing.Arn}}
""",
    )

    brew = roles["Brew"]
    assert brew.name == "brew"
    for action in ("GetItem", "PutItem", "Scan"):
        assert brew.allows(f"dynamodb:{action}", CUPS)
    assert not brew.allows("dynamodb:DeleteItem", CUPS)


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ("Role: 'arn:aws:iam::123456789012:role/elsewhere'", "role/elsewhere is not in this"),
        ("Policies: ['arn:aws:iam::aws:policy/Unheard']", "policy/Unheard, which is not known"),
        ("PermissionsBoundary: 'arn:aws:iam::aws:policy/x'", "has a permissions boundary"),
    ],
)
def test_a_role_that_cannot_be_known_is_named(tmp_path: Path, properties: str, named: str) -> None:
    [pour] = read(
        tmp_path,
        f"""
  Pour:
    Type: AWS::Serverless::Function
    Properties: {{{FUNCTION}, {properties}}}
""",
    ).values()

    [problem] = pour.problems
    assert named in problem
    told = f"line 3: Pour may do less here than on AWS: {problem}"
    assert told in load_cloud(tmp_path / "template.yaml").unknown
    assert not pour.allows("dynamodb:GetItem", CUPS)


@pytest.mark.parametrize("statement", ["{Effect: Perhaps, Action: '*', Resource: '*'}", "text"])
def test_a_policy_that_is_none_is_refused_with_its_line(tmp_path: Path, statement: str) -> None:
    with pytest.raises(TemplateError, match=r"PourRole is not as CloudFormation describes it"):
        read(
            tmp_path,
            f"""
  Pour:
    Type: AWS::Serverless::Function
    Properties: {{{FUNCTION}, Policies: [{{Statement: [{statement}]}}]}}
""",
        )
