"""May a page of that origin ask a bucket? Its CORS rules, as the template has them; pure.

Source: Amazon S3 User Guide, "Using cross-origin resource sharing (CORS)".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from local_cloud.http_messages import Answer, Request


@dataclass(frozen=True, slots=True)
class CorsRule:
    """One rule; `*` in an origin or header stands for any characters."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age_s: int | None = None


def cors_headers(rules: Iterable[CorsRule], request: Request) -> tuple[tuple[str, str], ...]:
    """Return what a rule adds to an answer; nothing when none fits."""
    origin = request.header("origin")
    if origin is None:
        return ()
    rule = _rule(rules, origin, request.method, "")
    if rule is None:
        return ()
    exposed = (("Access-Control-Expose-Headers", ", ".join(rule.exposed)),) if rule.exposed else ()
    return (*_allowed(rule, origin), *exposed)


def preflight(rules: Iterable[CorsRule], request: Request) -> Answer:
    """Answer a preflight."""
    origin = request.header("origin") or ""
    method = request.header("access-control-request-method") or ""
    headers = request.header("access-control-request-headers") or ""
    rule = _rule(rules, origin, method, headers)
    if rule is None:
        return Answer(403, (("Content-Type", "text/plain"),), b"CORSResponse: not allowed")
    granted = [*_allowed(rule, origin), ("Access-Control-Allow-Methods", ", ".join(rule.methods))]
    if headers:
        granted.append(("Access-Control-Allow-Headers", headers.lower()))
    if rule.max_age_s is not None:
        granted.append(("Access-Control-Max-Age", str(rule.max_age_s)))
    return Answer(200, tuple(granted))


def _allowed(rule: CorsRule, origin: str) -> tuple[tuple[str, str], ...]:
    is_any = "*" in rule.origins
    return (
        ("Access-Control-Allow-Origin", "*" if is_any else origin),
        ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
    )


def _rule(rules: Iterable[CorsRule], origin: str, method: str, headers: str) -> CorsRule | None:
    wanted = [name.strip().lower() for name in headers.split(",") if name.strip()]
    for rule in rules:
        allowed = [name.lower() for name in rule.headers]
        if (
            _fits(rule.origins, origin)
            and method in rule.methods
            and all(_fits(allowed, name) for name in wanted)
        ):
            return rule
    return None


def _fits(patterns: Iterable[str], value: str) -> bool:
    return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), value) for pattern in patterns)
