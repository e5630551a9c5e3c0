"""How does somebody stop being a member?

    until a deadline:
      gone, after an earlier attempt of ours            -> done      the answer was lost
      rows of who goes and of who acts                  read, strongly
      they may not                                      -> refused
      rows, count, tombstone and slot in one transaction,
      if both rows still stand as they were read        -> done
      they do not; taken, conflict, or outcome unknown  -> again

The tombstone lies beside the room's connections: from that step on every fan-out skips the person,
whatever is still registered. Pushing `roomRemoved` and unregistering come after it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from teahouse.actions.append import Operation, landed, next_entry
from teahouse.actions.settle import settle
from teahouse.actions.tell_person import tell_person
from teahouse.actions.tell_room import tell_room
from teahouse.app import App
from teahouse.domain.connection import ROOM_ROW_MS
from teahouse.domain.entry import Entry, Fact, MemberLeft
from teahouse.domain.member import Ban, Member
from teahouse.domain.values import dataclass
from teahouse.ports import OutcomeUnknown
from teahouse.protocol.frames import RoomRemoved


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Who goes, by whose will, and what the log is to say of it; "banned" is for good."""

    room_id: str
    user_id: str
    by_id: str
    fact: Fact
    reason: Literal["left", "removed", "banned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """The row of who goes, None of one who is banned from afar, and of who else decides it."""

    member: Member | None
    by: Member | None = None


@dataclass(frozen=True, slots=True)
class _Ended:
    """The person is gone; `entry` is the slot that says so, if there is one of ours."""

    entry: Entry | None


# Reads who goes and who decides it; refuses where they may not. None: there is nothing to do.
Look = Callable[[], Going | None]


def end_membership(app: App, ending: Ending, look: Look) -> None:
    """End a membership, tell the person's connections, and then the room.

    A stranger who is banned is told nothing: they may not even know that there is such a room.

    Raises:
        Busy: too much contention; the outcome is unknown.
        ChatError: whatever `look` refuses.
    """
    operation = Operation(
        room_id=ending.room_id,
        author_id=ending.by_id,
        id=app.ids.new_code(),
        fact=lambda _: ending.fact,
    )
    tried: list[Entry | None] = []
    was_member = False

    def attempt() -> _Ended | None:
        nonlocal was_member
        if tried and _is_over(app, ending):
            return _Ended(landed(app, ending.room_id, tried))
        going = look()
        if going is None:
            return _Ended(None)
        was_member = going.member is not None
        entry = _next_entry(app, operation)
        tried.append(entry)
        return _Ended(entry) if _end(app, ending, going, entry) else None

    ended = settle(app, attempt)
    if not tried:
        return
    with suppress(OutcomeUnknown):  # it is decided, whoever hears of it
        if was_member:
            _tell_person(app, ending)
        _tell_room(app, ending, ended.entry)


def _is_over(app: App, ending: Ending) -> bool:
    if ending.reason == "banned":
        return app.moderation.find_ban(ending.room_id, ending.user_id) is not None
    return app.members.find(ending.room_id, ending.user_id) is None


def _end(app: App, ending: Ending, going: Going, entry: Entry | None) -> bool:
    now = app.clock.now_ms()
    until = now + ROOM_ROW_MS
    if ending.reason == "banned" and entry is not None and going.by is not None:
        ban = Ban(room_id=ending.room_id, user_id=ending.user_id, by=ending.by_id, at=now)
        return app.moderation.ban(ban, going.member, entry, by=going.by, tombstone_until=until)
    if going.member is None:
        return False
    return app.members.remove(going.member, entry, tombstone_until=until, by=going.by)


def _next_entry(app: App, operation: Operation) -> Entry | None:
    """Make the slot; leaving takes none where joining takes none. A removal always does."""
    is_leaving = isinstance(operation.fact(0), MemberLeft)
    if is_leaving and not app.rooms.get(operation.room_id).takes_slots_for_leaving:
        return None
    return next_entry(app, operation, app.log.newest(operation.room_id))


def _tell_person(app: App, ending: Ending) -> None:
    tell_person(app, ending.user_id, RoomRemoved(room_id=ending.room_id, reason=ending.reason))
    for connection in app.connections.of_user(ending.user_id):
        app.connections.unregister(ending.room_id, connection.id)


def _tell_room(app: App, ending: Ending, entry: Entry | None) -> None:
    if entry is not None:
        users = app.accounts.get_many(entry.user_ids)
        tell_room(app, ending.room_id, [entry], users.values())
