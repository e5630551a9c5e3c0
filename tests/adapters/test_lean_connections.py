"""Reading who hears a room: few steps a row, whatever the machine. (`make bench-send` times it.)"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from teahouse.adapters.aws.answers import Answer
from teahouse.adapters.dynamodb.connections import ListenerRow
from teahouse.adapters.lean.calls import Calls
from teahouse.adapters.lean.connections import LeanConnections
from teahouse.adapters.lean.tables import Tables

from tests.cast import NOON_MS
from tests.world import StoppedClock

ROWS = 1_000
CALLS_A_ROW = 3  # the row itself, the listener, and something to spare
CALLS_ALTOGETHER = 200  # of the request and its answer


def rows() -> list[dict[str, Any]]:
    until = {"N": str(NOON_MS // 1000 + 60)}
    return [
        {"sk": {"S": f"L0SM9cO{n:07}="}, "u": {"S": f"member-{n:012}"}, "ttl": until}
        for n in range(ROWS)
    ]


class OneAnswer:
    """Answers every request with all rows."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self._answer = Answer(200, {}, json.dumps({"Items": rows()}).encode())

    def request(self, *given: Any, **limits: Any) -> Answer:
        self.asked.append(json.loads(given[3]))
        return self._answer


def calls_of(step: Callable[[], object]) -> int:
    """Count calls of Python's and of C's functions."""
    count = 0

    def seen(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        step()
    finally:
        sys.setprofile(None)
    return count


def test_a_thousand_listeners_are_read_in_one_request_and_few_steps_a_row() -> None:
    http = OneAnswer()
    connections = LeanConnections(Tables(Calls(http), {}), StoppedClock())
    connections.of_room("den", NOON_MS)  # decoders are made once

    calls = calls_of(lambda: connections.of_room("den", NOON_MS))

    assert len(connections.of_room("den", NOON_MS)) == ROWS
    assert calls <= CALLS_A_ROW * ROWS + CALLS_ALTOGETHER
    assert len(http.asked) == 3
    assert http.asked[0]["ProjectionExpression"] == "#sk,#ttl,#u,#at,#left"


def test_a_library_that_takes_many_steps_a_row_would_be_found() -> None:
    """The control: one row of PynamoDB's takes more than ten of ours."""
    row = {"pk": {"S": "R#den"}, **rows()[0]}

    assert calls_of(lambda: ListenerRow.from_raw_data(row)) > 10 * CALLS_A_ROW
