"""What befalls one socket? A reset, a black hole, a slow reader, or frames in small pieces.

Stands between a WebSocket's line and its TCP connection.
"""

from __future__ import annotations

import asyncio
from typing import Any

from local_cloud.faults import SocketFault
from local_cloud.loops import stream
from local_cloud.web_socket_line import WebSocketLine, reset

PIECE_BYTES = 3
TICK_S = 0.05  # of a slow reader


class FaultyLine(asyncio.Protocol):
    """The protocol of a socket that something befalls."""

    def __init__(
        self, line: WebSocketLine, fault: SocketFault, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._line = line
        self._fault = fault
        self._loop = loop
        self._transport: FaultyTransport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_black_hole = False
        self._has_ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        real = stream(transport)
        self._transport = FaultyTransport(real, self._fault, self._loop, self._abandoned)
        if self._fault.kind in ("reset", "blackholed"):
            self._timer = self._loop.call_later(self._fault.after_ms / 1000, self._strike)
        self._line.connection_made(self._transport)

    def data_received(self, data: bytes) -> None:
        if self._is_black_hole:
            return
        if self._fault.kind != "split":
            self._line.data_received(data)
            return
        for start in range(0, len(data), PIECE_BYTES):
            self._line.data_received(data[start : start + PIECE_BYTES])

    def eof_received(self) -> bool:
        return self._is_black_hole or self._line.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        assert self._transport is not None
        self._transport.stop()
        if not self._is_black_hole:  # else the line ends when it gives up
            self._end(exc)

    def _strike(self) -> None:
        assert self._transport is not None
        if self._fault.kind == "reset":
            reset(self._transport.real)
        else:
            self._is_black_hole = True
            self._transport.swallow()

    def _abandoned(self) -> None:
        """The line has given the black hole up."""
        if self._is_black_hole:
            self._is_black_hole = False
            self._loop.call_soon(self._end, None)

    def _end(self, exc: Exception | None) -> None:
        if not self._has_ended:
            self._has_ended = True
            self._line.connection_lost(exc)


class FaultyTransport(asyncio.Transport):
    """A transport that writes slowly, in pieces, or into nothing."""

    def __init__(
        self,
        real: asyncio.Transport,
        fault: SocketFault,
        loop: asyncio.AbstractEventLoop,
        on_abort: Any,
    ) -> None:
        super().__init__()
        self.real = real
        self._loop = loop
        self._on_abort = on_abort
        self._waiting = bytearray()
        self._pump: asyncio.TimerHandle | None = None
        self._is_ending = False
        self._is_swallowing = False
        self._piece, self._pause_s = 0, 0.0
        if fault.kind == "slow":
            self._piece, self._pause_s = max(1, int(fault.bytes_a_second * TICK_S)), TICK_S
        elif fault.kind == "split":
            self._piece = PIECE_BYTES

    def swallow(self) -> None:
        """Let nothing through any more."""
        self._is_swallowing = True
        self.stop()

    def stop(self) -> None:
        """Write no more of what waits."""
        self._waiting.clear()
        if self._pump is not None:
            self._pump.cancel()
            self._pump = None

    def write(self, data: Any) -> None:
        if self._is_swallowing:
            return
        if not self._piece:
            self.real.write(data)
            return
        self._waiting += data
        if self._pump is None:
            self._pump = self._loop.call_later(self._pause_s, self._next)

    def write_eof(self) -> None:
        self._is_ending = True
        if not self._is_swallowing and not self._waiting:
            self._end()

    def can_write_eof(self) -> bool:
        return True

    def abort(self) -> None:
        self.stop()
        self.real.abort()
        self._on_abort()

    def close(self) -> None:
        self.write_eof()

    def is_closing(self) -> bool:
        return not self._is_swallowing and self.real.is_closing()

    def pause_reading(self) -> None:
        self.real.pause_reading()

    def resume_reading(self) -> None:
        self.real.resume_reading()

    def get_write_buffer_size(self) -> int:
        return len(self._waiting) + self.real.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self.real.get_extra_info(name, default)

    def _next(self) -> None:
        piece = bytes(self._waiting[: self._piece])
        del self._waiting[: self._piece]
        self.real.write(piece)
        self._pump = None
        if self._waiting:
            self._pump = self._loop.call_later(self._pause_s, self._next)
        elif self._is_ending:
            self._end()

    def _end(self) -> None:
        if self.real.is_closing():
            return
        if self.real.can_write_eof():
            self.real.write_eof()
        else:
            self.real.close()
