"""What the tests of the edge may ask for: an App in memory behind `bootstrap`, and the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from teahouse import bootstrap
from teahouse.app import App

from tests.world import memory_app


class LogLines:
    """The lines of the log, as they are written."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._written: list[str] = []

    @property
    def written(self) -> list[str]:
        self._written += self._capsys.readouterr().out.splitlines()
        return self._written

    @property
    def last(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self.written[-1])
        return line


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """Put an App in memory where handlers find it, with everything set as it is by default."""
    for name in ("SITE_ORIGIN", "COOKIE_SECURE", "RATE_SCALE"):
        monkeypatch.delenv(name, raising=False)
    app = memory_app()
    bootstrap.use(app)
    yield app
    bootstrap.use(None)


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> LogLines:
    """Listen to the log."""
    return LogLines(capsys)
