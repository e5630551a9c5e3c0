"""Who answers an HTTP request? Its route's authorizer first, then its function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local_cloud.authorization import Allowed, Denied
from local_cloud.gateway import TIMED_OUT
from local_cloud.http_authorization import (
    http_authorizer_event,
    identity_of,
    judge_http,
    route_arn,
    with_context,
)
from local_cloud.http_events import http_event
from local_cloud.http_events_1 import BAD_GATEWAY, answer_of_format_1, http_event_1
from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.http_routes import (
    INTERNAL_SERVER_ERROR,
    SERVICE_UNAVAILABLE,
    TOO_LARGE,
    HttpMatch,
    HttpRouter,
    answer_of,
    identified,
)
from local_cloud.integrations import Integrations
from local_cloud.invocation import Succeeded
from local_cloud.limits import Limits
from local_cloud.resources import HttpApi, HttpAuthorizer
from local_cloud.route_rates import RouteBuckets
from local_cloud.throttles import Account

NO_VERDICT = (
    "answered no verdict of an authorizer: neither isAuthorized nor a policy with a principal"
)
NO_RESPONSE = (
    "answered no response: a map with a statusCode from 200 to 599, headers that are a map of "
    "texts, and a body that is a text"
)
UNUSABLE = (INTERNAL_SERVER_ERROR.body, BAD_GATEWAY.body)
REFUSALS = {
    401: json_answer(401, {"message": "Unauthorized"}),
    403: json_answer(403, {"message": "Forbidden"}),
    429: json_answer(429, {"message": "Too Many Requests"}),
}


class HttpEndpoint:
    """The HTTP and REST APIs of one cloud."""

    def __init__(
        self,
        apis: Sequence[HttpApi],
        *,
        integrations: Integrations,
        limits: Limits,
        account: Account,
        clock: Callable[[], int],
        ids: Callable[[], str],
    ) -> None:
        self.router = HttpRouter(apis)
        self._integrations = integrations
        self._limits = limits
        self._account = account
        self._clock = clock
        self._new_id = ids
        self._rates = {
            (api.api_id, api.stage): RouteBuckets(api.rates, limits.route_rates_times)
            for api in apis
        }
        self._kept: dict[tuple[str, ...], tuple[int, Allowed | Denied]] = {}

    async def answer(self, match: HttpMatch, request: Request, port: int) -> Answer:
        """Authorize and run one request."""
        request_id = self._new_id()
        if self._is_throttled(match):
            return identified(REFUSALS[429], request_id)
        build = http_event_1 if match.route.payload_format == "1.0" else http_event
        event = build(match, request, port, request_id, self._clock())
        max_bytes = self._limits.lambda_payload_bytes
        if len(event.get("body") or "") > max_bytes:
            return identified(TOO_LARGE, request_id)
        if match.route.authorizer is not None:
            verdict = await self._verdict(match, match.route.authorizer, event)
            if isinstance(verdict, Denied):
                refusal = REFUSALS.get(verdict.status, INTERNAL_SERVER_ERROR)
                return identified(refusal, request_id)
            event = with_context(event, verdict.context)
        function_id = match.route.function_id
        timeout_ms = min(match.route.timeout_ms, self._limits.http_integration_ms)
        outcome = await self._integrations.outcome(function_id, event, timeout_ms)
        if match.route.payload_format == "1.0":
            answer = answer_of_format_1(outcome, request_id, match.api, max_bytes=max_bytes)
        elif outcome is TIMED_OUT:
            answer = identified(SERVICE_UNAVAILABLE, request_id)
        else:
            answer = answer_of(outcome, request_id, max_bytes=max_bytes)
        if isinstance(outcome, Succeeded) and answer.body in UNUSABLE:
            self._integrations.refuse_result(function_id, NO_RESPONSE)
        return answer

    def _is_throttled(self, match: HttpMatch) -> bool:
        """Count a request: its route first, then the account."""
        now_ms = self._clock()
        rates = self._rates[match.api.api_id, match.api.stage]
        may_pass = rates.may_pass(match.route_key, now_ms)
        return not may_pass or not self._account.may_request(now_ms)

    async def _verdict(
        self, match: HttpMatch, authorizer: HttpAuthorizer, event: Mapping[str, Any]
    ) -> Allowed | Denied:
        identity = identity_of(authorizer, event)
        if identity is None:
            return Denied(401)
        key = (match.api.api_id, authorizer.function_id, *identity)
        until_ms, kept = self._kept.get(key, (0, None))
        if kept is not None and self._clock() < until_ms:
            return kept
        outcome = await self._integrations.outcome(
            authorizer.function_id,
            http_authorizer_event(match, event, identity),
            self._limits.http_authorizer_ms,
        )
        verdict = judge_http(authorizer, outcome, route_arn(match, event))
        if isinstance(outcome, Succeeded) and verdict == Denied(500):
            self._integrations.refuse_result(authorizer.function_id, NO_VERDICT)
        if (
            authorizer.ttl_s
            and identity
            and (isinstance(verdict, Allowed) or verdict.status == 403)
        ):
            self._kept[key] = (self._clock() + authorizer.ttl_s * 1000, verdict)
        return verdict
