"""How much does a stage allow each of its routes? Its settings, read and imposed; no clock.

API model of apigatewayv2, `Stage`: `DefaultRouteSettings` are "the default route settings for the
stage", `RouteSettings` those of some routes; so each route has a bucket of its own. REST API
console, "Default method throttling": "Each method in this stage will respect these rate and burst
settings".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.throttles import TokenBucket

RATE, BURST = "ThrottlingRateLimit", "ThrottlingBurstLimit"
ONE_ALONE = (
    f"sets one of {RATE} and {BURST} without the other, which AWS may take for 0 and refuse "
    "everything; neither is imposed here"
)
EVERY_METHOD = "*"
EVERY_PATH = ("/*", "*")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second, and so many at once after a rest."""

    per_s: float
    burst: int


@dataclass(frozen=True, slots=True)
class RouteRates:
    """The rates of one stage: of some routes, and of each other one."""

    default: Rate | None = None
    of_routes: Mapping[str, Rate] = field(default_factory=dict)


class RouteBuckets:
    """What is left of a stage's rates; `times` raises all of them."""

    def __init__(self, rates: RouteRates, times: int) -> None:
        self._rates = rates
        self._times = times
        self._buckets: dict[str, TokenBucket] = {}

    def may_pass(self, route_key: str, now_ms: int) -> bool:
        """Count a handshake, a message or a request of a route."""
        rate = self._rates.of_routes.get(route_key, self._rates.default)
        if rate is None:
            return True
        if route_key not in self._buckets:
            times = self._times
            self._buckets[route_key] = TokenBucket(rate.per_s * times, rate.burst * times)
        return self._buckets[route_key].takes(now_ms)


def stage_rates(stage: Mapping[str, Any]) -> tuple[RouteRates, list[str]]:
    """Read a stage's rates, and what of them cannot be imposed."""
    problems: list[str] = []
    default = _rate(stage.get("DefaultRouteSettings") or {}, problems)
    routes = {key: _rate(one, problems) for key, one in (stage.get("RouteSettings") or {}).items()}
    of_methods = dict(_of_methods(stage.get("MethodSettings") or (), problems))
    default = of_methods.pop(EVERY_METHOD, default)
    of_routes = {key: rate for key, rate in {**routes, **of_methods}.items() if rate is not None}
    return RouteRates(default, of_routes), problems


def _of_methods(
    settings: Iterable[Mapping[str, Any]], problems: list[str]
) -> Iterable[tuple[str, Rate | None]]:
    """Read a REST API's: a path's slashes are written `~1` (AWS::ApiGateway::Stage)."""
    for one in settings:
        path, method = str(one.get("ResourcePath", "/*")), str(one.get("HttpMethod", EVERY_METHOD))
        rate = _rate(one, problems)
        if path in EVERY_PATH and method == EVERY_METHOD:
            yield EVERY_METHOD, rate
        elif path in EVERY_PATH or method == EVERY_METHOD:
            if rate is not None:
                problems.append(f"sets rates for {method} {path}, which are not imposed here")
        else:
            path = "/" + path.replace("~1", "/").lstrip("/")
            yield f"{method} {path}", rate


def _rate(settings: Mapping[str, Any], problems: list[str]) -> Rate | None:
    per_s, burst = settings.get(RATE), settings.get(BURST)
    if (per_s is None) is not (burst is None):
        problems.append(ONE_ALONE)
    if per_s is None or burst is None:
        return None
    return Rate(float(per_s), int(burst))
