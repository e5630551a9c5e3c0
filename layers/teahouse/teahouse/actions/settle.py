"""How is something written that others write at the same moment? Look, write, and look again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TypeVar

from teahouse.app import App
from teahouse.domain.errors import Busy
from teahouse.ports import OutcomeUnknown, SlotTaken

DEADLINE_S = 5.0
TRIES_AT_ONCE = 3
BACKOFF_S = (0.010, 0.500)  # first and longest, before jitter

T = TypeVar("T")


def settle(app: App, attempt: Callable[[], T | None]) -> T:
    """Try until an attempt gives a value; each begins with a look at what there is now.

    None, `SlotTaken` and `OutcomeUnknown` all ask for another attempt, after a pause with full
    jitter. An attempt that may follow its own lost success must recognize it.

    Raises:
        Busy: nothing was settled within `DEADLINE_S`; the outcome is unknown.
    """
    deadline = app.clock.monotonic_s() + DEADLINE_S
    for tried in count():
        try:
            settled = attempt()
        except (OutcomeUnknown, SlotTaken):
            settled = None
        if settled is not None:
            return settled
        pause_s = backoff_s(tried, app.ids.random())
        if app.clock.monotonic_s() + pause_s >= deadline:
            raise Busy
        app.clock.sleep(pause_s)
    raise AssertionError("count() does not end")


def backoff_s(tried: int, drawn: float) -> float:
    """Give the pause after a failed attempt: none for three tries, then full jitter."""
    if tried < TRIES_AT_ONCE:
        return 0.0
    first, longest = BACKOFF_S
    return drawn * min(longest, first * 2.0 ** min(tried - TRIES_AT_ONCE, 10))
