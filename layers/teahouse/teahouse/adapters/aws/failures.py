"""What can go wrong between us and AWS, before there is an answer to read?

`CallFailed` is the root: `NotConfigured`, `ConnectionFailed`, `TimedOut`, `NonsenseAnswer`. What
AWS itself answers, refusals included, is an answer and not a failure.
"""

from __future__ import annotations


class CallFailed(Exception):
    """A call got no answer that can be read. The text names the cause, and no secret.

    `may_have_happened` is False only if AWS cannot have had the whole request.
    """

    def __init__(self, cause: str, *, may_have_happened: bool = False) -> None:
        super().__init__(cause)
        self.may_have_happened = may_have_happened


class NotConfigured(CallFailed):
    """The environment lacks keys, a region or an endpoint."""


class ConnectionFailed(CallFailed):
    """No connection: refused, reset, closed too early, or a certificate that does not hold."""


class TimedOut(CallFailed):
    """The deadline came first."""


class NonsenseAnswer(CallFailed):
    """What came is no HTTP answer of AWS's: junk, half an answer, or a redirect."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause, may_have_happened=True)
