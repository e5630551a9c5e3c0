"""What does the core need to keep order in a room? Each change takes its slot in the same step."""

from __future__ import annotations

from typing import Protocol

from teahouse.domain.entry import Entry
from teahouse.domain.member import Ban, Member
from teahouse.domain.room import Room
from teahouse.domain.user import User
from teahouse.ports.reading import Page


class Moderation(Protocol):
    """What owners and moderators decide, and how members are shown. Only REST asks for it."""

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

    def find_ban(self, room_id: str, user_id: str) -> Ban | None:
        """Find somebody's ban, strongly."""
        ...

    def page_bans(self, room_id: str, cursor: str | None, limit: int) -> Page[Ban]:
        """Page through a room's bans, strongly."""
        ...

    def ban(
        self, ban: Ban, member: Member | None, entry: Entry, *, by: Member, tombstone_until: int
    ) -> bool:
        """Write a ban with its slot, and end the membership if there is one.

        False, and nothing changes, if there is such a ban already, if `member` is not what there
        is of them (any more), None included, or if the role of `by` is not that of the row given.

        Raises:
            SlotTaken, OutcomeUnknown: as `change_member`.
        """
        ...

    def lift_ban(self, room_id: str, user_id: str, *, by: Member) -> bool:
        """Delete a ban; False if the role of `by` is not that of the row given (any more).

        Raises:
            OutcomeUnknown: conflict, throttle or time-out; call again.
        """
        ...

    def change_room(
        self, before: Room, after: Room, entry: Entry, *, by: Member, is_alone: bool = False
    ) -> bool:
        """Write a room's name, text, picture, kind, code and end, with the slot that says so.

        Its code leads to it, and the list of public rooms shows it, as `after` says. False, and
        nothing changes, if code or end are not those of `before` (any more), if the role of `by`
        is not that of the row given, or if `is_alone` and there is another member.

        Raises:
            SlotTaken, OutcomeUnknown: as `change_member`.
        """
        ...

    def show_member(self, room_id: str, user: User) -> None:
        """Let a member's row show this profile; nothing changes where there is none (any more).

        Raises:
            OutcomeUnknown: throttle or time-out; call again.
        """
        ...
