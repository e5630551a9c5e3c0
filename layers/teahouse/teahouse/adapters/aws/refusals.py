"""What does AWS say when it refuses? The status and its own name for it, and no text of theirs.

Its messages quote what was signed, tokens included.
"""

from __future__ import annotations

import time

from teahouse.adapters.aws.answers import Answer

MAX_SKEW_S = 300  # IAM User Guide, "Signing": a request is good for five minutes
_HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"


def describe_refusal(answer: Answer, now_s: float) -> str:
    """Say why an answer is no success; a clock that is wrong is named as the cause."""
    if 300 <= answer.status < 400:
        return f"a redirect ({answer.status})"
    error_type = answer.headers.get("x-amzn-errortype", "").partition(":")[0]
    said = f"{answer.status} {error_type}".rstrip()
    return said + clock_fault(answer, now_s)


def clock_fault(answer: Answer, now_s: float) -> str:
    """Say by how much our clock is off, where that can be why an answer is a refusal; else ""."""
    skew_s = _skew_s(answer, now_s)
    if answer.status in (400, 401, 403) and abs(skew_s) > MAX_SKEW_S:
        return f"; our clock is {round(skew_s)} s off"
    return ""


def _skew_s(answer: Answer, now_s: float) -> float:
    import calendar  # only when something is refused

    try:
        theirs = time.strptime(answer.headers.get("date", ""), _HTTP_DATE)
    except ValueError:
        return 0.0
    return now_s - calendar.timegm(theirs)
