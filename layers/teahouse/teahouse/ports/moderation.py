"""What does the core need to keep order in a room? Each change takes its slot in the same step."""

from __future__ import annotations

from typing import Protocol

from teahouse.domain.entry import Entry
from teahouse.domain.member import Member


class Moderation(Protocol):
    """What owners and moderators decide. Only REST asks for it."""

    def change_member(
        self, before: Member, after: Member, entry: Entry, *, by: Member | None
    ) -> bool:
        """Write a member's rows anew, with the slot that says so; owners are counted.

        False, and nothing changes, if the row is not the one given (any more), if the role of `by`
        is not that of the row given, or if the room would have no owner. `by` is None where
        somebody decides of oneself.

        Raises:
            SlotTaken: `entry`'s slot is not empty.
            OutcomeUnknown: conflict, throttle or time-out; look again.
        """
        ...
