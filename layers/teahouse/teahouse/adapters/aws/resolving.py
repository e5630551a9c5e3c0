"""At which addresses is a host? The system's resolver says so, unless the deadline comes first."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

from teahouse.adapters.aws.endpoint import Endpoint
from teahouse.adapters.aws.failures import ConnectionFailed, TimedOut

Address = tuple[int, Any]  # family, and what `connect` takes


def addresses_of(endpoint: Endpoint, until: float) -> list[Address]:
    """Give the addresses in the order that the system prefers, until `until` (monotonic seconds).

    The system's own time-outs are tens of seconds, and nothing stops it: it is asked in a thread
    that is left behind when it is too slow.

    Raises:
        ConnectionFailed: there is no such host.
        TimedOut: nothing is known in time.
    """
    found: list[Address] = []
    failures: list[OSError] = []

    def ask() -> None:
        try:
            told = socket.getaddrinfo(endpoint.plain_host, endpoint.port, type=socket.SOCK_STREAM)
        except OSError as error:
            failures.append(error)
        else:
            found.extend((family, where) for family, _, _, _, where in told)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.0, until - time.monotonic()))
    if failures:
        raise ConnectionFailed(f"no address: {failures[0].strerror}") from failures[0]
    if not found:
        raise TimedOut("no address in time")
    return found
