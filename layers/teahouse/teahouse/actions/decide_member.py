"""How is it decided what a member may do?

until a deadline:
  decided, by an earlier attempt of ours            -> done      the answer was lost
  rows of whom it is about and of who decides       read, strongly
  they may not                                      -> refused
  it is so already                                  -> done
  both rows and the slot in one transaction,
  if they still stand as they were read             -> done
  they do not; taken, conflict, or outcome unknown  -> again
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from teahouse.actions.append import Operation, landed, next_entry
from teahouse.actions.require_member import require_member
from teahouse.actions.settle import settle
from teahouse.actions.tell_room import tell_room
from teahouse.app import App
from teahouse.domain.entry import Entry, MemberMuted, RoleChanged
from teahouse.domain.errors import Forbidden, NotFound
from teahouse.domain.member import Member
from teahouse.domain.values import dataclass
from teahouse.ports import OutcomeUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decides what of whom."""

    room_id: str
    by_id: str
    fact: RoleChanged | MemberMuted

    @property
    def is_of_oneself(self) -> bool:
        return self.by_id == self.fact.user_id


@dataclass(frozen=True, slots=True)
class _Decided:
    """It is so; `entry` is the slot that says so, if it is one of ours."""

    entry: Entry | None


# Tells what the row of whom it is about becomes, given who decides; refuses where they may not.
Decide = Callable[[Member, Member], Member]


def decide_member(app: App, decision: Decision, decide: Decide) -> None:
    """Decide what a member may do, and tell the room.

    Raises:
        NotAMember: the one who decides is not in the room.
        Forbidden: a plain member may decide nothing.
        NotFound: the other one is not in the room.
        Busy: too much contention; the outcome is unknown.
        ChatError: whatever `decide` refuses.
    """
    operation = Operation(
        room_id=decision.room_id,
        author_id=decision.by_id,
        id=app.ids.new_code(),
        fact=lambda _: decision.fact,
    )
    tried: list[Entry] = []
    decided = settle(app, lambda: _attempt(app, decision, operation, decide, tried))
    if decided.entry is None:
        return
    with suppress(OutcomeUnknown):  # it is decided, whoever hears of it
        users = app.accounts.get_many(decided.entry.user_ids)
        tell_room(app, decision.room_id, [decided.entry], users.values())


def require_moderator(app: App, room_id: str, user_id: str) -> Member:
    """Get the row of an owner or moderator.

    Raises:
        NotAMember: not in the room.
        Forbidden: a plain member, who must not learn of whom there is anything to decide.
    """
    member = require_member(app, room_id, user_id)
    if not member.may_moderate:
        raise Forbidden("Only owners and moderators may do this.")
    return member


def _attempt(
    app: App, decision: Decision, operation: Operation, decide: Decide, tried: list[Entry]
) -> _Decided | None:
    ours = landed(app, decision.room_id, tried)
    if ours is not None:
        return _Decided(ours)
    by = require_moderator(app, decision.room_id, decision.by_id)
    before = app.members.find(decision.room_id, decision.fact.user_id)
    if before is None:
        raise NotFound
    after = decide(before, by)
    if after == before:
        return _Decided(None)
    entry = next_entry(app, operation, app.log.newest(decision.room_id))
    tried.append(entry)
    after = replace(after, decided_seq=entry.seq)
    checked = None if decision.is_of_oneself else by
    is_done = app.moderation.change_member(before, after, entry, by=checked)
    return _Decided(entry) if is_done else None
