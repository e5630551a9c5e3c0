"""When was a handler entered? It answers with the clock that all processes of a machine share."""

from __future__ import annotations

import time
from typing import Any


def enter(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer with the moment of the first statement."""
    entered_ns = time.monotonic_ns()
    return {"statusCode": 200, "body": str(entered_ns)}


def accept(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Take every connection, and every farewell."""
    return {"statusCode": 200}
