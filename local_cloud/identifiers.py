"""What do API Gateway's ids look like? Opaque, 15 url-safe base64 characters and `=`."""

from __future__ import annotations

import base64
import re
import secrets
import time

# Captured ids of connections, requests and messages are 11 random bytes in url-safe base64, so
# they may contain "-" and "_" and always end in "=", which has to travel as %3D in a path.
CONNECTION_ID = re.compile(r"[A-Za-z0-9_-]{15}=")


def new_id() -> str:
    """Make an id of a connection, request or message."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode("ascii")


def wall_clock_ms() -> int:
    """Tell the time in epoch milliseconds."""
    return time.time_ns() // 1_000_000
