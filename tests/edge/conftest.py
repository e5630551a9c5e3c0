"""What the tests of the edge may ask for: an App in memory behind `bootstrap`, and the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from teahouse import bootstrap
from teahouse.app import App
from teahouse.edge.logs import logger

from tests.world import memory_app


class LogLines(logging.Handler):
    """The lines of the log, as they would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self.setFormatter(logger.registered_formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))

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
def log() -> Iterator[LogLines]:
    """Listen to the log."""
    lines = LogLines()
    logger.addHandler(lines)
    yield lines
    logging.getLogger("teahouse").removeHandler(lines)
