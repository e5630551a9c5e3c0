"""What does the core need to keep rooms, their logs, members and messages?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Protocol

from teahouse.domain.entry import Entry, MessageEdited, MessageSent
from teahouse.domain.member import Member, Membership
from teahouse.domain.message import Standing
from teahouse.domain.room import Room, Summary
from teahouse.domain.upload import Upload
from teahouse.ports.reading import Page, Run


class RoomLog(Protocol):
    """The room's log: slots 1, 2, 3 ... without a hole, each written once."""

    def read_run(
        self, room_id: str, from_seq: int, *, max_entries: int, max_bytes: int = 1_048_576
    ) -> Run:
        """Read the contiguous run that begins at `from_seq`, that slot included, strongly.

        Empty if that slot is not there. A slot that is there behind one that is not is left out.
        """
        ...

    def read_back(self, room_id: str, before_seq: int, *, max_entries: int) -> Run:
        """Read up to `max_entries` slots that end just before `before_seq`, ascending, strongly."""
        ...

    def newest(self, room_id: str) -> Entry:
        """Get the newest slot, strongly.

        Raises:
            NotFound: the room has no log.
        """
        ...

    def exists(self, places: Mapping[str, int]) -> set[str]:
        """Tell in which rooms the named slot is there, strongly; at most 100 rooms."""
        ...

    def put(self, room_id: str, entry: Entry, uploads: Sequence[Upload] = ()) -> None:
        """Write a slot if it is empty.

        A message's `uploads` are taken in the same transaction; each must be its author's, unused,
        and in the state given, or the slot counts as taken.

        Raises:
            SlotTaken: it is not empty; names the entry where the store tells it unasked.
            OutcomeUnknown: conflict, throttle or time-out; read again.
        """
        ...

    def put_once(self, room_id: str, entry: Entry, uploads: Sequence[Upload] = ()) -> int | None:
        """Write a slot and the record of (author, operation id) in one transaction.

        For callers without a position; `uploads` as in `put`. Returns the seq of an earlier entry
        if the record is already there (nothing is written then), else None.

        Raises:
            SlotTaken: the slot is not empty.
            OutcomeUnknown: conflict, throttle or time-out; call again.
        """
        ...


class Rooms(Protocol):
    """Rooms and their lists. `member_count` may lag by what is in flight."""

    def create(self, room: Room, owner: Member, opened: Entry) -> bool:
        """Write room, owner's rows, code and slot 1 in one transaction; False if it is there."""
        ...

    def get(self, room_id: str) -> Room:
        """Get a room.

        Raises:
            NotFound: there is none.
        """
        ...

    def get_many(self, room_ids: Sequence[str]) -> dict[str, tuple[Room, Summary | None]]:
        """Get rooms with their summaries; what is not there is left out. May lag."""
        ...

    def find_summary(self, room_id: str) -> Summary | None:
        """Find a room's summary. May lag."""
        ...

    def find_by_code(self, code: str) -> str | None:
        """Find the id of the room an invitation code leads to."""
        ...

    def replace_code(self, room: Room, code: str, *, by: Member) -> None:
        """Give a room a new code; the old one is dead.

        Raises:
            OutcomeUnknown: the room's code is no longer that of `room`, the role of `by` no longer
                that of the row given, or as `RoomLog.put`; look again.
        """
        ...

    def page_public(self, cursor: str | None, limit: int) -> Page[str]:
        """Page through the ids of public rooms, newest first. May lag."""
        ...

    def summarize(self, summary: Summary) -> None:
        """Raise the room's summary to this one; an older one changes nothing. Best effort.

        One of a newer message is newer, and of the same message one that was changed later.
        """
        ...


