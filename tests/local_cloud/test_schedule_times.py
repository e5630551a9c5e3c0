"""When is a schedule due? EventBridge Scheduler User Guide, "Schedule types", and its examples."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local_cloud.services.schedule_times import read_times

START = "2026-11-21T10:15:30"  # a Saturday


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("rate(1 minute)", "2026-11-21T10:16:30"),
        ("rate(5 hours)", "2026-11-21T15:15:30"),
        ("rate(2 days)", "2026-11-23T10:15:30"),
        ("cron(0 10 * * ? *)", "2026-11-22T10:00:00"),
        ("cron(15 12 * * ? *)", "2026-11-21T12:15:00"),
        ("cron(0 18 ? * MON-FRI *)", "2026-11-23T18:00:00"),
        ("cron(0 8 1 * ? *)", "2026-12-01T08:00:00"),
        ("cron(0/15 * * * ? *)", "2026-11-21T10:30:00"),
        ("cron(0/10 * ? * SUN,TUE *)", "2026-11-22T00:00:00"),
        ("cron(0 0 29 2 ? *)", "2028-02-29T00:00:00"),
        ("cron(0 12 ? JAN 2 2027-2028)", "2027-01-04T12:00:00"),
        ("at(2026-12-24T18:00:00)", "2026-12-24T18:00:00"),
    ],
)
def test_the_next_time_is(expression: str, due: str) -> None:
    assert read_times(expression).next_after(seconds(START)) == seconds(due)


def test_a_zone_has_its_own_noon() -> None:
    """Berlin is an hour ahead in winter, two in summer."""
    noon = read_times("cron(0 12 * * ? *)", "Europe/Berlin")

    assert noon.next_after(seconds(START)) == seconds("2026-11-21T11:00:00")
    assert noon.next_after(seconds("2026-07-01T00:00:00")) == seconds("2026-07-01T10:00:00")


@pytest.mark.parametrize("expression", ["at(2020-01-01T00:00:00)", "cron(0 0 1 1 ? 2020)"])
def test_what_is_past_never_comes(expression: str) -> None:
    assert read_times(expression).next_after(seconds(START)) is None


@pytest.mark.parametrize(
    "expression",
    [
        *("", "rate(0 minutes)", "rate(1 week)", "rate(x)", "every hour", "at(tomorrow)"),
        *("cron(0 10 * * *)", "cron(0 10 * * * *)", "cron(0 10 ? * ? *)", "cron(60 * * * ? *)"),
        *("cron(0 0 L * ? *)", "cron(0 0 ? * 2#1 *)", "cron(5-1 * * * ? *)"),
    ],
)
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_times(expression)
