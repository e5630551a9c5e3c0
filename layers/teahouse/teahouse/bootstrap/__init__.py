"""What does this process work with? Environment to `App`, once per process.

One module a kind of function: `rest`, `background`, and `websocket`, which loads as little as it
can, for it may be cold when somebody knocks. An entry point imports its own, so modules are loaded
when a worker starts; clients are made by the first call that needs one, so that a handler can be
imported where there is no store.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from teahouse.app import App
from teahouse.domain.presence import GRACE_MS

_app: App | None = None


class NotHere:
    """Stands for a port that functions of this kind never need."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name} is for another kind of function")


def app_made_by(build: Callable[[], App]) -> App:
    """Give the process's App, made on first use."""
    global _app
    if _app is None:
        _app = build()
    return _app


def grace_ms() -> int:
    """Read how long somebody may be away without having left."""
    return round(float(os.environ.get("PRESENCE_GRACE_S") or GRACE_MS / 1_000) * 1_000)


def use(replacement: App | None) -> None:
    """Put another App in its place, or none; for tests."""
    global _app
    _app = replacement
