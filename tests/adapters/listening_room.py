"""Whom do the tests of the fan-out post to, and what does its endpoint do to one of them?"""

from __future__ import annotations

import json

from teahouse.adapters.aws.fan_out.limits import Limits

from tests.adapters.aws_endpoint import OK, AwsEndpoint, Deed

FRAME = json.dumps({"type": "events", "text": "茶"}, ensure_ascii=False).encode()
ROOM = [f"L0SM9cO-{number:05}_=" for number in range(200)]
ANN, BEN, CY = "ann+/=", "ben", "cy"
LIMITS = Limits(call_s=10.0, answer_s=2.0, retry_s=0.002)
IMPATIENT = Limits(call_s=10.0, answer_s=0.6, retry_s=0.002)


def to(name: str, deed: Deed, *, times: int = 1_000) -> object:
    """Behave so to one connection, the first few times; well to all others."""
    return lambda asked: deed if asked.name == name and asked.before < times else OK


def has_all(endpoint: AwsEndpoint, *but: str) -> bool:
    """Tell whether everybody in the room was posted to, but for these."""
    return set(endpoint.names()) >= set(ROOM) - set(but)
