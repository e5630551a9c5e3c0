"""A handler that tells what time it thinks it is, by every way there is."""

import datetime as datetime_module
import os
import time
from datetime import UTC, datetime


def tell(event, context):
    utc = datetime.now(UTC)
    return {
        "time": time.time(),
        "time_ns": time.time_ns() / 1e9,
        "clock": time.clock_gettime(time.CLOCK_REALTIME),
        "gmtime": float(time.strftime("%s", time.localtime())),
        "datetime": utc.timestamp(),
        "module": datetime_module.datetime.now(UTC).timestamp(),
        "naive": datetime.utcnow().replace(tzinfo=UTC).timestamp(),  # noqa: DTZ003 - handlers do
        "is_datetime": isinstance(utc, datetime),
        "monotonic": time.monotonic(),
        "remaining_ms": context.get_remaining_time_in_millis(),
        "environment": sorted(os.environ),
    }
