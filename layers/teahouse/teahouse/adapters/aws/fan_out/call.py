"""How does one request reach many names? Handed to lines as they become free, settled one by one.

Nothing that befalls one name harms another, and nothing goes on after the call: a request without
an answer at its end has failed, and its line is closed.
"""

from __future__ import annotations

import heapq
import random
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from teahouse.adapters.aws.answers import Answer
from teahouse.adapters.aws.failures import CallFailed, NonsenseAnswer
from teahouse.adapters.aws.fan_out.limits import Limits
from teahouse.adapters.aws.fan_out.line import Line, State
from teahouse.adapters.aws.fan_out.lines import Lines
from teahouse.adapters.aws.refusals import describe_refusal

_GONE = 410
_LIMITED = 429
_PASSING = (_LIMITED, 500, 502, 503, 504)  # worth another try
_MIN_FAILED_OPENS = 2
_NO_ANSWER = "no answer in time"
_NO_LINE = "no connection in time"


@dataclass(slots=True)
class Tally:
    """Who is gone, and for whom else it failed, with the cause; all others have it.

    `limited` are those of the failed whose last answer was 429.
    """

    gone: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    limited: set[str] = field(default_factory=set)


class Call:
    """One request to each name; `write` gives the bytes for one."""

    def __init__(
        self, lines: Lines, names: Iterable[str], write: Callable[[str], bytes], limits: Limits
    ) -> None:
        self.tally = Tally()
        self._lines = lines
        self._write = write
        self._limits = limits
        self._waiting = deque(dict.fromkeys(names))
        self._unsettled = len(self._waiting)
        self._later: list[tuple[float, str]] = []
        self._tries: dict[str, int] = {}
        self._now = time.monotonic()
        self._until = self._now + limits.call_s
        self._last_progress = self._now
        self._wanted_lines = -(-self._unsettled // limits.requests_a_line)
        self._failed_opens = 0  # in a row
        self._why_no_line = _NO_LINE

    def run(self) -> Tally:
        """Carry it out, until all are settled or the time is up."""
        lines = self._lines
        try:
            while self._unsettled and self._now < self._until:
                self._bring_back()
                self._hand_out()
                if not len(lines) and (self._waiting or not self._later):
                    break
                for line in lines.ready(self._patience_s()):
                    self._go_on(line)
                self._now = time.monotonic()
                for line in lines.impatient(self._now):
                    self._lose_patience(line)
        finally:
            self._end()
        return self.tally

    # Handing out.

    def _bring_back(self) -> None:
        while self._later and self._later[0][0] <= self._now:
            self._waiting.append(heapq.heappop(self._later)[1])

    def _hand_out(self) -> None:
        lines, limits = self._lines, self._limits
        while self._waiting and lines.idle:
            self._give(lines.idle.pop())
        is_stalled = self._now - self._last_progress > limits.stall_s
        if self._waiting and not lines.opening and is_stalled:
            self._wanted_lines = 2 * len(lines)
            self._last_progress = self._now
        wanted = min(self._wanted_lines, limits.lines)
        while lines.opening < len(self._waiting) and len(lines) < max(wanted, 1):
            if self._failed_opens >= max(_MIN_FAILED_OPENS, lines.addresses):
                return
            try:
                lines.open(min(time.monotonic() + limits.answer_s, self._until))
            except CallFailed as error:
                self._not_opened(str(error))

    def _give(self, line: Line) -> None:
        line.name = self._waiting.popleft()
        line.until = self._now + self._limits.answer_s
        try:
            line.send(self._write(line.name))
        except CallFailed as error:
            self._lost(line, error)
        else:
            self._lines.watch(line)

    def _patience_s(self) -> float:
        until = min(self._until, self._now + self._limits.stall_s)
        if self._later:
            until = min(until, self._later[0][0])
        return max(until - self._now, 0.0)

    # What lines bring.

    def _go_on(self, line: Line) -> None:
        if line.is_closed:  # since the wait that named it
            return
        was_open = line.is_open
        try:
            answer = line.advance()
        except CallFailed as error:
            self._lost(line, error)
            return
        if answer is not None:
            self._answered(line, answer)
            return
        if line.is_open and not was_open:
            self._failed_opens = 0
            self._lines.opened(line)
        self._lines.watch(line)

    def _answered(self, line: Line, answer: Answer) -> None:
        self._judge(line.name, answer)
        line.is_proven = True
        line.state = State.IDLE
        self._last_progress = self._now
        if line.is_last:
            self._lines.drop(line)
        elif self._waiting:
            self._give(line)
        else:
            self._lines.idle.append(line)

    def _judge(self, name: str, answer: Answer) -> None:
        self.tally.limited.discard(name)
        if 200 <= answer.status < 300:
            self._unsettled -= 1
        elif answer.status == _GONE:
            self._unsettled -= 1
            self.tally.gone.append(name)
        elif answer.status in _PASSING:
            if answer.status == _LIMITED:
                self.tally.limited.add(name)
            self._try_again(name, describe_refusal(answer, time.time()))
        else:
            self._fail(name, describe_refusal(answer, time.time()))

    # What goes wrong.

    def _lost(self, line: Line, error: CallFailed) -> None:
        self._lines.drop(line)
        if not line.is_open:
            self._not_opened(str(error))
        elif line.state is State.IDLE:
            return
        elif isinstance(error, NonsenseAnswer):
            self._fail(line.name, str(error))
        elif line.is_kept and not line.is_proven:
            self._ended_unseen(line)
        else:
            self._try_again(line.name, str(error), at_once=line.is_proven)

    def _lose_patience(self, line: Line) -> None:
        self._lines.drop(line)
        if not line.is_open:
            self._not_opened(_NO_LINE)
        elif line.is_kept and not line.is_proven and not line.has_begun_to_answer:
            self._ended_unseen(line)
        else:
            self._fail(line.name, _NO_ANSWER)

    def _ended_unseen(self, line: Line) -> None:
        """Use another line: this one was stale. A frame that arrives twice is one to a client."""
        self._waiting.appendleft(line.name)
        self._lines.drop_unproven()

    def _not_opened(self, cause: str) -> None:
        """Harms no name, until there is no line at all."""
        self._failed_opens += 1
        self._why_no_line = cause

    def _try_again(self, name: str, cause: str, *, at_once: bool = False) -> None:
        tries = self._tries.get(name, 0)
        if tries >= self._limits.retries:
            self._fail(name, cause)
            return
        self._tries[name] = tries + 1
        wait_s = 0.0 if at_once else self._limits.retry_s * 2**tries * (0.5 + random.random())
        heapq.heappush(self._later, (self._now + wait_s, name))

    def _fail(self, name: str, cause: str) -> None:
        self._unsettled -= 1
        self.tally.failed[name] = cause

    def _end(self) -> None:
        no_line = not len(self._lines)
        for line in self._lines.impatient(float("inf")):
            if line.is_open:
                self._fail(line.name, _NO_ANSWER)
        for name in (*self._waiting, *(name for _, name in self._later)):
            self._fail(name, self._why_no_line if no_line else _NO_ANSWER)
        self._lines.keep()
