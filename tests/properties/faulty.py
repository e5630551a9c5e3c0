"""How may a call of a port fail? As DynamoDB may, at a step that the story tells."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from teahouse.app import App
from teahouse.ports import OutcomeUnknown, Run, SlotTaken

from tests.interloper import PORTS, Died

WRITES = frozenset(
    {
        *("put", "put_once", "admit", "remove", "mark_read", "summarize", "change", "create"),
        *("register", "unregister", "forget", "put_if_absent", "renew"),
    }
)
KINDS = (
    *("none", "dies", "dies_after", "unknown", "unknown_after", "taken", "torn", "lost", "gone"),
    *("meanwhile", "meanwhile_removed"),  # somebody else acts before this call
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and at which call of an action, counted from 1."""

    kind: str = "none"
    at: int = 1

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


NO_FAULT = Fault()


class Trouble:
    """One action's calls, with the fault among them."""

    def __init__(self, fault: Fault, meanwhile: Callable[[str], None]) -> None:
        self._fault = fault
        self._meanwhile = meanwhile
        self._calls = 0
        self._lock = threading.Lock()

    def beside(self, app: App) -> App:
        """Make an App whose every call passes here."""
        ports: dict[str, Any] = {n: _Port(getattr(app, n), n, self) for n in PORTS}
        return replace(app, **ports)

    def call(self, port: str, name: str, found: Any, args: Any, kwargs: Any) -> Any:
        """Carry a call out, or not."""
        with self._lock:
            self._calls += 1
            kind = self._fault.kind if self._calls == self._fault.at else "none"
        if kind.startswith("meanwhile"):
            self._meanwhile(kind)
        if kind == "dies":
            raise Died
        if kind == "unknown" and port != "broadcaster":
            raise OutcomeUnknown("injected: nothing has happened")
        if kind == "taken" and name in ("put", "put_once"):
            raise SlotTaken
        if kind in ("lost", "gone") and name == "post":
            return list(args[0]) if kind == "gone" else []
        answer = found(*args, **kwargs)
        if kind == "dies_after":
            raise Died
        if kind == "unknown_after" and name in WRITES:
            raise OutcomeUnknown("injected: it has happened")
        if kind == "torn" and isinstance(answer, Run) and len(answer.entries) > 1:
            return Run(answer.entries[:-1], is_cut=False)
        return answer


class _Port:
    def __init__(self, port: Any, name: str, trouble: Trouble) -> None:
        self._port = port
        self._name = name
        self._trouble = trouble

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        return lambda *args, **kwargs: self._trouble.call(self._name, name, found, args, kwargs)
