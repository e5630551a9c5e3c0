"""How is one line of the log written? As JSON on standard output, which Lambda gathers.

It begins with the fields of Powertools' Logger, which costs 40 ms of a cold start. Lambda's log
format JSON reads level and timestamp, the latter as of RFC 3339 (Lambda developer guide, "Log-level
filtering").
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

_TRACE = "_X_AMZN_TRACE_ID"  # set by Lambda for each invocation


Level = Literal["INFO", "WARNING", "ERROR"]


def write_line(level: Level, event: str, fields: Mapping[str, Any]) -> None:
    """Write one line; `fields` are ids, counts and sizes, never what people wrote."""
    seconds, ms = divmod(time.time_ns() // 1_000_000, 1000)
    line = {
        "level": level,
        "message": event,
        "timestamp": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{ms:03}Z",
        "service": "teahouse",
        **fields,
    }
    if _TRACE in os.environ:
        line["xray_trace_id"] = os.environ[_TRACE].partition(";")[0].removeprefix("Root=")
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()
