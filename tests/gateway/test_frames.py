"""1.11 (8) and 1.6: sizes, kinds, idle time and age; what closes a socket, and with which code."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode

from local_cloud.limits import Limits
from tests.gateway.target import Target, running, soon, upgrade_request


async def closed_code(socket: Any) -> tuple[int, str]:
    """Wait until the gateway closes; tell the code and reason it sent."""
    with pytest.raises(ConnectionClosed) as caught:
        await soon(socket.recv())
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


async def test_a_frame_of_32_kb_passes_and_one_byte_more_closes(target: Target) -> None:
    """WebSocket quotas, "WebSocket frame size": 32 KB; violations close with 1009."""
    async with target.connect() as socket:
        await socket.send("x" * 32_768)
        assert len((await target.event_of("Default"))["body"]) == 32_768
        await socket.send("x" * 32_769)
        assert (await closed_code(socket))[0] == 1009
    event = await target.event_of("Disconnect")
    assert event["requestContext"]["disconnectStatusCode"] == 1009


async def test_a_fragmented_message_of_128_kb_passes_and_one_byte_more_closes(
    target: Target,
) -> None:
    """WebSocket quotas, "Message payload size": 128 KB, after reassembly."""
    async with target.connect() as socket:
        await socket.send("x" * 32_768 for _ in range(4))
        assert len((await target.event_of("Default"))["body"]) == 131_072
        await socket.send([*("x" * 32_768 for _ in range(4)), "x"])
        assert (await closed_code(socket))[0] == 1009


async def test_a_binary_frame_closes(target: Target) -> None:
    """WebSocket guide, "binary media types": binary frames close with 1003."""
    async with target.connect() as socket:
        await socket.send(b"bytes")
        assert (await closed_code(socket))[0] == 1003
    event = await target.event_of("Disconnect")
    assert event["requestContext"]["disconnectStatusCode"] == 1003
    assert target.invoker.invoked == ["Connect", "Disconnect"]


async def test_the_limits_can_be_shrunk() -> None:
    """Control: the same message passes under the real limits, above."""
    async with running(limits=Limits(frame_bytes=100, message_bytes=150)) as target:
        async with target.connect() as socket:
            await socket.send("x" * 101)
            assert (await closed_code(socket))[0] == 1009
        async with target.connect() as socket:
            await socket.send(["x" * 100, "x" * 51])
            assert (await closed_code(socket))[0] == 1009


class Clock:
    def __init__(self) -> None:
        self.now_ms = 1_742_085_982_306

    def __call__(self) -> int:
        return self.now_ms


QUICK_TICKS = Limits(request_ms=100)  # the gateway looks at its clock this often, times four


async def test_an_idle_socket_is_closed_after_ten_minutes() -> None:
    """WebSocket quotas, "Idle Connection Timeout"; code and text reported by users."""
    clock = Clock()
    async with running(limits=QUICK_TICKS, clock=clock) as target:
        async with target.connect() as socket:
            clock.now_ms += 600_000
            assert await closed_code(socket) == (1001, "Going away")
        context = (await target.event_of("Disconnect"))["requestContext"]
        assert (context["disconnectStatusCode"], context["disconnectReason"]) == (
            1001,
            "Going away",
        )


async def test_traffic_either_way_keeps_a_socket_open() -> None:
    """Reported by users: any data frame resets the idle timer. Control: the test above."""
    clock = Clock()
    async with (
        running(limits=QUICK_TICKS, clock=clock) as target,
        target.connected() as (socket, connection_id),
    ):
        clock.now_ms += 599_000
        await socket.send("{}")
        await target.event_of("Default")
        clock.now_ms += 599_000
        await target.post(connection_id, b"hello")
        clock.now_ms += 599_000
        assert await soon(socket.recv()) == "hello"
        await ticks()
        await socket.send("still here")
        assert (await target.event_of("Default"))["body"] == "still here"


async def test_the_busiest_socket_is_closed_after_two_hours() -> None:
    """WebSocket quotas, "Connection duration for WebSocket API": 2 hours."""
    clock = Clock()
    async with running(limits=QUICK_TICKS, clock=clock) as target, target.connect() as socket:
        for _ in range(13):
            clock.now_ms += 550_000
            await socket.send("{}")
            await target.event_of("Default")
        await ticks()
        clock.now_ms += 50_000
        await socket.send("{}")
        assert await closed_code(socket) == (1001, "Going away")


async def test_idle_time_and_age_can_be_shrunk() -> None:
    """1.11 (8): configurable for tests. What ends before AWS would end it is in the history."""
    for limits, told in (
        (Limits(idle_ms=100), "idle_ms 100"),
        (Limits(age_ms=100), "age_ms 100"),
    ):
        async with running(limits=limits) as target, target.connected() as (socket, connection_id):
            assert await closed_code(socket) == (1001, "Going away")
            [noted] = target.faults.injected
            assert (noted.kind, noted.target) == ("limit_reached", connection_id)
            assert noted.detail == told


async def test_what_aws_ends_itself_is_no_fault() -> None:
    """Control: the test before."""
    clock = Clock()
    async with running(limits=QUICK_TICKS, clock=clock) as target, target.connect() as socket:
        clock.now_ms += 600_000
        assert await closed_code(socket) == (1001, "Going away")
        assert target.faults.injected == []


async def ticks() -> None:
    """Let the gateway look at its clock at least once more."""
    await asyncio.sleep(2 * QUICK_TICKS.request_ms / 4_000)


async def test_pings_are_answered_and_none_are_sent(target: Target) -> None:
    """Reported by users: API Gateway answers pings and sends none."""
    async with target.connect(ping_interval=None) as socket:
        await soon(await socket.ping())


async def test_the_gateway_goes_away_with_1001() -> None:
    """Close codes: 1001 "Going away" when the service does; `$disconnect` still runs."""
    async with running() as target:
        socket = await target.connect()
        await target.server.stop()
        assert await closed_code(socket) == (1001, "Going away")
        await target.event_of("Disconnect")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x81\x02{}", 1002),  # not masked
        (b"\x83\x80\x00\x00\x00\x00", 1002),  # an opcode nobody knows
        (b"\xc1\x80\x00\x00\x00\x00", 1002),  # compressed, which was not negotiated
        (b"\x80\x80\x00\x00\x00\x00", 1002),  # the end of a message that never began
        (b"\x81\x82\x00\x00\x00\x00\xff\xfe", 1007),  # not UTF-8
        (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 1009),  # 2^64 bytes to come
    ],
)
async def test_broken_frames_close_by_the_rfcs_code(
    target: Target, frame: bytes, code: int
) -> None:
    """RFC 6455, 7.4.1."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    writer.write(upgrade_request() + frame)

    answer = await soon(reader.read())

    writer.close()
    _, _, frames = answer.partition(b"\r\n\r\n")
    assert frames[0] == 0x80 | Opcode.CLOSE
    assert int.from_bytes(frames[2:4], "big") == code
    event = await target.event_of("Disconnect")
    assert event["requestContext"]["disconnectStatusCode"] == code


async def test_a_client_that_never_answers_the_close_is_let_go() -> None:
    """The socket ends, and `$disconnect` runs, without the client's part of the handshake."""
    async with running(limits=Limits(idle_ms=100, close_ms=100)) as target:
        reader, writer = await asyncio.open_connection(target.host, target.port)
        writer.write(upgrade_request())
        await soon(reader.readuntil(b"Going away"))

        event = await target.event_of("Disconnect")

        assert event["requestContext"]["disconnectStatusCode"] == 1001
        writer.close()
