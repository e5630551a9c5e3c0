"""What does AWS charge? List prices of us-east-1 in dollars, and what a run would have cost.

Sources: the pricing pages of API Gateway, Lambda, DynamoDB and CloudWatch, and the tables of
AWS's own price calculator, as of November 2026. Free tiers are left out, as are data transfer
($0.09/GB after 100 GB a month), storage, and what is priced by the month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

MILLION = 1_000_000

WEB_SOCKET_MESSAGE = 1.00 / MILLION  # either way, the first billion of a month
WEB_SOCKET_MESSAGE_BYTES = 32 * 1024  # of which a larger message is several
CONNECTION_MINUTE = 0.25 / MILLION
HTTP_REQUEST = 1.00 / MILLION  # HTTP API, the first 300 million of a month
HTTP_REQUEST_BYTES = 512 * 1024  # of which a larger request is several
LAMBDA_REQUEST = 0.20 / MILLION
LAMBDA_GB_SECOND_ARM = 0.0000133334
LAMBDA_GB_SECOND_X86 = 0.0000166667
WRITE_UNIT = 0.625 / MILLION  # on demand
READ_UNIT = 0.125 / MILLION
LOG_BYTE = 0.50 / 1_000_000_000  # CloudWatch Logs, standard class, taken in


@dataclass(slots=True)
class Usage:
    """What a run has used, in the units that are charged."""

    web_socket_messages: int = 0
    connection_minutes: float = 0.0
    http_requests: int = 0
    lambda_requests: int = 0
    lambda_gb_seconds_arm: float = 0.0
    lambda_gb_seconds_x86: float = 0.0
    write_units: float = 0.0
    read_units: float = 0.0
    log_bytes: int = 0


PRICES: Mapping[str, float] = {
    "web_socket_messages": WEB_SOCKET_MESSAGE,
    "connection_minutes": CONNECTION_MINUTE,
    "http_requests": HTTP_REQUEST,
    "lambda_requests": LAMBDA_REQUEST,
    "lambda_gb_seconds_arm": LAMBDA_GB_SECOND_ARM,
    "lambda_gb_seconds_x86": LAMBDA_GB_SECOND_X86,
    "write_units": WRITE_UNIT,
    "read_units": READ_UNIT,
    "log_bytes": LOG_BYTE,
}


def cost(usage: Usage) -> dict[str, tuple[float, float]]:
    """Return quantity and dollars of everything that was used."""
    used = {field.name: float(getattr(usage, field.name)) for field in fields(usage)}
    return {name: (count, count * PRICES[name]) for name, count in used.items() if count}


def message_units(size_bytes: int) -> int:
    """Count the messages that a frame is charged as."""
    return max(1, -(-size_bytes // WEB_SOCKET_MESSAGE_BYTES))


def request_units(size_bytes: int) -> int:
    """Count the requests that an HTTP request is charged as."""
    return max(1, -(-size_bytes // HTTP_REQUEST_BYTES))
