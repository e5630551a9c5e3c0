"""1.11 (10): `$disconnect` follows the close, with its code."""

from __future__ import annotations

import asyncio

from tests.gateway.target import Target, running, soon, upgrade_request, web_socket_api


async def ending(target: Target) -> tuple[int, str]:
    context = (await target.event_of("Disconnect"))["requestContext"]
    return context["disconnectStatusCode"], context["disconnectReason"]


async def test_the_clients_code_and_reason_are_told(target: Target) -> None:
    """Captured on AWS: 1001 of a tab that closes has an empty reason."""
    async with target.connect() as socket:
        await socket.close(4000, "bye")
    assert await ending(target) == (4000, "bye")
    async with target.connect() as socket:
        await socket.close(1001)
    assert await ending(target) == (1001, "")


async def test_a_close_without_a_code_is_1005(target: Target) -> None:
    """Captured on AWS: "Client-side close frame status not set"."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    writer.write(upgrade_request() + b"\x88\x80\x00\x00\x00\x00")
    answer = await soon(reader.read())
    writer.close()

    assert answer.endswith(b"\x88\x00")
    assert await ending(target) == (1005, "Client-side close frame status not set")


async def test_a_lost_line_is_1006(target: Target) -> None:
    """RFC 6455, 7.1.5: no close frame at all. The text is unknown."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    writer.write(upgrade_request())
    await soon(reader.readuntil(b"\r\n\r\n"))
    writer.transport.abort()

    assert (await ending(target))[0] == 1006


async def test_it_runs_once_and_after_the_socket_is_gone(target: Target) -> None:
    """WebSocket guide, "$disconnect": after the connection is closed; posts are gone by then."""
    async with target.connected() as (_, connection_id):
        pass
    event = await target.event_of("Disconnect")

    assert event["requestContext"]["connectionId"] == connection_id
    assert (await target.post(connection_id, b"x")).status == 410
    assert target.invoker.invoked == ["Connect", "Disconnect"]


async def test_a_refused_handshake_has_no_disconnect(target: Target) -> None:
    """There was no connection. Control: the connection that follows has one."""
    target.on("Connect", lambda event: {"statusCode": 401})
    await target.raw(upgrade_request())
    target.on("Connect", lambda event: {"statusCode": 200})
    async with target.connect():
        pass
    await target.event_of("Disconnect")

    assert target.invoker.invoked == ["Connect", "Connect", "Disconnect"]


async def test_without_the_route_nothing_runs() -> None:
    """WebSocket guide: the route is optional. Control: every other test of this file."""
    async with running(api=web_socket_api(without=("$disconnect",))) as target:
        async with target.connect():
            pass
        closed = [told for told in target.told if told["event"] == "connection_closed"]
        while not closed:
            await asyncio.sleep(0)
            closed = [told for told in target.told if told["event"] == "connection_closed"]

    assert target.invoker.invoked == ["Connect"]


async def test_a_failing_disconnect_is_nobodys_matter(target: Target) -> None:
    """Its outcome goes nowhere; the gateway goes on."""
    target.on("Disconnect", lambda event: 1 / 0)
    async with target.connect():
        pass
    await target.event_of("Disconnect")

    async with target.connect() as socket:
        await socket.send("{}")
        await target.event_of("Default")
