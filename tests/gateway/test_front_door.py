"""Who is let in by the door, in TLS or without, and who is let go before anybody serves them?"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from local_cloud import front_door
from local_cloud.certificates import Certificate, make_certificate
from local_cloud.front_door import FrontDoor
from local_cloud.loops import stream
from tests.gateway.target import PATIENCE_S


class Echo(asyncio.Protocol):
    """Says back what it hears."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = stream(transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    made = make_certificate(tmp_path_factory.mktemp("certificate"))
    assert made is not None
    return made


@pytest.fixture
async def door(certificate: Certificate) -> AsyncIterator[FrontDoor]:
    door = FrontDoor(Echo, certificate.server_context, limit_s=PATIENCE_S)
    await door.open("127.0.0.1", 0)
    yield door
    await door.close()


async def echoed(door: FrontDoor, host: str = "127.0.0.1", **options: ssl.SSLContext) -> bytes:
    reader, writer = await asyncio.open_connection(host, door.port, **options)
    writer.write(b"anybody there?")
    said = await asyncio.wait_for(reader.read(100), PATIENCE_S)
    writer.close()
    await writer.wait_closed()
    return said


@contextmanager
def no_file_left() -> Iterator[None]:
    """Let this process open nothing more."""
    lowest = os.dup(0)
    os.close(lowest)
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)


async def test_one_port_takes_plain_connections_and_tls(
    door: FrontDoor, certificate: Certificate
) -> None:
    trusting = ssl.create_default_context(cafile=certificate.authorities)

    assert await echoed(door) == b"anybody there?"
    assert await echoed(door, "localhost", ssl=trusting) == b"anybody there?"


async def test_who_says_nothing_is_let_go(certificate: Certificate) -> None:
    door = FrontDoor(Echo, certificate.server_context, limit_s=0.05)
    await door.open("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)

    assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
    assert await echoed(door) == b"anybody there?", "who speaks is served meanwhile"

    writer.close()
    await door.close()


async def test_a_closed_door_lets_go_of_the_silent_and_of_half_a_handshake(
    door: FrontDoor,
) -> None:
    silent, silent_writer = await asyncio.open_connection("127.0.0.1", door.port)
    half, half_writer = await asyncio.open_connection("127.0.0.1", door.port)
    half_writer.write(front_door.HANDSHAKE)
    assert await echoed(door) == b"anybody there?", "both are in by now"

    await asyncio.wait_for(door.close(), PATIENCE_S)

    assert await asyncio.wait_for(silent.read(), PATIENCE_S) == b""
    assert await asyncio.wait_for(half.read(), PATIENCE_S) == b""
    with pytest.raises(ConnectionRefusedError):
        await echoed(door)
    silent_writer.close()
    half_writer.close()


async def test_who_comes_while_no_file_is_left_is_let_in_later(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_door, "FULL_S", 0.01)
    loop = asyncio.get_running_loop()
    with socket.socket() as early:
        early.setblocking(False)
        with no_file_left():
            await loop.sock_connect(early, ("127.0.0.1", door.port))
            await loop.sock_sendall(early, b"still here")
            for _ in range(10):  # turns of the loop, in which the door finds no file
                await asyncio.sleep(0)

        assert await asyncio.wait_for(loop.sock_recv(early, 100), PATIENCE_S) == b"still here"


async def test_a_name_is_listened_at_under_all_its_addresses() -> None:
    door = FrontDoor(Echo, None, limit_s=PATIENCE_S)
    await door.open("localhost", 0)

    assert await echoed(door, "localhost") == b"anybody there?"

    await door.close()


async def test_a_host_that_is_elsewhere_is_refused() -> None:
    door = FrontDoor(Echo, None, limit_s=PATIENCE_S)

    with pytest.raises(OSError, match="assign requested address"):
        await door.open("192.0.2.1", 0)  # RFC 5737: for documentation
