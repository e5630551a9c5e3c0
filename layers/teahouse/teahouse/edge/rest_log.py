"""How does REST write its lines? With Powertools' Logger, in the form that the sockets' have."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger

from teahouse.adapters.log_lines import Level


class _StandardOutput:
    """Standard output as it is at the time of a line, not as it was at the import."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


_logger = Logger(
    service="teahouse",
    stream=_StandardOutput(),  # type: ignore[arg-type]  # all that a handler asks of a stream
    location=None,
    utc=True,
    use_rfc3339=True,
)
_WRITERS: Mapping[Level, Callable[..., None]] = {
    "INFO": _logger.info,
    "WARNING": _logger.warning,
    "ERROR": _logger.error,
}


def write_line(level: Level, event: str, fields: Mapping[str, Any]) -> None:
    """Write one line; `fields` are ids, counts and sizes, never what people wrote."""
    _WRITERS[level](event, extra=dict(fields))
