"""Does a new connection speak TLS? Its first byte tells; one port takes both.

A handler that builds `https://{domainName}/{stage}` from its event means the port that the client
came by, and browsers on this machine come without TLS.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

HANDSHAKE = b"\x16"  # the content type that begins a TLS connection: RFC 8446, 5.1


class FrontDoor(asyncio.Protocol):
    """One connection until its first byte is seen; then the protocol of `make_line` serves it.

    It stands in `doors` as long as that takes.
    """

    def __init__(
        self,
        make_line: Callable[[], asyncio.Protocol],
        tls: ssl.SSLContext,
        *,
        limit_s: float,
        doors: set[FrontDoor],
    ) -> None:
        self._make_line = make_line
        self._doors = doors
        self._transport: asyncio.Transport | None = None
        self._tls = tls
        self._limit_s = limit_s
        self._loop = asyncio.get_running_loop()
        self._peeking: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._encrypting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Look, and leave the byte where it is."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._doors.add(self)
        transport.pause_reading()
        self._timer = self._loop.call_later(self._limit_s, transport.abort)
        self._peeking = transport.get_extra_info("socket").dup()
        self._loop.add_reader(self._peeking, self._look, self._peeking, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End before anything was said."""
        self._let_go()
        self._doors.discard(self)

    def abort(self) -> None:
        """Let go of the client at once."""
        if self._transport is not None:
            self._transport.abort()

    def _look(self, peeking: socket.socket, transport: asyncio.Transport) -> None:
        try:
            first = peeking.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            first = b""
        self._let_go()
        if first == HANDSHAKE:
            self._encrypting = self._loop.create_task(self._encrypt(transport))
        else:
            self._doors.discard(self)
            _hand_over(transport, self._make_line(), b"")
            transport.resume_reading()

    async def _encrypt(self, transport: asyncio.Transport) -> None:
        ahead = _Ahead()
        with contextlib.suppress(OSError):  # a handshake that fails is the client's affair
            encrypted = await self._loop.start_tls(
                transport,
                ahead,
                self._tls,
                server_side=True,
                ssl_handshake_timeout=self._limit_s,
            )
            if isinstance(encrypted, asyncio.Transport) and not encrypted.is_closing():
                _hand_over(encrypted, self._make_line(), bytes(ahead.data))
        self._doors.discard(self)

    def _let_go(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._peeking is not None:
            self._loop.remove_reader(self._peeking)
            self._peeking.close()
            self._peeking = None


class _Ahead(asyncio.Protocol):
    """Keeps what is decrypted before there is anybody to read it."""

    def __init__(self) -> None:
        self.data = bytearray()

    def data_received(self, data: bytes) -> None:
        self.data += data


def _hand_over(transport: asyncio.Transport, line: asyncio.Protocol, data: bytes) -> None:
    transport.set_protocol(line)
    line.connection_made(transport)
    if data:
        line.data_received(data)
