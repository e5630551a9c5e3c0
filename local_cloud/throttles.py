"""Is the account within its rates? Token buckets that all APIs of a cloud share; no clock.

API Gateway Developer Guide, "Throttle requests to your APIs": "uses the token bucket algorithm,
where a token counts for a request". Which requests count: "quotas for configuring and running a
WebSocket API", which names new connections apart.
"""

from __future__ import annotations

from local_cloud.limits import Limits


class TokenBucket:
    """So many a second, and so many at once after a rest."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = float(burst)
        self._at_ms: int | None = None

    def takes(self, now_ms: int) -> bool:
        """Take a token, if there is one."""
        rested_ms = 0 if self._at_ms is None else max(0, now_ms - self._at_ms)
        self._at_ms = now_ms
        self._tokens = min(self._burst, self._tokens + rested_ms * self._per_s / 1000)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Account:
    """What an account may do in a region: `Limits` says how much."""

    def __init__(self, limits: Limits) -> None:
        self._connections = TokenBucket(limits.connections_per_s, limits.connections_per_s)
        self._requests = TokenBucket(limits.requests_per_s, limits.requests_burst)

    def may_connect(self, now_ms: int) -> bool:
        """Count a handshake."""
        return self._connections.takes(now_ms)

    def may_request(self, now_ms: int) -> bool:
        """Count a message, a post to a connection, or a request of an HTTP or REST API."""
        return self._requests.takes(now_ms)
