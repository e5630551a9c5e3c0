"""1.7: what an authorizer's answer allows (guide, "Output from a Lambda authorizer"); pure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_cloud.authorization import Allowed, Denied, judge
from local_cloud.invocation import Failed, Succeeded

ARN = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/ws/$connect"
ALLOW = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": ARN}
DENY = {**ALLOW, "Effect": "Deny"}


def answer(*statements: Any, **more: Any) -> dict[str, Any]:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"principalId": "u1", "policyDocument": policy, **more}


def verdict(payload: Any) -> Allowed | Denied:
    return judge(Succeeded(payload), ARN, latency_ms=7, max_bytes=8_192)


@pytest.mark.parametrize(
    "statement",
    [
        ALLOW,
        {**ALLOW, "Resource": "*"},
        {**ALLOW, "Resource": "arn:aws:execute-api:*:*:abcdef1234/*/$connect"},
        {**ALLOW, "Resource": "arn:aws:execute-api:us-east-?:123456789012:*"},
        {**ALLOW, "Resource": ["arn:other", ARN]},
        {**ALLOW, "Action": "execute-api:*"},
        {**ALLOW, "Action": "*"},
        {**ALLOW, "Action": ["s3:GetObject", "execute-api:invoke"]},
    ],
)
def test_a_matching_statement_allows(statement: dict[str, Any]) -> None:
    result = verdict(answer(statement))

    assert result == Allowed({"principalId": "u1", "integrationLatency": 7})


@pytest.mark.parametrize(
    "statements",
    [
        (),
        (DENY,),
        (ALLOW, DENY),
        ({**ALLOW, "Resource": ARN.replace("/ws/", "/prod/")},),
        ({**ALLOW, "Resource": ARN[:-1]},),
        ({**ALLOW, "Resource": ARN.upper()},),
        ({**ALLOW, "Action": "execute-api:ManageConnections"},),
        ({**ALLOW, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},),
    ],
)
def test_what_does_not_match_or_is_denied_is_a_403(statements: tuple[Any, ...]) -> None:
    """Control: the statements above."""
    assert verdict(answer(*statements)) == Denied(403)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "Allow",
        {},
        {"principalId": "u1"},
        {"policyDocument": answer(ALLOW)["policyDocument"]},
        {**answer(ALLOW), "principalId": 5},
        answer({**ALLOW, "Effect": "Maybe"}),
        answer({"Effect": "Allow"}),
        answer("Allow"),
        answer({**ALLOW, "Resource": 5}),
        answer(ALLOW, context=[1]),
        answer(ALLOW, context={"a": None}),
        answer(ALLOW, context={"a": {"b": 1}}),
        answer(ALLOW, context={"a": [1]}),
        answer(ALLOW, context={"a": "x" * 8_192}),
        {"isAuthorized": True},  # the simple answer is of HTTP APIs only
    ],
)
def test_a_malformed_answer_is_a_500(payload: Any) -> None:
    """Reported by users. Control: the answers above."""
    assert verdict(payload) == Denied(500)


def test_only_exactly_unauthorized_is_a_401() -> None:
    def failed(message: str) -> Allowed | Denied:
        return judge(Failed("Exception", message), ARN, latency_ms=7, max_bytes=8_192)

    assert failed("Unauthorized") == Denied(401)
    assert failed("unauthorized") == Denied(500)
    assert failed("") == Denied(500)


def test_the_context_is_stringified_and_cannot_forge_the_principal() -> None:
    context = {"n": 1, "half": 0.5, "yes": True, "s": "x", "principalId": "admin"}

    assert verdict(answer(ALLOW, context=context)) == Allowed(
        {
            "n": "1",
            "half": "0.5",
            "yes": "true",
            "s": "x",
            "principalId": "u1",
            "integrationLatency": 7,
        }
    )


KEYS = ["principalId", "policyDocument", "Statement", "Effect", "Action", "Resource", "context"]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("Allow"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
)


@settings(deadline=None)
@given(JUNK)
def test_junk_never_allows(payload: Any) -> None:
    """Without the resource's own name or a star nothing can match."""
    assert isinstance(verdict(payload), Denied)
