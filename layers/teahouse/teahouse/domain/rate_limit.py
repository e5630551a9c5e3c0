"""How often may somebody do a thing? Token buckets on times that are passed in."""

from __future__ import annotations

import dataclasses
import math
from collections import OrderedDict

from teahouse.domain.values import dataclass

MAX_BUCKETS = 10_000  # of one worker; the least used are forgotten first


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second afterwards."""

    per_s: float
    burst: int

    def scaled(self, factor: float) -> Rate:
        return Rate(self.per_s * factor, max(1, round(self.burst * factor)))


SIGN_IN_BY_NAME = Rate(0.17, 5)
SIGN_IN_BY_ADDRESS = Rate(0.17, 20)
ENTER_BY_ADDRESS = Rate(0.17, 30)  # registering, and entering as a guest
PASSWORD_BY_USER = Rate(0.17, 5)  # guessing the old one, from a session that was left open
RECOVER_BY_NAME = Rate(1 / 60, 5)
REQUESTS_BY_USER = Rate(20, 400)  # of one resource, whatever they are
RENEW_BY_SESSION = Rate(0.5, 20)
TICKET_BY_USER = Rate(1, 5)
CONNECT_BY_USER = Rate(1, 30)  # a cookie needs no ticket; ten open pages come back at once
KEY_BY_USER = Rate(1 / 60, 10)
MY_DATA_BY_USER = Rate(0.5, 20)  # page by page
OPEN_ROOM_BY_USER = Rate(1 / 60, 10)
JOIN_BY_USER = Rate(0.1, 10)
PREVIEW_BY_ADDRESS = Rate(0.5, 20)  # guessing codes, and looking at a few links
SEARCH_BY_USER = Rate(1, 20)
UPLOAD_BY_USER = Rate(1 / 6, 10)
SEND_BY_USER_AND_ROOM = Rate(1, 10)
CHANGE_BY_USER_AND_ROOM = Rate(2, 20)  # editing, deleting, reacting
MODERATE_BY_USER = Rate(1, 30)
REPORT_BY_USER = Rate(1 / 60, 10)
LIST_PEOPLE_BY_USER = Rate(1, 30)
NOTIFY_BY_USER = Rate(1, 30)
ANNOUNCE_BY_USER = Rate(1 / 60, 5)
FRAMES_BY_CONNECTION = Rate(2, 120)  # of one route: each function counts for itself


@dataclasses.dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class Buckets:
    """One bucket a key. A full bucket is the same as none, so forgetting one gives little away."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str, rate: Rate, now_s: float) -> int:
        """Take one token; returns 0, or after how many whole seconds there is one."""
        bucket = self._buckets.pop(key, None) or _Bucket(rate.burst, now_s)
        self._buckets[key] = bucket
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        refilled = bucket.tokens + max(0.0, now_s - bucket.at_s) * rate.per_s
        bucket.tokens, bucket.at_s = min(float(rate.burst), refilled), now_s
        if bucket.tokens < 1:
            return math.ceil((1 - bucket.tokens) / rate.per_s)
        bucket.tokens -= 1
        return 0
