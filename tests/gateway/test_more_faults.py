"""F1, F5, F6, F7, F9: posts, events and sockets fail as they may on AWS, on request."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from local_cloud.faults import FaultPlan, Faults
from local_cloud.limits import Limits
from tests.gateway.target import SIGNED, Never, Target, running, soon, upgrade_request

POSTS = 20


def kinds(target: Target) -> list[str]:
    return [noted.kind for noted in target.faults.injected]


# F5: posts.


@pytest.mark.parametrize(
    ("plan", "kind", "status", "error"),
    [
        (FaultPlan(posts_too_large=1), "post_too_large", 413, "PayloadTooLargeException"),
        (FaultPlan(posts_failed=1), "post_failed", 500, "InternalServerErrorException"),
    ],
)
async def test_a_post_may_be_refused_for_no_fault_of_its_own(
    plan: FaultPlan, kind: str, status: int, error: str
) -> None:
    """Control: without the fault the same post arrives, first."""
    async with running(plan=plan) as target, target.connected() as (socket, connection_id):
        reply = await target.post(connection_id, b"refused")
        assert (reply.status, reply.headers["x-amzn-errortype"]) == (status, error)
        assert kinds(target) == [kind]
        target.faults.plan = FaultPlan()
        await target.post(connection_id, b"arrives")
        assert await soon(socket.recv()) == "arrives"


async def test_a_post_may_arrive_twice() -> None:
    """Control: the next one arrives once."""
    plan = FaultPlan(posts_duplicated=1, at_most=1)
    async with running(plan=plan) as target, target.connected() as (socket, connection_id):
        for data in (b"twice", b"once", b"last"):
            assert (await target.post(connection_id, data)).status == 200
        heard = [await soon(socket.recv()) for _ in range(4)]

    assert heard == ["twice", "twice", "once", "last"]
    assert kinds(target) == ["post_duplicated"]


async def test_a_post_may_be_overtaken_by_the_next() -> None:
    """Control: the third keeps its place."""
    plan = FaultPlan(posts_reordered=1, at_most=1)
    async with running(plan=plan) as target, target.connected() as (socket, connection_id):
        for data in (b"1", b"2", b"3"):
            assert (await target.post(connection_id, data)).status == 200
        heard = [await soon(socket.recv()) for _ in range(3)]

    assert heard == ["2", "1", "3"]
    assert kinds(target) == ["post_reordered"]


async def test_a_post_that_nothing_overtakes_arrives_all_the_same() -> None:
    plan = FaultPlan(posts_reordered=1)
    async with running(plan=plan) as target, target.connected() as (socket, connection_id):
        assert (await target.post(connection_id, b"late")).status == 200
        assert await soon(socket.recv()) == "late"


# F6: events.


async def test_an_event_may_come_twice() -> None:
    """The very same event: ids and all. Control: the next one comes once."""
    plan = FaultPlan(events_duplicated=1, at_most=1)
    async with running(plan=plan) as target, target.connected() as (socket, _):
        await socket.send('{"action":"sendMessage","n":1}')
        first, again = [await target.event_of("SendMessage") for _ in range(2)]
        await socket.send('{"action":"sendMessage","n":2}')
        other = await target.event_of("SendMessage")

    assert first == again
    assert json.loads(other["body"])["n"] == 2
    assert target.invoker.invoked.count("SendMessage") == 3
    [noted] = target.faults.injected
    assert (noted.kind, noted.detail) == ("event_duplicated", "sendMessage")


async def test_a_disconnect_may_come_twice() -> None:
    """Control: of the next connection it comes once."""
    async with running(plan=FaultPlan(events_duplicated=1, at_most=1)) as target:
        async with target.connected():
            pass
        first, again = [await target.event_of("Disconnect") for _ in range(2)]
        async with target.connected():
            pass
        await target.event_of("Disconnect")

    assert first == again
    assert target.invoker.invoked.count("Disconnect") == 3


@pytest.mark.parametrize("is_early", [True, False])
async def test_a_disconnect_may_overtake_a_slow_connect(*, is_early: bool) -> None:
    """Of a client that left meanwhile. Control: without the fault it waits for `$connect`."""
    connecting = Never()
    async with running(plan=FaultPlan(disconnects_early=float(is_early))) as target:
        target.on("Connect", connecting.handler)
        _, writer = await asyncio.open_connection(target.host, target.port)
        writer.write(upgrade_request())
        connected = await target.event_of("Connect")
        writer.close()
        await writer.wait_closed()
        if is_early:
            event = await target.event_of("Disconnect")
            connecting.end()
        else:
            connecting.end()
            event = await target.event_of("Disconnect")
        async with target.connect():  # the gateway has seen the end of the first by now
            pass
        await target.event_of("Disconnect")

    ids = [one["requestContext"]["connectionId"] for one in (connected, event)]
    assert ids[0] == ids[1]
    assert target.invoker.invoked.count("Disconnect") == 2
    assert kinds(target) == ["disconnect_early"] * is_early


# F7: sockets.


async def test_a_socket_may_be_reset() -> None:
    """By RST, without a close frame. Control: the next socket stays."""
    plan = FaultPlan(sockets_reset=1, at_most=1, socket_fault_ms=(50, 50))
    async with running(plan=plan) as target:
        reader, writer = await asyncio.open_connection(target.host, target.port)
        writer.write(upgrade_request())
        await soon(reader.readuntil(b"\r\n\r\n"))
        with pytest.raises(ConnectionResetError):
            await soon(reader.read())
        writer.close()
        context = (await target.event_of("Disconnect"))["requestContext"]
        async with target.connect() as socket:
            await soon(await socket.ping())

    assert context["disconnectStatusCode"] == 1006
    assert kinds(target) == ["socket_reset"]


async def test_a_socket_may_become_a_black_hole() -> None:
    """Half-open: no frame comes or goes, and both sides think that it lives, until it is idle."""
    plan = FaultPlan(sockets_blackholed=1, at_most=1, socket_fault_ms=(0, 0))
    limits = Limits(idle_ms=1_500, close_ms=300)
    async with running(plan=plan, limits=limits) as target:
        async with target.connected() as (socket, connection_id):
            await asyncio.sleep(0)
            await socket.send('{"action":"sendMessage","n":"lost"}')
            assert (await target.post(connection_id, b"lost")).status == 200
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(socket.recv(), 0.2)
            event = await target.event_of("Disconnect")
            assert event["requestContext"]["connectionId"] == connection_id
            socket.transport.abort()
        async with target.connected() as (socket, _):  # the control
            await socket.send('{"action":"sendMessage","n":"heard"}')
            heard = await target.event_of("SendMessage")

    assert json.loads(heard["body"])["n"] == "heard"
    assert kinds(target) == ["socket_blackholed", "limit_reached"]


async def test_a_black_hole_hides_that_the_client_has_gone() -> None:
    """No `$disconnect` before the gateway gives it up. Control: without the fault it is at once."""
    plan = FaultPlan(sockets_blackholed=1, socket_fault_ms=(0, 0))
    async with running(plan=plan, limits=Limits(close_ms=200)) as target:
        async with target.connect(close_timeout=0.3):  # nothing answers its close frame
            await target.event_of("Connect")
        target.faults.plan = FaultPlan()
        async with target.connected() as (_, seen_id):
            pass
        event = await target.event_of("Disconnect")
        assert event["requestContext"]["connectionId"] == seen_id
        assert target.invoker.events_of("Disconnect").empty()


async def test_a_client_may_read_slowly() -> None:
    """1 kB/s, so that posts answer 429 once the buffer is full. Control: a quick one reads on."""
    plan = FaultPlan(sockets_slow=1, at_most=1)
    limits = Limits(send_buffer_bytes=2_000)
    data = b"x" * 1_500
    async with (
        running(plan=plan, limits=limits) as target,
        target.connected() as (_, slow),
        target.connected() as (socket, quick),
    ):
        statuses = [(await target.post(slow, data)).status for _ in range(3)]
        assert statuses[0] == 200
        assert statuses[2] == 429
        for _ in range(3):
            assert (await target.post(quick, data)).status == 200
            assert len(await soon(socket.recv())) == 1_500
    assert kinds(target) == ["socket_slow"]


async def test_a_slow_reader_gets_its_frames_whole_in_the_end() -> None:
    plan = FaultPlan(sockets_slow=1, slow_bytes=20_000)
    async with running(plan=plan) as target, target.connected() as (socket, connection_id):
        await target.post(connection_id, b"x" * 5_000)
        assert len(str(await soon(socket.recv()))) == 5_000


async def test_frames_may_come_in_pieces() -> None:
    """A reader has to put them together. Control: without the fault they come at once."""
    sizes = {}
    for share in (1.0, 0.0):
        async with running(plan=FaultPlan(sockets_split=share)) as target:
            reader, writer = await asyncio.open_connection(target.host, target.port)
            writer.write(upgrade_request())
            await soon(reader.readuntil(b"\r\n\r\n"))
            event = await target.event_of("Connect")
            writer.write(masked(b'{"action":"sendMessage","text":"in pieces"}'))
            body = (await target.event_of("SendMessage"))["body"]
            assert json.loads(body)["text"] == "in pieces"
            sizes[share] = [await size_of_first_piece(target, event, reader) for _ in range(POSTS)]
            writer.close()
            assert kinds(target) == ["socket_split"] * int(share)
    assert min(sizes[1.0]) < 62
    assert set(sizes[0.0]) == {62}


async def size_of_first_piece(target: Target, event: Any, reader: asyncio.StreamReader) -> int:
    """Receive one post of 60 bytes; pieces may have met again on the way."""
    await target.post(event["requestContext"]["connectionId"], b"y" * 60)
    frame = first = await soon(reader.read(1_000))
    while len(frame) < 62:
        frame += await soon(reader.read(1_000))
    assert frame == b"\x81\x3c" + b"y" * 60
    return len(first)


def masked(text: bytes) -> bytes:
    """Write a client's text frame; a mask of zeros changes nothing (RFC 6455, 5.3)."""
    return struct.pack(">BB4x", 0x81, 0x80 | len(text)) + text


