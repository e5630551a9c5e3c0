"""What does a handler's clock say when it is off? `time` and `datetime`, moved by a fault.

Loaded by `worker.py` by path, and only where a plan asks for it. Nothing in the environment tells
a handler. Monotonic clocks are never off; a call into C (SQLite's, say) reads the right time.
"""

from __future__ import annotations

import datetime
import time
from typing import Any

_time, _time_ns, _clock_gettime = time.time, time.time_ns, time.clock_gettime
_gmtime, _localtime, _strftime = time.gmtime, time.localtime, time.strftime
_Datetime = datetime.datetime
_skew_ns = 0


def set_skew(skew_ms: int) -> None:
    """Let the clock be off by so much from now on."""
    global _skew_ns
    _skew_ns = skew_ms * 1_000_000


class _DatetimeType(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _Datetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _Datetime)


class SkewedDatetime(_Datetime, metaclass=_DatetimeType):
    """`datetime.datetime`, whose now is the skewed one; what it makes are plain datetimes."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        return _Datetime(*args, **options)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return _Datetime.fromtimestamp(skewed_s(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return _Datetime.fromtimestamp(skewed_s(), datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return _Datetime.fromtimestamp(skewed_s())


def skewed_s() -> float:
    """Return what `time.time` says."""
    return _time() + _skew_ns / 1e9


def install() -> None:
    """Put the skewed clock in the place of the right one."""

    def clock_gettime(clock: int) -> float:
        return skewed_s() if clock == time.CLOCK_REALTIME else _clock_gettime(clock)

    def gmtime(at_s: Any = None) -> time.struct_time:
        return _gmtime(skewed_s() if at_s is None else at_s)

    def localtime(at_s: Any = None) -> time.struct_time:
        return _localtime(skewed_s() if at_s is None else at_s)

    def strftime(form: str, at: Any = None) -> str:
        return _strftime(form, localtime() if at is None else at)

    time.time = skewed_s
    time.time_ns = lambda: _time_ns() + _skew_ns
    time.clock_gettime = clock_gettime
    time.gmtime, time.localtime, time.strftime = gmtime, localtime, strftime
    datetime.datetime = SkewedDatetime  # type: ignore[misc]
