"""How is what is stored read, and what may go wrong?"""

from __future__ import annotations

from typing import Generic, TypeVar

from teahouse.domain.entry import Entry
from teahouse.domain.values import dataclass

T = TypeVar("T")


class OutcomeUnknown(Exception):
    """A write met a conflict, a throttle or a time-out: it may have happened or not. Look again."""


class SlotTaken(Exception):
    """The slot was not empty: somebody else wrote it. `entry` is what stands there, where known."""

    def __init__(self, entry: Entry | None = None) -> None:
        super().__init__("the slot is taken")
        self.entry = entry


@dataclass(frozen=True, slots=True)
class Run:
    """A contiguous run of a log.

    `is_cut` says that the reading ended at a limit, not at the end of what is there.
    """

    entries: tuple[Entry, ...]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `cursor` continues it, None at its end."""

    items: tuple[T, ...]
    cursor: str | None = None
