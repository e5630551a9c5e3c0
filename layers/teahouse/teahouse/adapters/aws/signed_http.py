"""How is one signed call made? Over a kept-alive HTTP/1.1 line, and never past its deadline.

Not `http.client`: it costs as much at a cold start as TLS itself, for parsing mail headers.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from teahouse.adapters.aws.answers import Answer, AnswerReader
from teahouse.adapters.aws.credentials import current_credentials
from teahouse.adapters.aws.endpoint import Endpoint, current_endpoint, current_region
from teahouse.adapters.aws.failures import (
    CallFailed,
    ConnectionFailed,
    NonsenseAnswer,
    TimedOut,
)
from teahouse.adapters.aws.resolving import Address, addresses_of
from teahouse.adapters.aws.signing import Signer

if TYPE_CHECKING:
    import ssl

_READ_BYTES = 262_144
_MAX_IDLE_S = 50.0  # AWS closes lines that are silent for a minute, perhaps while we are frozen


class SignedHttp:
    """Calls one service, each call over a line of its own among those kept open.

    `endpoint_variable` is the environment's name for the endpoint; without it the service is at
    `regular_host` in this region. Threads may share it: calls at the same time use several lines.
    """

    def __init__(
        self,
        service: str,
        endpoint_variable: str,
        *,
        regular_host: str | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._service = service
        self._variable = endpoint_variable
        self._regular_host = regular_host
        self._now_s = now_s
        self._idle: list[_Line] = []

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        deadline_s: float,
        is_repeatable: bool = False,
    ) -> Answer:
        """Make a call and give its answer, whatever the status; `deadline_s` is seconds from now.

        `path` is encoded, query included. A line that AWS closed in the meantime is replaced. If
        it closes while the request is on its way, the call is made once more only if
        `is_repeatable`: AWS may have carried it out.

        Raises:
            NotConfigured, ConnectionFailed, TimedOut, NonsenseAnswer: there is no answer; a
                redirect counts as nonsense, AWS sends none.
        """
        until = time.monotonic() + deadline_s
        endpoint = current_endpoint(self._variable, regular_host=self._regular_host)
        request = self._signed(endpoint, method, path, headers, body)
        line = self._kept(endpoint)
        if line is not None:
            try:
                return self._exchange(line, request, until)
            except _LineEnded as error:
                if error.may_have_happened and not is_repeatable:
                    raise
        return self._exchange(self._opened(endpoint, until), request, until)

    def close(self) -> None:
        """Close the lines that are kept open."""
        while (line := self._pop()) is not None:
            line.close()

    def _signed(
        self, endpoint: Endpoint, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> bytes:
        target = endpoint.base_path + path
        headers = {"Host": endpoint.authority, **headers}
        added = Signer(self._service, current_region()).sign(
            method,
            target,
            headers,
            body,
            credentials=current_credentials(),
            at_s=self._now_s(),
        )
        lines = [f"{method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"{name}: {value}" for name, value in added.items()]
        lines.append(f"Content-Length: {len(body)}\r\n\r\n")
        return "\r\n".join(lines).encode("latin-1") + body

    def _kept(self, endpoint: Endpoint) -> _Line | None:
        """Take the line used last if it is still good; close those that are not."""
        while (line := self._pop()) is not None:
            if line.endpoint == endpoint and line.is_good():
                return line
            line.close()
        return None

    def _pop(self) -> _Line | None:
        try:
            return self._idle.pop()
        except IndexError:  # another thread may have been quicker than any look at the length
            return None

    def _opened(self, endpoint: Endpoint, until: float) -> _Line:
        if not endpoint.is_tls:
            return _Line(endpoint, None, until)
        from teahouse.adapters.aws.tls import tls_context  # plain lines need no ssl

        return _Line(endpoint, tls_context(), until)

    def _exchange(self, line: _Line, request: bytes, until: float) -> Answer:
        try:
            answer = line.exchange(request, until)
        except BaseException:
            line.close()
            raise
        if line.reader.is_last:
            line.close()
        else:
            self._idle.append(line)
        if 300 <= answer.status < 400:
            raise NonsenseAnswer(f"a redirect (status {answer.status})")
        return answer


class _LineEnded(ConnectionFailed):
    """The line ended before a byte of the answer came."""


class _Line:
    """One connection; every wait ends at `until` (monotonic seconds)."""

    def __init__(self, endpoint: Endpoint, context: ssl.SSLContext | None, until: float) -> None:
        self.endpoint = endpoint
        self.reader = AnswerReader()
        self._silent_since = time.monotonic()
        self._socket = _connect(endpoint, until)
        if context is not None:
            self._socket = _wrap(self._socket, context, endpoint.plain_host, until)

    def is_good(self) -> bool:
        """Tell whether nothing has come since the last answer, least of all the end."""
        if time.monotonic() - self._silent_since > _MAX_IDLE_S:
            return False
        poll = select.poll()  # unlike select(), it takes any file number
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def exchange(self, request: bytes, until: float) -> Answer:
        """Send a request and read its answer."""
        is_sent = False
        try:
            self._send(request, until)
            is_sent = True
            while True:
                self._socket.settimeout(_left(until))
                data = self._socket.recv(_READ_BYTES)
                answer = self.reader.feed(data) if data else self.reader.end()
                if answer is not None:
                    self._silent_since = time.monotonic()
                    return answer
                if not data:
                    raise _LineEnded("closed before an answer", may_have_happened=True)
        except TimeoutError as error:
            raise TimedOut("no answer in time", may_have_happened=is_sent) from error
        except OSError as error:  # ssl.SSLError is one
            if self.reader.has_begun:
                raise NonsenseAnswer(f"half an answer, then {_cause(error)}") from error
            raise _LineEnded(_cause(error), may_have_happened=is_sent) from error

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def _send(self, request: bytes, until: float) -> None:
        # Not `sendall`: over TLS it waits its whole time-out again for every 16 KB.
        rest = memoryview(request)
        while rest:
            self._socket.settimeout(_left(until))
            rest = rest[self._socket.send(rest) :]


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connect(endpoint: Endpoint, until: float) -> socket.socket:
    """Connect to the first of the host's addresses that lets us; they share the time there is."""
    *others, last = addresses_of(endpoint, until)
    for number, address in enumerate(others):
        share_s = (until - time.monotonic()) / (len(others) + 1 - number)
        try:
            return _connect_to(address, time.monotonic() + share_s)
        except CallFailed:
            continue
    return _connect_to(last, until)


def _connect_to(address: Address, until: float) -> socket.socket:
    family, where = address
    try:
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.settimeout(_left(until))
            made.connect(where)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            made.close()
            raise
    except TimeoutError as error:
        raise TimedOut("no connection in time") from error
    except OSError as error:
        raise ConnectionFailed(_cause(error)) from error
    return made


def _wrap(
    plain: socket.socket, context: ssl.SSLContext, host: bytes, until: float
) -> socket.socket:
    try:
        plain.settimeout(_left(until))
        return context.wrap_socket(plain, server_hostname=host)
    except TimeoutError as error:
        plain.close()
        raise TimedOut("no TLS in time") from error
    except OSError as error:
        plain.close()
        raise ConnectionFailed(_cause(error)) from error


def _cause(error: OSError) -> str:
    from teahouse.adapters.aws.tls import line_failure

    return line_failure(error)
