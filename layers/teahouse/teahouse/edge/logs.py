"""What does one invocation leave in the log? One JSON line of ids, counts and the outcome.

Never what people wrote, how they are called, tokens, tickets or raw events: `Facts` is all there is
to say, and an exception is told by its type and its place, not by its text, which may quote them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypedDict, Unpack

from teahouse.adapters.log_lines import Level, write_line
from teahouse.domain.errors import ChatError, InternalError

INVOCATION_ENDED = "invocation_ended"
INVOCATION_FAILED = "invocation_failed"
_MAX_FRAMES = 12  # of a stack, from where the exception was raised


Write = Callable[[Level, str, Mapping[str, Any]], None]


class Facts(TypedDict, total=False):
    """What a line may say beside action, outcome, code and duration."""

    user_id: str
    session_id: str
    room_id: str
    connection_id: str
    request_id: str
    status: int
    seq: int
    attempts: int
    recipients: int
    gone: int


class Line:
    """The line to be written when the invocation ends."""

    def __init__(self, action: str, write: Write = write_line) -> None:
        self._write = write
        self._fields: dict[str, Any] = {"action": action, "outcome": "done"}
        self._failure: BaseException | None = None

    def name(self, action: str) -> None:
        """Say which action it turned out to be."""
        self._fields["action"] = action

    def note(self, **facts: Unpack[Facts]) -> None:
        """Add ids and counts."""
        self._fields.update(facts)

    def refused(self, error: ChatError) -> None:
        """Say that the answer is a refusal: the system did its work."""
        self._fields.update(outcome="refused", code=error.code)

    def failed(self, error: BaseException) -> None:
        """Say that somebody must look."""
        self._fields.update(outcome="failed", code=InternalError.code)
        self._failure = error

    def write(self, duration_ms: float) -> None:
        """Write the line."""
        self._fields["duration_ms"] = round(duration_ms, 1)
        if self._failure is None:
            self._write("INFO", INVOCATION_ENDED, self._fields)
        else:
            self._write("ERROR", INVOCATION_FAILED, self._fields | _place(self._failure))


@contextmanager
def invocation(action: str, write: Write = write_line) -> Iterator[Line]:
    """Measure an invocation and write its line, whatever happens; what is raised passes."""
    line = Line(action, write)
    started = time.perf_counter()
    try:
        yield line
    except ChatError as error:
        line.refused(error)
        raise
    except Exception as error:
        line.failed(error)
        raise
    finally:
        line.write((time.perf_counter() - started) * 1000)


def _place(error: BaseException) -> dict[str, Any]:
    """Tell what kind of failure it was and where, without its text."""
    import traceback  # only when something has failed

    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    place: dict[str, Any] = {
        "exception_name": type(error).__name__,
        "stack": [f"{os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in frames],
    }
    if error.__cause__ is not None:
        place["cause_name"] = type(error.__cause__).__name__
    for failure in (error.__cause__, error):
        answer = getattr(failure, "response", None)  # botocore's ClientError
        if isinstance(answer, dict):
            place["aws_code"] = str(answer.get("Error", {}).get("Code", ""))
        code = getattr(failure, "aws_code", None)  # the lean adapters' StoreRefused
        if code is not None:
            place["aws_code"] = str(code)
    return place
