"""What would it have cost? The arithmetic, against AWS's own examples."""

from __future__ import annotations

import pytest

from local_cloud.prices import Usage, cost, message_units, request_units


@pytest.mark.parametrize(
    ("size", "units"), [(0, 1), (1, 1), (32_768, 1), (32_769, 2), (131_072, 4)]
)
def test_a_message_is_charged_in_steps_of_32_kb(size: int, units: int) -> None:
    assert message_units(size) == units


def test_a_request_is_charged_in_steps_of_512_kb() -> None:
    assert [request_units(size) for size in (0, 524_288, 524_289)] == [1, 1, 2]


def test_a_month_of_a_hundred_people_costs_what_the_design_says() -> None:
    """100 people, 8 h and 200 messages into rooms of 20 on each of 22 days: $9.24 of messages."""
    messages = 100 * 22 * 200 * (1 + 20)
    minutes = 100 * 22 * 8 * 60
    spent = cost(Usage(web_socket_messages=messages, connection_minutes=minutes))

    assert spent["web_socket_messages"][1] == pytest.approx(9.24)
    assert spent["connection_minutes"][1] == pytest.approx(0.264)


def test_what_was_not_used_is_not_listed() -> None:
    assert cost(Usage()) == {}
    assert list(cost(Usage(read_units=0.5))) == ["read_units"]
