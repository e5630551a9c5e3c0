"""How is it decided what a room is called, or that it ends?

    until a deadline:
      decided, by an earlier attempt of ours            -> done      the answer was lost
      the row of who decides                            read, strongly
      they may not                                      -> refused
      newest = the newest slot of the log               read, strongly
      the room                                          read, strongly, after the slot
      it is so already                                  -> done
      the room and slot newest + 1 in one transaction,
      if code, end and role still are as they were read -> done
      they are not; taken, conflict, or outcome unknown -> again

Every change of a room but that of its code takes a slot, so a room that was read behind the newest
slot cannot be older than the slot that is written.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from teahouse.actions.append import Operation, landed, next_entry
from teahouse.actions.decide_member import require_moderator
from teahouse.actions.settle import settle
from teahouse.actions.tell_room import tell_room
from teahouse.app import App
from teahouse.domain.entry import Entry, RoomChanged, RoomClosed
from teahouse.domain.member import Member
from teahouse.domain.room import Room
from teahouse.domain.values import dataclass
from teahouse.ports import OutcomeUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomDecision:
    """What becomes of a room, and what the log is to say of it."""

    after: Room
    fact: RoomChanged | RoomClosed
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class _Decided:
    """It is so; `entry` is the slot that says so, if it is one of ours."""

    entry: Entry | None


# Tells what becomes of a room, given who decides; None where it is so already. May refuse.
DecideRoom = Callable[[Room, Member], RoomDecision | None]


def decide_room(app: App, *, by_id: str, room_id: str, decide: DecideRoom) -> None:
    """Decide something of a whole room, and tell it.

    Raises:
        NotAMember: the one who decides is not in the room.
        Forbidden: a plain member.
        RoomClosed: the log has ended.
        Busy: too much contention; the outcome is unknown.
        ChatError: whatever `decide` refuses.
    """
    operation_id = app.ids.new_code()
    tried: list[Entry] = []

    def attempt() -> _Decided | None:
        ours = landed(app, room_id, tried)
        if ours is not None:
            return _Decided(ours)
        by = require_moderator(app, room_id, by_id)
        newest = app.log.newest(room_id)
        before = app.rooms.get(room_id)
        decision = decide(before, by)
        if decision is None:
            return _Decided(None)
        operation = Operation(
            room_id=room_id, author_id=by_id, id=operation_id, fact=lambda _: decision.fact
        )
        entry = next_entry(app, operation, newest)
        tried.append(entry)
        is_done = app.moderation.change_room(
            before, decision.after, entry, by=by, is_alone=decision.is_alone
        )
        return _Decided(entry) if is_done else None

    decided = settle(app, attempt)
    if decided.entry is not None:
        with suppress(OutcomeUnknown):  # it is decided, whoever hears of it
            users = app.accounts.get_many([by_id])
            tell_room(app, room_id, [decided.entry], users.values())
