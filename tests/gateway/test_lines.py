"""Lines under back pressure, without sockets: what a client does not read is not piled up."""

from __future__ import annotations

import asyncio

from local_cloud.http_line import HttpLine
from local_cloud.http_messages import Answer, Request
from local_cloud.limits import Limits
from local_cloud.web_socket_line import WebSocketLine, text_frame


class StuckTransport(asyncio.Transport):
    """A socket whose peer reads nothing: all that is written stays."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.is_reading_now = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return len(self.written)

    def is_closing(self) -> bool:
        return False

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None: ...

    def pause_reading(self) -> None:
        self.is_reading_now = False

    def resume_reading(self) -> None:
        self.is_reading_now = True


class Owner:
    """Answers every request at once, and takes every message."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.requests: list[Request] = []
        self.texts: list[str] = []

    def line_made(self, line: HttpLine) -> None: ...

    def line_lost(self, line: HttpLine) -> None: ...

    def handle(self, request: Request, line: HttpLine) -> Answer | None:
        self.requests.append(request)
        return Answer(200)

    def message_received(self, line: WebSocketLine, text: str) -> None:
        self.texts.append(text)

    def ping_received(self, line: WebSocketLine) -> None: ...

    def socket_lost(self, line: WebSocketLine, code: int, reason: str) -> None: ...


PING = b"\x89\x84\x00\x00\x00\x00ping"
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def test_pongs_for_a_client_that_does_not_read_are_dropped() -> None:
    """Control: the first ones are written; messages are still taken."""
    owner, transport = Owner(Limits(send_buffer_bytes=600)), StuckTransport()
    line = WebSocketLine(owner, "id", asyncio.get_running_loop())
    line.connection_made(transport)

    for _ in range(1_000):
        line.data_received(PING)
    line.data_received(b"\x81\x82\x00\x00\x00\x00{}")

    assert transport.written.startswith(b"\x8a\x04ping")
    assert len(transport.written) < 700
    assert owner.texts == ["{}"]


async def test_a_full_buffer_is_told_before_it_overflows() -> None:
    """An empty buffer takes even what is larger than it, or nothing ever could be sent."""
    owner, transport = Owner(Limits(send_buffer_bytes=100)), StuckTransport()
    line = WebSocketLine(owner, "id", asyncio.get_running_loop())
    line.connection_made(transport)

    assert not line.is_full(1_000)
    line.send_text(b"x" * 50)
    assert not line.is_full(40)
    assert line.is_full(60)


async def test_requests_of_a_client_that_does_not_read_wait() -> None:
    """Its answers would pile up; once it reads, all are answered, in order."""
    owner, transport = Owner(Limits()), StuckTransport()
    line = HttpLine(owner, asyncio.get_running_loop())
    line.connection_made(transport)

    line.data_received(REQUEST)
    line.pause_writing()
    line.data_received(REQUEST * 100)
    assert len(owner.requests) == 1
    assert not transport.is_reading_now

    line.resume_writing()
    assert len(owner.requests) == 101
    assert transport.is_reading_now
    assert transport.written.count(b"HTTP/1.1 200 ") == 101


async def test_closing_a_line_that_the_client_has_ended_does_nothing() -> None:
    """Control: one that is open gets a close frame. The end may wait to be told when we close."""
    owner = Owner(Limits())
    written: list[bytes] = []
    for ending in (lambda line: None, WebSocketLine.eof_received):
        transport = StuckTransport()
        line = WebSocketLine(owner, "id", asyncio.get_running_loop())
        line.connection_made(transport)
        ending(line)
        line.close(1001, "Going away")
        line.connection_lost(None)
        written.append(bytes(transport.written))

    assert written == [b"\x88\x0c\x03\xe9Going away", b""]


async def test_closing_for_a_message_whose_sender_has_closed_after_it_does_nothing() -> None:
    class Closing(Owner):
        def message_received(self, line: WebSocketLine, text: str) -> None:
            super().message_received(line, text)
            line.close(1001, "Going away")

    owner, transport = Closing(Limits()), StuckTransport()
    line = WebSocketLine(owner, "id", asyncio.get_running_loop())
    line.connection_made(transport)

    line.data_received(b"\x81\x82\x00\x00\x00\x00{}" + b"\x88\x82\x00\x00\x00\x00\x03\xe8")
    line.connection_lost(None)

    assert owner.texts == ["{}"]
    assert transport.written.startswith(b"\x88\x02\x03\xe8")  # the client's own code, answered


async def test_messages_in_flight_stop_the_reading() -> None:
    owner, transport = Owner(Limits(messages_in_flight=2)), StuckTransport()
    line = WebSocketLine(owner, "id", asyncio.get_running_loop())
    line.connection_made(transport)

    line.handling_began()
    assert transport.is_reading_now
    line.handling_began()
    assert not transport.is_reading_now
    line.handling_ended()
    assert transport.is_reading_now


def test_text_frames_have_the_three_lengths_of_the_rfc() -> None:
    """RFC 6455, 5.2 and its examples in 5.7."""
    assert text_frame(b"Hello") == b"\x81\x05Hello"
    assert text_frame(b"x" * 256)[:4] == b"\x81\x7e\x01\x00"
    assert text_frame(b"x" * 65_536)[:10] == b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"
