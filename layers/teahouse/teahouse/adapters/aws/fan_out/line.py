"""How far is one line of a fan-out? A socket that never blocks, and the request it carries.

    CONNECTING ──► SHAKING_HANDS (TLS only) ──► IDLE ──► SENDING ──► WAITING ──► IDLE ...

`advance` does what the socket allows now; `wants_to_write` says what to wait for next. Whatever
goes wrong is raised, and ends the line.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from enum import Enum, auto
from typing import Any

from teahouse.adapters.aws.answers import EMPTY_SUCCESS, Answer, AnswerReader, is_empty_success
from teahouse.adapters.aws.failures import ConnectionFailed, NonsenseAnswer
from teahouse.adapters.aws.resolving import Address
from teahouse.adapters.aws.tls import line_failure

_READ_BYTES = 65_536
_LATER = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class State(Enum):
    """How far a line is."""

    CONNECTING = auto()
    SHAKING_HANDS = auto()
    IDLE = auto()
    SENDING = auto()
    WAITING = auto()


class Line:
    """One connection to an endpoint, and the name whose request is on it.

    `is_proven` says that it has answered in the present call: a line kept from an earlier one may
    have ended unseen while the process was frozen.
    """

    def __init__(
        self, address: Address, host: bytes, context: ssl.SSLContext | None, session: Any
    ) -> None:
        self.state = State.CONNECTING
        self.wants_to_write = True
        self.is_watched_for_writing = True
        self.is_open = False  # it has got as far as to carry requests
        self.name = ""
        self.until = 0.0  # monotonic; where patience with the present state ends
        self.silent_since = 0.0  # monotonic
        self.is_kept = False
        self.is_proven = False
        self.is_closed = False
        self._host = host
        self._context = context
        self._session = session
        self._reader = AnswerReader()
        self._rest = memoryview(b"")
        family, where = address
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self.number = self._socket.fileno()
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            code = self._socket.connect_ex(where)
        except BaseException:
            self._socket.close()
            raise
        if code not in (0, errno.EINPROGRESS):
            self._socket.close()
            raise ConnectionFailed(os.strerror(code))

    @property
    def has_begun_to_answer(self) -> bool:
        return self._reader.has_begun

    @property
    def is_last(self) -> bool:
        """Whether the other side ends the line after the answer just taken."""
        return self._reader.is_last

    @property
    def session(self) -> Any:
        """What a later line may resume, so that its handshake costs less; None without TLS."""
        return getattr(self._socket, "session", None)

    def send(self, request: bytes) -> None:
        """Begin to send a request; the line must be idle.

        Raises:
            ConnectionFailed: the line has ended.
        """
        self._rest = memoryview(request)
        self.state = State.SENDING
        self._send()

    def advance(self) -> Answer | None:
        """Go on as far as the socket allows; gives the answer once it is complete.

        Raises:
            ConnectionFailed: the line could not be opened, or has ended.
            NonsenseAnswer: what came is no answer, or half of one.
        """
        if self.state is State.WAITING:
            return self._receive()
        if self.state is State.SENDING:
            self._send()
        elif self.state is State.CONNECTING:
            self._connected()
        elif self.state is State.SHAKING_HANDS:
            self._shake_hands()
        elif self._receive() is not None or self._reader.has_begun:
            raise NonsenseAnswer("an answer to no question")
        return None

    def close(self) -> None:
        """Close it."""
        self.is_closed = True
        self._socket.close()

    def _connected(self) -> None:
        code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise ConnectionFailed(os.strerror(code))
        if self._context is None:
            self._opened()
            return
        try:
            self._socket = self._context.wrap_socket(
                self._socket,
                server_hostname=self._host,
                session=self._session,
                do_handshake_on_connect=False,
            )
        except OSError as error:  # the other side was gone at once
            raise ConnectionFailed(line_failure(error)) from error
        self.state = State.SHAKING_HANDS
        self._shake_hands()

    def _shake_hands(self) -> None:
        assert isinstance(self._socket, ssl.SSLSocket)
        try:
            self._socket.do_handshake()
        except ssl.SSLWantReadError:
            self.wants_to_write = False
        except ssl.SSLWantWriteError:
            self.wants_to_write = True
        except OSError as error:
            raise ConnectionFailed(line_failure(error)) from error
        else:
            self._opened()

    def _opened(self) -> None:
        self.state = State.IDLE
        self.is_open = True
        self.wants_to_write = False

    def _send(self) -> None:
        try:
            while (sent := self._socket.send(self._rest)) < len(self._rest):
                self._rest = self._rest[sent:]
        except _LATER:
            self.wants_to_write = True
        except OSError as error:
            raise ConnectionFailed(line_failure(error), may_have_happened=True) from error
        else:
            self.state = State.WAITING
            self.wants_to_write = False

    def _receive(self) -> Answer | None:
        try:
            data = self._socket.recv(_READ_BYTES)
        except _LATER:  # TLS spoke to itself
            return None
        except OSError as error:
            if self._reader.has_begun:
                raise NonsenseAnswer(f"half an answer, then: {line_failure(error)}") from error
            raise ConnectionFailed(line_failure(error), may_have_happened=True) from error
        if data and not self._reader.has_begun and is_empty_success(data):
            return EMPTY_SUCCESS
        answer = self._reader.feed(data) if data else self._reader.end()
        if answer is None and not data:
            raise ConnectionFailed("closed before an answer", may_have_happened=True)
        return answer
