"""Is this caller too fast? Buckets of this worker; they cost nothing in the usual case."""

from __future__ import annotations

import os

from teahouse.domain.errors import TooManyRequests
from teahouse.domain.rate_limit import (
    ANNOUNCE_BY_USER,
    CHANGE_BY_USER_AND_ROOM,
    CONNECT_BY_USER,
    ENTER_BY_ADDRESS,
    FRAMES_BY_CONNECTION,
    JOIN_BY_USER,
    KEY_BY_USER,
    LIST_PEOPLE_BY_USER,
    MODERATE_BY_USER,
    MY_DATA_BY_USER,
    NOTIFY_BY_USER,
    OPEN_ROOM_BY_USER,
    PASSWORD_BY_USER,
    PREVIEW_BY_ADDRESS,
    RECOVER_BY_NAME,
    RENEW_BY_SESSION,
    REPORT_BY_USER,
    REQUESTS_BY_USER,
    SEARCH_BY_USER,
    SEND_BY_USER_AND_ROOM,
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_NAME,
    TICKET_BY_USER,
    UPLOAD_BY_USER,
    Buckets,
    Rate,
)

__all__ = [
    "ANNOUNCE_BY_USER",
    "CHANGE_BY_USER_AND_ROOM",
    "CONNECT_BY_USER",
    "ENTER_BY_ADDRESS",
    "FRAMES_BY_CONNECTION",
    "JOIN_BY_USER",
    "KEY_BY_USER",
    "LIST_PEOPLE_BY_USER",
    "MODERATE_BY_USER",
    "MY_DATA_BY_USER",
    "NOTIFY_BY_USER",
    "OPEN_ROOM_BY_USER",
    "PASSWORD_BY_USER",
    "PREVIEW_BY_ADDRESS",
    "RECOVER_BY_NAME",
    "RENEW_BY_SESSION",
    "REPORT_BY_USER",
    "REQUESTS_BY_USER",
    "SEARCH_BY_USER",
    "SEND_BY_USER_AND_ROOM",
    "SIGN_IN_BY_ADDRESS",
    "SIGN_IN_BY_NAME",
    "TICKET_BY_USER",
    "UPLOAD_BY_USER",
    "Rate",
    "Rates",
]

_KEY_CHARS = 64  # longer than any name or address; what callers send must not fill the memory


class Rates:
    """The buckets of one worker. `RATE_SCALE` raises every rate (load tests, shared addresses)."""

    def __init__(self) -> None:
        self._buckets = Buckets()

    def require(self, what: str, who: str, rate: Rate, now_s: float) -> None:
        """Count one, or refuse it.

        Raises:
            TooManyRequests: `who` is over the rate.
        """
        scaled = rate.scaled(float(os.environ.get("RATE_SCALE") or 1))
        wait_s = self._buckets.take(f"{what} {who[:_KEY_CHARS]}", scaled, now_s)
        if wait_s:
            raise TooManyRequests(retry_after_s=wait_s)
