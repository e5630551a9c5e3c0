"""Did it get dearer? What a frame costs in the running system: invocations, frames, units.

The local cloud counts as AWS would charge; counts do not move with the machine. What a handler
loads is counted in `tests/architecture/test_cold_start.py`.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest

from tests.e2e.person import call, position_of
from tests.e2e.system import System
from tests.e2e.test_two_people_by_socket import two_in_a_room

pytestmark = pytest.mark.e2e

PATIENCE_S = 15.0
COUNTED = ("lambda_requests", "web_socket_messages", "read_units", "write_units")


class Bill:
    """What has been charged since it was opened."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._before = self._charged()

    def after(self, invocations: int) -> Counter[str]:
        """Give the charges once so many invocations have ended."""
        until = time.monotonic() + PATIENCE_S
        while (spent := self._charged() - self._before)["lambda_requests"] < invocations:
            assert time.monotonic() < until, spent
            time.sleep(0.02)
        return spent

    def _charged(self) -> Counter[str]:
        cost: dict[str, Any] = call(self._system.url, "GET", "/_local/state").body["cost"]
        return Counter({name: cost[name]["quantity"] for name in COUNTED if name in cost})


def test_a_message_and_a_ping_cost_one_invocation_each_and_no_more_than_they_did(
    system: System,
) -> None:
    joining = Bill(system)
    ann, ben, den = two_in_a_room(system.url)
    position = position_of(ann.joins(den))
    ben.joins(den)
    ann.hears_type("presence")
    # Two accounts, a room, a membership, two tickets; two sockets, authorized; two who join.
    joining.after(2 + 1 + 1 + 2 + 2 * 2 + 2)

    message = Bill(system)
    ann.sends(den, "tea?", position)
    ben.hears_type("events")
    assert message.after(1) == {
        "lambda_requests": 1,
        "web_socket_messages": 3,  # what ann said, `sent`, and `events` for ben
        "read_units": 3,
        "write_units": 2,  # the slot, and the summary
    }

    ping = {"action": "ping", "positions": {den: position}}
    first = Bill(system)
    ann.does(ping)
    assert first.after(1)["write_units"] == 1  # the lease, once in four minutes
    second = Bill(system)
    ann.does(ping)
    assert second.after(1) == {
        "lambda_requests": 1,
        "web_socket_messages": 2,
        "read_units": 2,  # the slot after the position, and the membership
    }