# F9: all at once.


async def test_all_sockets_may_be_reset_at_once() -> None:
    """Control: without the fault they stay, and their messages are taken."""
    async with running(limits=Limits(idle_ms=400_000)) as target:
        async with target.connect() as one, target.connect() as other:
            target.faults.plan = FaultPlan(mass_disconnect_ms=(100, 100))
            for socket in (one, other):
                with pytest.raises(ConnectionClosed) as caught:
                    await soon(socket.recv())
                assert caught.value.rcvd is None
            target.faults.plan = FaultPlan()
        async with target.connect() as socket:
            await soon(await socket.ping())
    assert (kinds(target)[0], target.faults.injected[0].detail) == ("mass_disconnect", "2 sockets")


# F1: who posts.


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_worker_may_die_at_a_post(when: str) -> None:
    """Before it nothing is delivered, after it all is; nobody is told. Control: the next post."""
    killed: list[str] = []
    share = {f"handlers_killed_{when}_calls": 1.0}
    plan = FaultPlan(**share, at_most=1)  # type: ignore[arg-type]
    dying = running(plan=plan, kill_worker=killed.append)
    async with dying as target, target.connected() as (socket, connection_id):
        with pytest.raises(ConnectionError):
            await target.post(connection_id, b"dying")
        assert (await target.post(connection_id, b"next")).status == 200
        heard = ["dying", "next"] if when == "after" else ["next"]
        assert [str(await soon(socket.recv())) for _ in heard] == heard
    assert killed == [SIGNED["Authorization"].partition("Credential=")[2]]
    assert [(one.kind, one.target) for one in target.faults.injected] == [
        (f"handler_killed_{when}_call", "Sender")
    ]


# Chance.


def test_one_kind_of_fault_does_not_move_another() -> None:
    """How often one is asked for changes nothing of when the other strikes."""

    def posts(asked_between: int) -> list[Any]:
        faults = Faults(FaultPlan(seed=3, posts_gone=0.3, events_duplicated=0.5))
        drawn = []
        for _ in range(50):
            drawn.append(faults.of_post("c"))
            for _ in range(asked_between):
                faults.is_event_duplicated("c", "$default")
        return drawn

    assert posts(0) == posts(3)
    assert "gone" in posts(0)


def test_at_most_so_many_of_a_kind_are_injected() -> None:
    faults = Faults(FaultPlan(posts_gone=1, events_duplicated=1, at_most=2))
    drawn = [(faults.of_post("c"), faults.is_event_duplicated("c", "x")) for _ in range(4)]
    assert drawn == [("gone", True)] * 2 + [(None, False)] * 2


def test_whoever_listens_hears_of_each_fault_once() -> None:
    heard: list[Any] = []
    faults = Faults(FaultPlan(posts_gone=1), on_injected=heard.append, now_ms=lambda: 7)
    faults.of_post("c")
    assert heard == faults.injected
    assert heard[0].at_ms == 7
