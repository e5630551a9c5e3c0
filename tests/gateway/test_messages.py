"""1.11 (5) to (7): how messages reach functions, and what comes back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from local_cloud.faults import FaultPlan
from local_cloud.limits import Limits
from local_cloud.resources import WebSocketRoute
from tests.gateway.target import Never, Target, running, soon, web_socket_api


async def test_messages_take_the_route_of_their_action(target: Target) -> None:
    """WebSocket guide, "route selection expressions"."""
    async with target.connect() as socket:
        await socket.send('{"action":"sendMessage"}')
        event = await target.event_of("SendMessage")
        assert event["requestContext"]["routeKey"] == "sendMessage"
        for text in ('{"action":"else"}', "no json", '{"action":"$disconnect"}', '{"action":[]}'):
            await socket.send(text)
            event = await target.event_of("Default")
            assert event["requestContext"]["routeKey"] == "$default"
            assert event["body"] == text


async def test_messages_of_one_connection_run_side_by_side(target: Target) -> None:
    """WebSocket guide, "$default": answers need not come in the order of the messages."""
    first_may_end = asyncio.Event()
    ended: list[str] = []

    async def handle(event: dict[str, Any]) -> dict[str, Any]:
        if event["body"] == "first":
            await first_may_end.wait()
        ended.append(event["body"])
        return {"statusCode": 200}

    target.on("Default", handle)
    async with target.connect() as socket:
        await socket.send("first")
        await socket.send("second")
        await target.event_of("Default")
        await target.event_of("Default")
        assert ended == ["second"]
        first_may_end.set()


async def test_delayed_events_overtake_each_other() -> None:
    """1.11 (5): a suite can force reordering. Control: without the fault the order is kept."""
    plan = FaultPlan(seed=1, events_delayed=0.5, event_delay_ms=(100, 100))
    orders: list[list[str]] = []
    for chosen in (plan, FaultPlan()):
        async with running(plan=chosen) as target:
            async with target.connect() as socket:
                for number in range(8):
                    await socket.send(str(number))
                events = [await target.event_of("Default") for _ in range(8)]
            orders.append([event["body"] for event in events])
            delayed = [one for one in target.faults.injected if one.kind == "event_delayed"]
            assert bool(delayed) is (chosen is plan)

    assert sorted(orders[0]) == orders[1] == [str(number) for number in range(8)]
    assert orders[0] != orders[1]


async def test_what_a_one_way_route_returns_is_never_sent(target: Target) -> None:
    """WebSocket guide, "two-way": without a route response nothing is sent, whatever the status.

    Control: a post on the same socket arrives, and is the first thing that does.
    """
    target.on("Default", lambda event: {"statusCode": 500, "body": "secret"})
    async with target.connected() as (socket, connection_id):
        await socket.send("{}")
        await target.event_of("Default")
        await target.post(connection_id, b"posted")

        assert await soon(socket.recv()) == "posted"


def _raise(event: dict[str, Any]) -> Any:
    raise RuntimeError("a secret of the server")


@pytest.mark.parametrize(
    "handler", [_raise, lambda event: None, lambda event: [], lambda event: {"body": "x"}]
)
async def test_a_failing_handler_is_reported_in_awss_own_words(
    target: Target, handler: Any
) -> None:
    """Text and form from users' logs; also for a handler that returns None."""
    target.on("Default", handler)
    async with target.connected() as (socket, connection_id):
        await socket.send("{}")
        event = await target.event_of("Default")
        frame = await soon(socket.recv())

        request_id = event["requestContext"]["requestId"]
        assert frame == (
            f'{{"message": "Internal server error", "connectionId":"{connection_id}", '
            f'"requestId":"{request_id}"}}'
        )
        target.on("Default", lambda event: {"statusCode": 200})
        await socket.send("the socket stays open")
        await target.event_of("Default")


async def test_a_slow_handler_is_timed_out_and_runs_on() -> None:
    """Text from users' logs; WebSocket quotas, "Integration timeout" (29 s, or the route's own)."""
    slow = WebSocketRoute("$default", "Default", timeout_ms=50)
    api = web_socket_api()
    api = replace(api, routes={**api.routes, "$default": slow})
    async with running(api=api) as target:
        never = Never()
        target.on("Default", never.handler)
        async with target.connected() as (socket, connection_id):
            await socket.send("{}")
            frame = json.loads(await soon(socket.recv()))

            assert frame["message"] == "Endpoint request timed out"
            assert frame["connectionId"] == connection_id
            never.end()


async def test_a_message_without_a_route_is_forbidden() -> None:
    """WebSocket guide: no match and no `$default` is an error to the client.

    Control: a message with a route is handled on the same socket.
    """
    async with (
        running(api=web_socket_api(without=("$default",))) as target,
        target.connected() as (socket, _),
    ):
        await socket.send('{"action":"unknown"}')
        frame = json.loads(await soon(socket.recv()))

        assert frame["message"] == "Forbidden"
        assert set(frame) == {"message", "connectionId", "requestId"}
        await socket.send('{"action":"sendMessage"}')
        await target.event_of("SendMessage")


async def test_a_flooding_client_is_not_read_beyond_the_cap() -> None:
    """The machine's own cap: 1.11 (5). Every message is handled in the end."""
    async with running(limits=Limits(messages_in_flight=4)) as target:
        never = Never()
        target.on("Default", never.handler)
        async with target.connect() as socket:
            # What one read brings is handled whole, so the cap is not exact; hence large messages.
            sending = asyncio.ensure_future(_send_many(socket, "x" * 30_000, 400))
            for _ in range(4):
                await target.event_of("Default")
            done, _ = await asyncio.wait({sending}, timeout=0.2)
            assert not done
            never.end()
            await soon(sending)
            for _ in range(396):
                await target.event_of("Default")


async def _send_many(socket: Any, text: str, count: int) -> None:
    for _ in range(count):
        await socket.send(text)
