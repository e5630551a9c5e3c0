"""May this HTTP request go on? What a Lambda authorizer of an HTTP API is asked and answers; pure.

Source: API Gateway Developer Guide, "Control access to HTTP APIs with AWS Lambda authorizers".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.authorization import Allowed, Denied, judge
from local_cloud.http_routes import HttpMatch
from local_cloud.invocation import Failed, Outcome
from local_cloud.resources import ACCOUNT_ID, REGION, HttpAuthorizer

MAX_RESULT_BYTES = 8_192  # HTTP API quotas, "Lambda authorizer response payload": 8 KB
NOT_ASKED = ("body", "isBase64Encoded")


def identity_of(authorizer: HttpAuthorizer, event: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the values of the identity sources; None, a 401, when one is missing or empty."""
    values = tuple(_source(source, event) for source in authorizer.identity_sources)
    return values if all(values) else None


def http_authorizer_event(
    match: HttpMatch, event: Mapping[str, Any], identity: tuple[str, ...]
) -> dict[str, Any]:
    """Build the authorizer's event from the request's own: the same, without its body."""
    arn = route_arn(match, event)
    asked = {key: value for key, value in event.items() if key not in NOT_ASKED}
    if match.route.authorizer is not None and match.route.authorizer.payload_format == "1.0":
        sources = ",".join(identity)
        return {**asked, "type": "REQUEST", "methodArn": arn, "identitySource": sources}
    return {**asked, "type": "REQUEST", "routeArn": arn, "identitySource": list(identity)}


def route_arn(match: HttpMatch, event: Mapping[str, Any]) -> str:
    """Name what an authorizer's policy has to allow."""
    context = event["requestContext"]
    method = context["http"]["method"] if "http" in context else context["httpMethod"]
    path = match.path.removeprefix(f"/{match.api.stage}")
    stage = f"{match.api.api_id}/{match.api.stage}"
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT_ID}:{stage}/{method}{path}"


def judge_http(authorizer: HttpAuthorizer, outcome: Outcome, arn: str) -> Allowed | Denied:
    """Read an authorizer's outcome: 401 for `Unauthorized`, 403 denied, 500 failed or malformed."""
    if not authorizer.is_simple or isinstance(outcome, Failed):
        verdict = judge(outcome, arn, latency_ms=0, max_bytes=MAX_RESULT_BYTES)
        if isinstance(verdict, Denied):
            return verdict
        return Allowed(_told(authorizer, verdict.context))
    answer = outcome.payload
    context = answer.get("context") or {} if isinstance(answer, dict) else None
    if not isinstance(context, dict) or not isinstance(answer.get("isAuthorized"), bool):
        return Denied(500)
    return Allowed(context) if answer["isAuthorized"] else Denied(403)


def _told(authorizer: HttpAuthorizer, context: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what only the context of format 1.0 holds."""
    if authorizer.payload_format == "1.0":
        return dict(context)
    return {k: v for k, v in context.items() if k not in ("principalId", "integrationLatency")}


def with_context(event: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request's event with what the authorizer said of the caller."""
    is_newest = event.get("version") == "2.0"
    told = {"lambda": dict(context)} if is_newest else dict(context)
    return {**event, "requestContext": {**event["requestContext"], "authorizer": told}}


def _source(source: str, event: Mapping[str, Any]) -> str:
    place, _, name = source.rpartition(".")
    name, headers = name.strip(), event["headers"]
    if place.endswith("request.header"):
        if name.lower() == "cookie" and "cookies" in event:
            return "; ".join(event["cookies"])
        found = (value for key, value in headers.items() if key.lower() == name.lower())
        return str(next(found, ""))
    if place.endswith("request.querystring"):
        return str((event.get("queryStringParameters") or {}).get(name, ""))
    if place.endswith("stageVariables"):
        return str((event.get("stageVariables") or {}).get(name, ""))
    return str(event["requestContext"].get(name, "")) or name  # a `$context` variable
