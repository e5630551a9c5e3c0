"""What does this process work with? Environment to `App`, once per process."""

from __future__ import annotations

from teahouse.app import App

_app: App | None = None


def app() -> App:
    """Give the process's App, made on first use."""
    global _app
    if _app is None:
        _app = _build()
    return _app


def use(replacement: App | None) -> None:
    """Put another App in its place, or none; for tests."""
    global _app
    _app = replacement


def _build() -> App:
    raise NotImplementedError
