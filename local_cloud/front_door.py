"""Who knocks, and in TLS or without? Takes connections; the first byte of each tells.

A handler that builds `https://{domainName}/{stage}` from its event means the port that the client
came by, and browsers on this machine come without TLS.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Callable

HANDSHAKE = b"\x16"  # the content type that begins a TLS connection: RFC 8446, 5.1
BACKLOG = 1_024
FULL_S = 1.0  # until it takes connections again, once there was no file left for one
NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)  # of one family's address among several


class FrontDoor:
    """The sockets that listen at a host and port; `make_line` serves each connection.

    Without `tls` nobody is looked at. Who says nothing for `limit_s` is let go.
    """

    def __init__(
        self,
        make_line: Callable[[], asyncio.Protocol],
        tls: ssl.SSLContext | None,
        *,
        limit_s: float,
    ) -> None:
        self.port = 0
        self._make_line = make_line
        self._tls = tls
        self._limit_s = limit_s
        self._loop = asyncio.get_running_loop()
        self._listening: list[socket.socket] = []
        self._silent: dict[socket.socket, asyncio.TimerHandle] = {}
        self._entering: dict[asyncio.Task[None], socket.socket] = {}

    async def open(self, host: str, port: int) -> None:
        """Listen at every address of the host; port 0 takes a free one.

        Raises:
            OSError: the port is taken, or the host is not this machine's.
        """
        found = await self._loop.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        not_here: OSError | None = None
        for family, address in dict.fromkeys((one[0], one[4]) for one in found):
            try:
                listening = socket.create_server(address, family=family, backlog=BACKLOG)
            except OSError as error:
                if error.errno not in NOT_HERE:
                    await self.close()
                    raise
                not_here = error
            else:
                listening.setblocking(False)
                self._listening.append(listening)
                self._loop.add_reader(listening, self._accept, listening)
        if not_here is not None and not self._listening:
            raise not_here
        self.port = self._listening[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and let go of those whose line is not made yet."""
        for listening in self._listening:
            self._loop.remove_reader(listening)
            listening.close()
        self._listening.clear()
        for silent in list(self._silent):
            self._let_go(silent)
        for entering in self._entering.values():
            with contextlib.suppress(OSError):  # it has gone by itself
                entering.shutdown(socket.SHUT_RDWR)
        if self._entering:
            await asyncio.wait(self._entering)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(BACKLOG):
            try:
                connection, _ = listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:  # no file is left for it
                self._loop.remove_reader(listening)
                self._loop.call_later(FULL_S, self._listen_again, listening)
                return
            connection.setblocking(False)
            if self._tls is None:
                self._enter(connection, None)
                continue
            timer = self._loop.call_later(self._limit_s, self._let_go, connection)
            self._silent[connection] = timer
            self._loop.add_reader(connection, self._look, connection)

    def _listen_again(self, listening: socket.socket) -> None:
        if listening in self._listening:
            self._loop.add_reader(listening, self._accept, listening)

    def _look(self, connection: socket.socket) -> None:
        """Look, and leave the byte where it is."""
        try:
            first = connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            first = b""
        if not first:
            self._let_go(connection)
            return
        self._look_away(connection)
        self._enter(connection, self._tls if first == HANDSHAKE else None)

    def _let_go(self, connection: socket.socket) -> None:
        self._look_away(connection)
        connection.close()

    def _look_away(self, connection: socket.socket) -> None:
        self._silent.pop(connection).cancel()
        self._loop.remove_reader(connection)

    def _enter(self, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
        task = self._loop.create_task(self._hand_over(connection, tls))
        self._entering[task] = connection
        task.add_done_callback(self._entering.pop)

    async def _hand_over(self, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
        limit_s = None if tls is None else self._limit_s
        with contextlib.suppress(OSError):  # a handshake that fails is the client's affair
            await self._loop.connect_accepted_socket(
                self._make_line, connection, ssl=tls, ssl_handshake_timeout=limit_s
            )
