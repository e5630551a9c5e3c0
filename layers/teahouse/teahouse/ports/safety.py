"""What does the core need to keep blocks and reports?"""

from __future__ import annotations

from typing import Protocol

from teahouse.domain.safety import Block, Report
from teahouse.ports.reading import Page


class Safety(Protocol):
    """Who has blocked whom, and what was reported. Only REST asks for it."""

    def block(self, block: Block) -> None:
        """Write a block; again is no harm."""
        ...

    def unblock(self, by: str, user_id: str) -> None:
        """Delete a block, if there is one."""
        ...

    def page_blocks(self, by: str, cursor: str | None, limit: int) -> Page[Block]:
        """Page through whom somebody has blocked, strongly."""
        ...

    def report_once(self, report: Report) -> Report:
        """Keep a report; give the earlier one if this person has reported this message before.

        Raises:
            OutcomeUnknown: conflict, throttle or time-out; call again.
        """
        ...

    def page_reports(self, cursor: str | None, limit: int) -> Page[Report]:
        """Page through all reports, newest first. May lag."""
        ...
