"""Junk bytes, junk HTTP, endless headers, slow clients: the server answers others all the while."""

from __future__ import annotations

import asyncio
import random

import pytest

from local_cloud.limits import Limits
from tests.gateway.target import Target, running, soon, upgrade_request


async def is_well(target: Target) -> bool:
    """Tell whether both kinds of clients are still served."""
    async with target.connect() as socket:
        await socket.send("{}")
        await target.event_of("Default")
    return (await target.http("GET", "/api/x")).status == 200


HOST = b"Host: localhost\r\n"


@pytest.mark.parametrize(
    ("junk", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),  # a TLS client
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\n\n", b"400"),
        (b"GET /\r\n\r\n", b"400"),
        (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),  # no Host: RFC 9112, 3.2
        (b"GET / HTTP/1.1\r\n" + HOST * 2 + b"\r\n", b"400"),
        (b"GET http://localhost/ HTTP/1.1\r\n" + HOST + b"\r\n", b"400"),
        (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", b"400"),
        (b"CONNECT localhost:1 HTTP/1.1\r\n" + HOST + b"\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"A\x00B: c\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"A : c\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 9" + b"9" * 30 + b"\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 999999999999\r\n\r\n", b"413"),
        # Smuggling: RFC 9112, 6.1.
        (
            b"POST / HTTP/1.1\r\n"
            + HOST
            + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"400",
        ),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", b"400"),
        # A body the parser would skip because of the offer to upgrade.
        (
            b"POST /api/x HTTP/1.1\r\n"
            + HOST
            + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\nx",
            b"400",
        ),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"a" * 20_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 4_000 + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"a" * 20_000, b"431"),  # without an end
    ],
)
async def test_junk_is_refused_and_the_line_ends(
    target: Target, junk: bytes, status: bytes
) -> None:
    """HTTP API quotas: request line and headers together at most 10,240 bytes."""
    answer = await target.raw(junk)

    assert answer.startswith(b"HTTP/1.1 " + status), answer
    assert b"Connection: close" in answer
    assert await is_well(target)


async def test_headers_just_within_the_limit_pass(target: Target) -> None:
    """The control of the tests above."""
    reply = await target.http("GET", "/api/x", headers={"A": "a" * 9_900})

    assert reply.status == 200


async def test_random_bytes_take_nothing_down(target: Target) -> None:
    """Before and after the handshake, in pieces as they come."""
    chance = random.Random(20_261_120)
    for start in (b"", b"GET / HTTP/1.1\r\n", upgrade_request()):
        for _ in range(60):
            _, writer = await asyncio.open_connection(target.host, target.port)
            writer.write(start + chance.randbytes(chance.randrange(2_000)))
            writer.write_eof()
            writer.close()

    assert await is_well(target)
    assert [told for told in target.told if told["event"] == "task_failed"] == []


async def test_an_offer_of_another_protocol_is_passed_over(target: Target) -> None:
    """RFC 9110, 7.8: a server may ignore Upgrade. `curl --http2` sends this."""
    request = (
        b"GET /api/x HTTP/1.1\r\n" + HOST + b"Connection: Upgrade, HTTP2-Settings\r\n"
        b"Upgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n"
        b"GET /api/y HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    )
    answer = await target.raw(request)

    assert answer.count(b"HTTP/1.1 200 ") == 2


async def test_a_slow_header_is_timed_out() -> None:
    """Against slow loris: one byte now and then keeps a line busy for ever elsewhere."""
    async with running(limits=Limits(header_ms=100)) as target:
        reader, writer = await asyncio.open_connection(target.host, target.port)
        writer.write(b"GET / HTTP/1.1\r\nA: ")
        answer = await soon(reader.read())
        assert answer.startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_a_client_that_says_nothing_is_let_go() -> None:
    """Before its first request, and between two."""
    async with running(limits=Limits(header_ms=100)) as target:
        assert await target.raw(b"") == b""
    async with running(limits=Limits(keep_alive_ms=100)) as target:
        answer = await target.raw(b"GET /api/x HTTP/1.1\r\n" + HOST + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_slow_body_is_timed_out() -> None:
    async with running(limits=Limits(request_ms=100)) as target:
        head = b"POST /api/x HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhe"
        assert (await target.raw(head)).startswith(b"HTTP/1.1 408 ")


async def test_one_line_carries_many_requests(target: Target) -> None:
    """HTTP/1.1 keeps alive, HTTP/1.0 does not unless asked to."""
    one = b"GET /api/x HTTP/1.1\r\n" + HOST + b"\r\n"
    last = b"GET /api/x HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    assert (await target.raw(one * 100 + last)).count(b"HTTP/1.1 200 ") == 101
    old = b"GET /api/x HTTP/1.0\r\n\r\n"
    assert (await target.raw(old + old)).count(b"HTTP/1.1 200 ") == 1


async def test_a_careful_client_is_invited_to_send_its_body(target: Target) -> None:
    """RFC 9110, 10.1.1: Expect: 100-continue; a body that is too large is not invited."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    head = b"POST /api/x HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\n"
    writer.write(head + b"Content-Length: 2\r\n\r\n")
    assert await soon(reader.readuntil(b"\r\n\r\n")) == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"{}")
    assert (await soon(reader.readuntil(b"\r\n\r\n"))).startswith(b"HTTP/1.1 200 ")
    writer.close()

    refused = await target.raw(head + b"Content-Length: 99999999\r\n\r\n")
    assert refused.startswith(b"HTTP/1.1 413 ")


async def test_a_half_closed_client_still_gets_its_answer(target: Target) -> None:
    """`printf ... | nc` closes its side first."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    writer.write(b"GET /api/x HTTP/1.1\r\n" + HOST + b"\r\n")
    writer.write_eof()

    assert (await soon(reader.read())).startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_a_taken_port_is_an_error() -> None:
    async with running() as target, running() as other:
        assert target.port != other.port
        await other.server.stop()
        with pytest.raises(OSError, match="Address already in use"):
            await other.server.start(target.host, target.port)


async def test_a_stopped_server_leaves_nothing_behind() -> None:
    """Handshakes and requests that are pending end with it; stopping twice is no error."""
    async with running(limits=Limits(close_ms=50)) as target:
        pending = asyncio.Event()

        async def wait(event: object) -> None:
            pending.set()
            await asyncio.Event().wait()

        target.on("Connect", wait)
        line = asyncio.ensure_future(target.raw(upgrade_request()))
        await soon(pending.wait())
        before = asyncio.all_tasks()
        await target.server.stop()
        assert await line == b""
        assert asyncio.all_tasks() <= before
        await target.server.stop()
