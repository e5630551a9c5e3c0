"""What has happened in this run? Enough of it for the window, and not more than fits.

Of frames it keeps sizes and types; their texts only where a flag asks for them.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from local_cloud.identifiers import wall_clock_ms
from local_cloud.invocation import Failed
from local_cloud.prices import Usage, cost, message_units, request_units
from local_cloud.resources import Function
from local_cloud.store_units import StoreCall
from local_cloud.worker_pool import Invocation, LogLine

KEPT = 300  # of frames, of invocations, of notes
KEPT_LINES = 50  # of one invocation's log
KEPT_LINE_CHARS = 500
KEPT_TEXT_CHARS = 2_000
KEPT_CONNECTIONS = 500
_TYPE = re.compile(rb'"(?:action|type|event)"\s*:\s*"([\w.$:-]{1,40})"')
_TYPE_IS_WITHIN = 400  # bytes


@dataclass(slots=True)
class ConnectionEntry:
    """One connection, open or lately closed."""

    id: str
    opened_at_ms: int
    closed_at_ms: int | None = None
    code: int | None = None
    frames_in: int = 0
    frames_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


@dataclass(slots=True)
class StoreEntry:
    """What one function has asked of one table."""

    function_id: str
    operation: str
    table: str
    calls: int = 0
    read_units: float = 0.0
    write_units: float = 0.0
    duration_ms: float = 0.0
    errors: int = 0


class Journal:
    """The run so far. `keeps_texts` keeps what frames say, too."""

    def __init__(
        self, *, keeps_texts: bool = False, now_ms: Callable[[], int] = wall_clock_ms
    ) -> None:
        self.functions: Mapping[str, Function] = {}
        self._keeps_texts = keeps_texts
        self._now_ms = now_ms
        self._started_at_ms = now_ms()
        self._usage = Usage()
        self._connections: dict[str, ConnectionEntry] = {}
        self._closed_minutes = 0.0
        self._frames: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._invocations: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._lines: dict[str, deque[str]] = {}  # of what still runs, by request
        self._notes: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._store: dict[tuple[str, str, str], StoreEntry] = {}

    # What the parts tell.

    def frame(self, direction: str, connection_id: str, data: bytes) -> None:
        """Note a text frame that came in or went out."""
        self._usage.web_socket_messages += message_units(len(data))
        entry = self._connections.get(connection_id)
        if entry is not None and direction == "in":
            entry.frames_in += 1
            entry.bytes_in += len(data)
        elif entry is not None:
            entry.frames_out += 1
            entry.bytes_out += len(data)
        found = _TYPE.search(data, 0, _TYPE_IS_WITHIN)
        noted: dict[str, Any] = {
            "at_ms": self._now_ms(),
            "id": connection_id,
            "direction": direction,
            "bytes": len(data),
            "type": None if found is None else found[1].decode("ascii", "replace"),
        }
        if self._keeps_texts:
            noted["text"] = data[:KEPT_TEXT_CHARS].decode("utf-8", "replace")
        self._frames.append(noted)

    def http_request(self, size_bytes: int) -> None:
        """Note a request to an HTTP API."""
        self._usage.http_requests += request_units(size_bytes)

    def log(self, line: LogLine) -> None:
        """Note a line that a handler printed."""
        self._usage.log_bytes += len(line.text.encode(errors="replace")) + 26  # AWS adds 26
        if line.request_id is not None:
            lines = self._lines.setdefault(line.request_id, deque(maxlen=KEPT_LINES))
            lines.append(line.text[:KEPT_LINE_CHARS])
            if len(self._lines) > KEPT:
                del self._lines[next(iter(self._lines))]

    def invocation(self, invocation: Invocation) -> None:
        """Note an event that a handler has seen to the end."""
        outcome = invocation.outcome
        self._charge(invocation)
        self._invocations.append(
            {
                "at_ms": self._now_ms(),
                "function_id": invocation.function_id,
                "request_id": invocation.request_id,
                "duration_ms": round(invocation.duration_ms, 2),
                "waited_ms": round(invocation.waited_ms, 2),
                "init_ms": invocation.init_ms and round(invocation.init_ms, 1),
                "failure": outcome.error_type if isinstance(outcome, Failed) else None,
                "logs": list(self._lines.pop(invocation.request_id, ())),
            }
        )

    def store_call(self, call: StoreCall) -> None:
        """Note a call of the store."""
        self._usage.read_units += call.read_units
        self._usage.write_units += call.write_units
        key = (call.function_id, call.operation, call.table)
        entry = self._store.get(key)
        if entry is None:
            entry = self._store[key] = StoreEntry(*key)
        entry.calls += 1
        entry.read_units += call.read_units
        entry.write_units += call.write_units
        entry.duration_ms += call.duration_ms
        entry.errors += call.status != 200

    def event(self, event: Mapping[str, Any]) -> None:
        """Note what a part of the cloud told."""
        kind = event.get("event")
        if kind == "connection_opened":
            entry = ConnectionEntry(event["connection_id"], self._now_ms())
            self._connections[entry.id] = entry
        elif kind == "connection_closed":
            self._close(event["connection_id"], event.get("code"))
        elif "text" in event:
            self._note(str(kind), str(event["text"]))

    # What the window shows.

    def snapshot(self) -> dict[str, Any]:
        """Return all of it, ready for JSON; the newest come first."""
        now_ms = self._now_ms()
        connections = [asdict(entry) for entry in reversed(self._connections.values())]
        spent = cost(self._used(now_ms))
        return {
            "now_ms": now_ms,
            "started_at_ms": self._started_at_ms,
            "connections": connections,
            "frames": list(reversed(self._frames)),
            "invocations": list(reversed(self._invocations)),
            "notes": list(reversed(self._notes)),
            "store": [asdict(entry) for entry in self._store.values()],
            "cost": {name: {"quantity": q, "dollars": usd} for name, (q, usd) in spent.items()},
            "total_dollars": sum(usd for _, usd in spent.values()),
        }

    def _used(self, now_ms: int) -> Usage:
        open_ms = sum(
            now_ms - entry.opened_at_ms
            for entry in self._connections.values()
            if entry.closed_at_ms is None
        )
        used = Usage(**asdict(self._usage))
        used.connection_minutes = self._closed_minutes + open_ms / 60_000
        return used

    def _charge(self, invocation: Invocation) -> None:
        """Count a request and its milliseconds; Lambda charges the start of a worker, too."""
        self._usage.lambda_requests += 1
        function = self.functions.get(invocation.function_id)
        if function is None:
            return
        billed_ms = math.ceil(invocation.duration_ms + (invocation.init_ms or 0))
        gb_seconds = billed_ms / 1000 * function.memory_mb / 1024
        if function.is_arm:
            self._usage.lambda_gb_seconds_arm += gb_seconds
        else:
            self._usage.lambda_gb_seconds_x86 += gb_seconds

    def _close(self, connection_id: str, code: int | None) -> None:
        entry = self._connections.get(connection_id)
        if entry is None:
            return
        entry.closed_at_ms, entry.code = self._now_ms(), code
        self._closed_minutes += (entry.closed_at_ms - entry.opened_at_ms) / 60_000
        closed = [one for one in self._connections.values() if one.closed_at_ms is not None]
        if len(closed) > KEPT_CONNECTIONS:
            del self._connections[closed[0].id]

    def _note(self, kind: str, text: str) -> None:
        self._notes.append({"at_ms": self._now_ms(), "kind": kind, "text": text})
