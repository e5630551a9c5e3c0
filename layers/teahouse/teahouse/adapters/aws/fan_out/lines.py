"""Which lines are there? Opened when needed, kept between calls, and let go when they are stale."""

from __future__ import annotations

import selectors
import ssl
import time
from typing import Any

from teahouse.adapters.aws.endpoint import Endpoint
from teahouse.adapters.aws.failures import CallFailed
from teahouse.adapters.aws.fan_out.limits import Limits
from teahouse.adapters.aws.fan_out.line import Line, State
from teahouse.adapters.aws.resolving import Address, addresses_of
from teahouse.adapters.aws.tls import tls_context


class Lines:
    """The lines of a process to one endpoint at a time."""

    def __init__(self, limits: Limits) -> None:
        self.idle: list[Line] = []
        self.opening = 0
        self._limits = limits
        self._open: dict[int, Line] = {}
        self._selector: selectors.BaseSelector | None = None
        self._endpoint: Endpoint | None = None
        self._addresses: list[Address] = []
        self._opened = 0
        self._context: ssl.SSLContext | None = None
        self._session: Any = None

    def __len__(self) -> int:
        return len(self._open)

    def prepare(self, endpoint: Endpoint) -> None:
        """Let go of the kept lines that cannot be used any more."""
        if endpoint != self._endpoint:
            self.close()
            self._endpoint = endpoint
        self._addresses = []  # names may lead elsewhere since the last call
        oldest = time.monotonic() - self._limits.kept_s
        for line in [line for line in self.idle if line.silent_since < oldest]:
            self.drop(line)
        for line in self.ready(0):
            try:
                line.advance()  # TLS may have spoken to itself; all else ends the line
            except CallFailed:
                self.drop(line)

    def open(self, until: float) -> Line:
        """Begin to open a line, to one of the endpoint's addresses in turn; until then, it is lost.

        The system's resolver is asked once a call.

        Raises:
            ConnectionFailed, TimedOut: as `addresses_of`; or there is no connection.
        """
        assert self._endpoint is not None
        if self._selector is None:
            self._selector = selectors.DefaultSelector()
        if not self._addresses:
            found = addresses_of(self._endpoint, until)
            # The first family is the one preferred; the other may lead nowhere from here.
            self._addresses = [address for address in found if address[0] == found[0][0]]
        address = self._addresses[self._opened % len(self._addresses)]
        self._opened += 1
        context = tls_context() if self._endpoint.is_tls else None
        if context is not self._context:  # a session is good for its own context only
            self._context, self._session = context, None
        line = Line(address, self._endpoint.plain_host, context, self._session)
        line.until = until
        self._selector.register(line.number, selectors.EVENT_WRITE, line)
        self._open[line.number] = line
        self.opening += 1
        return line

    @property
    def addresses(self) -> int:
        """How many addresses the endpoint has."""
        return len(self._addresses)

    def opened(self, line: Line) -> None:
        """Take note that a line can carry requests."""
        self.opening -= 1
        self.idle.append(line)

    def watch(self, line: Line) -> None:
        """Wait for what the line wants next."""
        if line.wants_to_write is line.is_watched_for_writing:
            return
        assert self._selector is not None
        wanted = selectors.EVENT_WRITE if line.wants_to_write else selectors.EVENT_READ
        self._selector.modify(line.number, wanted, line)
        line.is_watched_for_writing = line.wants_to_write

    def ready(self, timeout_s: float) -> list[Line]:
        """Wait until lines can go on."""
        if self._selector is None:
            return []
        return [key.data for key, _ in self._selector.select(timeout_s)]

    def impatient(self, now: float) -> list[Line]:
        """List the lines whose time is up."""
        return [
            line
            for line in self._open.values()
            if line.until < now and line.state is not State.IDLE
        ]

    def drop(self, line: Line) -> None:
        """Close a line."""
        assert self._selector is not None
        if not line.is_open:
            self.opening -= 1
        elif line.state is State.IDLE and line in self.idle:
            self.idle.remove(line)
        del self._open[line.number]
        self._selector.unregister(line.number)
        line.close()

    def drop_unproven(self) -> None:
        """Close what is kept from an earlier call and idle: one such line has ended unseen."""
        for line in [line for line in self.idle if line.is_kept and not line.is_proven]:
            self.drop(line)

    def keep(self) -> None:
        """End a call: idle lines are kept, those in the midst of something are closed."""
        now = time.monotonic()
        newest: Line | None = None
        for line in list(self._open.values()):
            if line.state is not State.IDLE:
                self.drop(line)
                continue
            if line.is_proven:
                line.silent_since = now
                if not line.is_kept:
                    newest = line
            line.is_kept, line.is_proven = True, False
        if newest is not None:
            self._session = newest.session

    def close(self) -> None:
        """Close everything."""
        for line in list(self._open.values()):
            self.drop(line)
        if self._selector is not None:
            self._selector.close()
        self._selector = None
        self._session = None
