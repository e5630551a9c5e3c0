"""When is a schedule due next? `rate(...)`, `cron(...)` and `at(...)`; pure.

Source: EventBridge Scheduler User Guide, "Schedule types". `L`, `W` and `#` are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

UNITS_S = {"minute": 60, "hour": 3_600, "day": 86_400}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")  # 1 is Sunday
HORIZON = timedelta(days=5 * 366)  # a leap day is not further away


class Times(Protocol):
    """When something is due."""

    def next_after(self, moment_s: float) -> float | None:
        """Return the next time after a moment, in epoch seconds; None when there is none."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so many seconds, beginning when the cloud starts."""

    every_s: int

    def next_after(self, moment_s: float) -> float | None:
        """Return the moment one period later."""
        return moment_s + self.every_s


@dataclass(frozen=True, slots=True)
class At:
    """Once."""

    at_s: float

    def next_after(self, moment_s: float) -> float | None:
        """Return that time, unless it is past."""
        return self.at_s if self.at_s > moment_s else None


@dataclass(frozen=True, slots=True)
class Cron:
    """On minutes whose six fields fit."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None  # None stands for "?"
    months: frozenset[int]
    weekdays: frozenset[int] | None
    years: frozenset[int]
    zone: ZoneInfo | None

    def next_after(self, moment_s: float) -> float | None:
        """Search minute by minute, leaping over days and hours that do not fit."""
        zone = self.zone or UTC
        start = datetime.fromtimestamp(moment_s, zone).replace(second=0, microsecond=0)
        moment = start + timedelta(minutes=1)
        while moment - start < HORIZON:
            if not self._is_day(moment):
                moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
            elif moment.hour not in self.hours:
                moment = moment.replace(minute=0) + timedelta(hours=1)
            elif moment.minute not in self.minutes:
                moment += timedelta(minutes=1)
            else:
                return moment.timestamp()
        return None

    def _is_day(self, moment: datetime) -> bool:
        weekday = moment.isoweekday() % 7 + 1
        return (
            moment.year in self.years
            and moment.month in self.months
            and (self.days is None or moment.day in self.days)
            and (self.weekdays is None or weekday in self.weekdays)
        )


def read_times(expression: str, zone: str | None = None) -> Times:
    """Read a schedule expression.

    Raises:
        ValueError: it is none, or uses what is unknown here.
    """
    match = re.fullmatch(r"\s*(rate|cron|at)\((.*)\)\s*", expression)
    if match is None:
        raise ValueError(f"{expression!r} is no schedule expression")
    kind, inside = match[1], match[2].strip()
    named = ZoneInfo(zone) if zone and zone != "UTC" else None
    if kind == "at":
        moment = datetime.fromisoformat(inside).replace(tzinfo=named or UTC)
        return At(moment.timestamp())
    if kind == "rate":
        number, _, unit = inside.partition(" ")
        if not number.isdecimal() or not int(number) or unit.rstrip("s") not in UNITS_S:
            raise ValueError(f"{expression!r} is no rate")
        return Rate(int(number) * UNITS_S[unit.rstrip("s")])
    fields = inside.split()
    if len(fields) != 6 or (fields[2] == "?") == (fields[4] == "?"):
        raise ValueError(f"{expression!r} needs six fields, one of the two days being ?")
    return Cron(
        _numbers(fields[0], 0, 59),
        _numbers(fields[1], 0, 23),
        None if fields[2] == "?" else _numbers(fields[2], 1, 31),
        _numbers(fields[3], 1, 12, MONTHS),
        None if fields[4] == "?" else _numbers(fields[4], 1, 7, DAYS),
        _numbers(fields[5], 1970, 2199),
        named,
    )


def _numbers(field: str, low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """Read one field: `*`, numbers, names, ranges and steps."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = low, high
        else:
            start, _, end = span.partition("-")
            first = _number(start, names, low)
            last = _number(end, names, low) if end else (high if step else first)
        if not low <= first <= last <= high:
            raise ValueError(f"{part!r} is not within {low} to {high}")
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: tuple[str, ...], low: int) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + low
    if not text.isdecimal():
        raise ValueError(f"{text!r} in a cron expression is unknown here")
    return int(text)
