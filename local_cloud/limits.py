"""How much does API Gateway allow? Its quotas, each with its source; a test may shrink them."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Limits:
    """Real by default, the account's rates included; those of stages and routes are the template's.

    "WebSocket quotas" and "HTTP API quotas" are the two pages of that name in the API Gateway
    Developer Guide, "Amazon API Gateway quotas".
    """

    # What API Gateway says.
    frame_bytes: int = 32_768  # WebSocket quotas, "WebSocket frame size": 32 KB
    message_bytes: int = 131_072  # WebSocket quotas, "Message payload size": 128 KB
    idle_ms: int = 600_000  # WebSocket quotas, "Idle Connection Timeout": 10 minutes
    age_ms: int = 7_200_000  # WebSocket quotas, "Connection duration": 2 hours
    integration_ms: int = 29_000  # WebSocket quotas, "Integration timeout": 50 ms to 29 s
    authorizer_ms: int = 29_000  # undocumented for WebSocket; never above the integration's
    authorizer_result_bytes: int = 8_192  # WebSocket quotas, "Lambda authorizer result size": 8 KB
    post_bytes: int = 131_072  # API model 2018-11-29, PostToConnection: Data, max 131,072
    http_integration_ms: int = 30_000  # HTTP API quotas, "Maximum integration timeout"
    http_authorizer_ms: int = 10_000  # HTTP API quotas, "Lambda authorizer timeout"
    http_body_bytes: int = 10_485_760  # HTTP API quotas, "Payload size": 10 MB
    lambda_payload_bytes: int = 6_291_456  # Lambda quotas, synchronous invocation: 6 MB each way
    header_bytes: int = 10_240  # HTTP API quotas, "total combined size of request line and headers"

    connections_per_s: int = 500  # WebSocket quotas, "New connections per second per account"
    requests_per_s: int = 10_000  # "Throttle quota per account": of all APIs' messages, posts
    requests_burst: int = 5_000  # to connections and HTTP requests together
    route_rates_times: int = 1  # the template's rates of stages and routes are raised so often

    # What this server adds to stay alive; API Gateway has such limits but tells no figures.
    send_buffer_bytes: int = 1_048_576  # unsent bytes of a slow reader before posts answer 429
    messages_in_flight: int = 256  # of one connection; beyond it the socket is not read
    header_ms: int = 10_000  # from the first byte of a request to the end of its headers
    request_ms: int = 60_000  # from the first byte of a request to the end of its body
    keep_alive_ms: int = 75_000  # an HTTP connection without a request
    close_ms: int = 2_000  # a peer that does not answer a close, or does not read an answer


AWS = Limits()


def changed_limits(limits: Limits) -> dict[str, tuple[int, int]]:
    """Return what is not as AWS has it: the limit, and AWS's own."""
    both = {one.name: (getattr(limits, one.name), getattr(AWS, one.name)) for one in fields(AWS)}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}
