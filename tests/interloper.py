"""What if somebody else does something between two steps of an action? Or the action dies there?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from teahouse.app import App

PORTS = (
    *("log", "rooms", "members", "moderation", "connections", "accounts", "messages"),
    "broadcaster",
)


class Died(BaseException):
    """The handler is gone, as after a SIGKILL: nothing catches this on the way."""


class Interloper:
    """Does something before the step of that number; steps are calls of ports, counted from 1."""

    def __init__(self, step: int, does: Callable[[], object]) -> None:
        self.steps = 0
        self._step = step
        self._does = does
        self._lock = threading.Lock()

    def beside(self, app: App) -> App:
        """Make an App whose every call passes here."""
        watched: dict[str, Any] = {name: _Watched(getattr(app, name), self) for name in PORTS}
        return replace(app, **watched)

    @property
    def came(self) -> bool:
        return self.steps >= self._step

    def before_call(self) -> None:
        with self._lock:
            self.steps += 1
            is_now = self.steps == self._step
        if is_now:
            self._does()


class _Watched:
    def __init__(self, port: Any, interloper: Interloper) -> None:
        self._port = port
        self._interloper = interloper

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self._interloper.before_call()
            return found(*args, **kwargs)

        return call


def die() -> None:
    """End here."""
    raise Died