class Members(Protocol):
    """Who is in which room; rows change in the same transaction as the slot that says so."""

    def find(self, room_id: str, user_id: str) -> Member | None:
        """Find a member's row, strongly."""
        ...

    def page(self, room_id: str, cursor: str | None, limit: int) -> Page[Member]:
        """Page through a room's members, strongly."""
        ...

    def rooms_of(self, user_id: str) -> list[Membership]:
        """List the rooms of a person, strongly; unordered."""
        ...

    def membership(self, room_id: str, user_id: str) -> Membership | None:
        """Find one room of a person's list, strongly."""
        ...

    def among(self, user_id: str, room_ids: Sequence[str]) -> set[str]:
        """Tell of which of these rooms (at most 100) the person is a member, strongly."""
        ...

    def admit(
        self, member: Member, entry: Entry | None, *, read: tuple[int, int], code: str | None = None
    ) -> bool:
        """Write the member's rows, remove the tombstone, raise the count, and write the slot.

        `read` is the (seq, number) up to which the newcomer counts as having read. With a `code`,
        it must lead to the room in the same step. False, and nothing changes, if the member is
        there already.

        Raises:
            NotFound: there is no such room, it is closed, or the code does not lead to it.
            Forbidden: the newcomer is banned.
            SlotTaken: `entry`'s slot is not empty.
            OutcomeUnknown: conflict, throttle or time-out; look again.
        """
        ...

    def remove(
        self,
        member: Member,
        entry: Entry | None,
        *,
        tombstone_until: int,
        by: Member | None = None,
    ) -> bool:
        """Delete the member's rows, lower the count, write tombstone, slot and that they were here.

        False, and nothing changes, if the row is not the one given (any more), or if the role of
        `by`, who removes, is not that of the row given.

        Raises:
            NotFound, SlotTaken, OutcomeUnknown: as `admit`.
        """
        ...

    def left_by(self, user_id: str) -> list[str]:
        """List the rooms that a person has ever left, by will or not, strongly; unordered."""
        ...

    def forget_left(self, user_id: str, room_id: str) -> None:
        """Forget that a person has left a room."""
        ...

    def mark_read(self, room_id: str, user_id: str, seq: int, number: int) -> None:
        """Raise the read position; a lower one changes nothing."""
        ...


class Messages(Protocol):
    """What has become of messages; each change takes its slot in the same transaction.

    A message that was never changed is in none of this.
    """

    def find(self, room_id: str, seq: int) -> Standing | None:
        """Find a message's standing, strongly."""
        ...

    def between(self, room_id: str, first_seq: int, last_seq: int) -> dict[int, Standing]:
        """Find the standings of messages from one slot to another, strongly; one query."""
        ...

    def find_reaction(self, room_id: str, seq: int, user_id: str, emoji: str) -> int | None:
        """Find the seq of the entry that put a person's emoji under a message, strongly."""
        ...

    def reactions_of(
        self, room_id: str, user_id: str, first_seq: int, last_seq: int
    ) -> Set[tuple[int, str]]:
        """List a person's (seq, emoji) from one slot to another, strongly; one query."""
        ...

    def find_operation(self, room_id: str, user_id: str, operation_id: str) -> int | None:
        """Find the seq that a recorded operation was given, strongly."""
        ...

    def change(
        self,
        room_id: str,
        entry: Entry,
        *,
        before: Standing,
        after: Standing,
        blank: Mapping[int, MessageSent | MessageEdited],
        is_recorded: bool,
    ) -> None:
        """Write the slot, the standing, the person's reaction and what is left of other slots.

        All in one transaction, if the standing is still the one before. With `is_recorded`, the
        record of (author, operation id) goes with it.

        Raises:
            SlotTaken: the slot is not empty, or something is no longer as it was; look again.
            OutcomeUnknown: as `RoomLog.put`.
        """
        ...

    def redact(
        self,
        room_id: str,
        *,
        before: Standing,
        after: Standing,
        blank: Mapping[int, MessageSent | MessageEdited],
    ) -> None:
        """Write the standing and what is left of other slots, in a log that takes no more.

        Raises:
            SlotTaken, OutcomeUnknown: as `change`.
        """
        ...
