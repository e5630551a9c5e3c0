"""Does the account hold its rates? Those of AWS, or smaller ones, for all APIs together."""

from __future__ import annotations

from functools import partial

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from local_cloud.limits import Limits
from local_cloud.open_questions import OpenQuestions
from local_cloud.throttles import TokenBucket
from tests.gateway.target import running, soon

FEW = Limits(requests_per_s=1, requests_burst=2)
limited = partial(running, clock=lambda: 1_763_726_400_000)  # no second passes


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(per_s=2, burst=3)

    at_once = [bucket.takes(1_000) for _ in range(4)]
    half_a_second_later = [bucket.takes(1_500) for _ in range(2)]
    after_a_rest = [bucket.takes(60_000) for _ in range(4)]

    assert at_once == [True, True, True, False]
    assert half_a_second_later == [True, False]
    assert after_a_rest == [True, True, True, False]


def test_a_clock_that_steps_back_takes_nothing_away() -> None:
    bucket = TokenBucket(per_s=1, burst=1)
    assert bucket.takes(10_000)

    assert not bucket.takes(5_000)
    assert bucket.takes(6_000)


async def test_too_many_handshakes_a_second_are_refused_and_no_handler_runs() -> None:
    """Control: the first one is accepted."""
    async with (
        limited(limits=Limits(connections_per_s=1)) as target,
        target.connected(),
    ):
        with pytest.raises(InvalidStatus) as refused:
            await soon(target.connect().__aenter__())
        invoked = list(target.invoker.invoked)

    assert refused.value.response.status_code == 429
    assert invoked == ["Connect"]


async def test_too_many_messages_are_answered_by_a_frame() -> None:
    """Control: two reach their handler."""
    async with limited(limits=FEW) as target, target.connected() as (socket, _):
        for _ in range(3):
            await socket.send("{}")
        refused = await soon(socket.recv())
        for _ in range(2):
            await target.event_of("Default")
        handled = target.invoker.invoked.count("Default")

    assert '"message": "Too Many Requests"' in str(refused)
    assert handled == 2


async def test_or_too_many_messages_close_the_socket() -> None:
    questions = OpenQuestions(throttled_message="close")
    async with (
        limited(limits=FEW, questions=questions) as target,
        target.connected() as (s, _),
    ):
        for _ in range(3):
            await s.send("{}")
        with pytest.raises(ConnectionClosed) as closed:
            await soon(s.recv())

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_posts_and_http_requests_count_with_the_messages() -> None:
    """Control: of the three, the first two pass."""
    async with (
        limited(limits=FEW) as target,
        target.connected() as (_, connection_id),
    ):
        asked = await target.http("GET", "/api/rooms/42")
        posted = await target.post(connection_id, b"tea")
        posted_again = await target.post(connection_id, b"tea")
        asked_again = await target.http("GET", "/api/rooms/42")

    assert (asked.status, posted.status) == (200, 200)
    assert (posted_again.status, asked_again.status) == (429, 429)
    assert posted_again.headers["x-amzn-errortype"] == "LimitExceededException"
    assert asked_again.json == {"message": "Too Many Requests"}


async def test_the_page_is_not_throttled() -> None:
    async with limited(limits=Limits(requests_per_s=1, requests_burst=1)) as target:
        answers = [(await target.http("GET", "/nothing")).status for _ in range(3)]

    assert answers == [404, 404, 404]
