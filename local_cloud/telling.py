"""How is a run told? One line after the other from all parts: coloured for people, or JSON."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TextIO

from local_cloud.invocation import Failed
from local_cloud.worker_pool import Invocation, LogLine

RESET = "\033[0m"
RED, YELLOW, GREY = "\033[31m", "\033[33m", "\033[90m"
OF_FUNCTIONS = ("\033[36m", "\033[32m", "\033[35m", "\033[34m", "\033[96m", "\033[92m", "\033[95m")
OF_EVENTS = {  # the part that tells, and its colour
    "access_denied": ("roles", RED),
    "connection_closed": ("gateway", GREY),
    "connection_opened": ("gateway", GREY),
    "fault": ("faults", YELLOW),
    "function_failed": ("gateway", RED),
    "handshake_refused": ("gateway", YELLOW),
    "host_refused": ("gateway", YELLOW),
    "integration_timed_out": ("gateway", RED),
    "result_refused": ("gateway", RED),
    "store": ("store", YELLOW),
    "task_failed": ("gateway", RED),
    "unknown": ("template", YELLOW),
}


@dataclass(frozen=True, slots=True)
class Teller:
    """Says what happens: text for people, or JSON for programs."""

    is_json: bool
    is_coloured: bool = False

    def listeners(self) -> dict[str, Any]:
        """Return what a cloud is given to be heard."""
        return {"on_log": self.log, "on_invocation": self.invocation, "on_event": self.event}

    def ready(self, url: str, window_url: str | None = None) -> None:
        """Say where it can be reached."""
        self._say(f"ready {url}", {"kind": "ready", "url": url, "window": window_url})
        if window_url is not None and not self.is_json:
            self._say(f"look into it at {window_url}", {})

    def log(self, line: LogLine) -> None:
        """Say what a handler printed."""
        colour = OF_FUNCTIONS[sum(line.function_id.encode()) % len(OF_FUNCTIONS)]
        text = self._line(line.function_id, line.text, colour)
        self._say(text, {"kind": "log", **asdict(line)})

    def invocation(self, invocation: Invocation) -> None:
        """Say how an event ended; to people only when it failed."""
        outcome = invocation.outcome
        failure = asdict(outcome) if isinstance(outcome, Failed) else None
        text = None
        if isinstance(outcome, Failed) and outcome.is_unauthorized:
            text = self._line(invocation.function_id, "answered 401, Unauthorized", GREY)
        elif isinstance(outcome, Failed):
            text = self._line(invocation.function_id, f"failed: {_reason(outcome)}", RED)
        told = {
            "kind": "invocation",
            "function_id": invocation.function_id,
            "request_id": invocation.request_id,
            "duration_ms": round(invocation.duration_ms, 3),
            "waited_ms": round(invocation.waited_ms, 3),
            "init_ms": invocation.init_ms and round(invocation.init_ms, 3),
            "failure": failure,
        }
        self._say(text, told)

    def event(self, event: Mapping[str, Any]) -> None:
        """Say what a part of the cloud tells."""
        kind = str(event.get("event", ""))
        part, colour = OF_EVENTS.get(kind, ("cloud", GREY))
        self._say(self._line(part, _sentence(kind, event), colour), {"kind": "event", **event})

    def _line(self, part: str, text: str, colour: str) -> str:
        return f"{colour}[{part}]{RESET} {text}" if self.is_coloured else f"[{part}] {text}"

    def _say(self, text: str | None, told: dict[str, Any]) -> None:
        line = json.dumps(told, ensure_ascii=False) if self.is_json else text
        if line is not None:
            with contextlib.suppress(BrokenPipeError):  # who listened is gone; handlers go on
                print(line, flush=True)  # noqa: T201 - what a teller is for


def wants_colours(stream: TextIO = sys.stdout, variables: Mapping[str, str] = os.environ) -> bool:
    """Tell whether to colour: on a terminal, unless NO_COLOR (no-color.org) says not to."""
    return stream.isatty() and not variables.get("NO_COLOR") and variables.get("TERM") != "dumb"


def _reason(failed: Failed) -> str:
    return f"{failed.error_type}: {failed.message}" if failed.message else failed.error_type


def _sentence(kind: str, event: Mapping[str, Any]) -> str:
    if "text" in event:
        return str(event["text"])
    facts = " ".join(f"{value}" for name, value in event.items() if name != "event")
    return f"{kind.replace('_', ' ')}: {facts}" if facts else kind.replace("_", " ")
