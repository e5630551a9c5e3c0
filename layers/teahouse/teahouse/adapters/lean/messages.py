"""Messages, lean: what has become of them, beside the rooms; each change with its slot."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from teahouse.adapters.items.log import Operation, facts_of, operation_key, operation_of, slot_of
from teahouse.adapters.items.messages import (
    ReactionItem,
    StandingItem,
    reaction_item,
    reaction_key,
    reaction_of,
    reactions_between,
    reactions_partition,
    standing_item,
    standing_key,
    standing_of,
    standings_between,
    standings_partition,
)
from teahouse.adapters.items.values import Text, number
from teahouse.adapters.lean.calls import ConditionFailed
from teahouse.adapters.lean.log import IF_EMPTY
from teahouse.adapters.lean.tables import Place, Tables, place, values
from teahouse.domain.entry import (
    Entry,
    MessageEdited,
    MessageSent,
    ReactionAdded,
    ReactionRemoved,
)
from teahouse.domain.message import Standing
from teahouse.ports import SlotTaken

_BETWEEN = "#pk = :pk AND #sk BETWEEN :first AND :last"
_IF_ABSENT = "attribute_not_exists(#pk)"


class LeanMessages:
    """The rooms' table, as far as messages go."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rooms = tables.rooms

    def find(self, room_id: str, seq: int) -> Standing | None:
        item = self._rooms.find(place(standing_key(room_id, seq)), StandingItem)
        return standing_of(item) if item else None

    def between(self, room_id: str, first_seq: int, last_seq: int) -> dict[int, Standing]:
        first, last = standings_between(first_seq, last_seq)
        given = values(pk=standings_partition(room_id), first=first, last=last)
        found = map(standing_of, self._rooms.query(_BETWEEN, given, StandingItem))
        return {standing.seq: standing for standing in found}

    def find_reaction(self, room_id: str, seq: int, user_id: str, emoji: str) -> int | None:
        key = place(reaction_key(room_id, seq, user_id, emoji))
        item = self._rooms.find(key, ReactionItem)
        return int(item.seq) if item else None

    def reactions_of(
        self, room_id: str, user_id: str, first_seq: int, last_seq: int
    ) -> Set[tuple[int, str]]:
        first, last = reactions_between(first_seq, last_seq)
        given = values(pk=reactions_partition(room_id, user_id), first=first, last=last)
        return set(map(reaction_of, self._rooms.query(_BETWEEN, given, ReactionItem)))

    def find_operation(self, room_id: str, user_id: str, operation_id: str) -> int | None:
        key = place(operation_key(room_id, user_id, operation_id))
        item = self._rooms.find(key, Operation)
        return int(item.seq) if item else None

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
        log, rooms, fact = self._tables.log, self._rooms, entry.fact
        parts = [
            ("Put", log.putting(slot_of(room_id, entry), IF_EMPTY)),
            *self._changing(room_id, before, after, blank),
        ]
        if isinstance(fact, ReactionAdded):
            parts.append(("Put", rooms.putting(reaction_item(room_id, entry, fact), _IF_ABSENT)))
        elif isinstance(fact, ReactionRemoved):
            key = place(reaction_key(room_id, fact.target, entry.by, fact.emoji))
            parts.append(("Delete", rooms.deleting(key, "attribute_exists(#pk)")))
        if is_recorded:
            parts.append(("Put", rooms.putting(operation_of(room_id, entry), _IF_ABSENT)))
        self._transact(parts)

    def redact(
        self,
        room_id: str,
        *,
        before: Standing,
        after: Standing,
        blank: Mapping[int, MessageSent | MessageEdited],
    ) -> None:
        self._transact(self._changing(room_id, before, after, blank))

    def _changing(
        self,
        room_id: str,
        before: Standing,
        after: Standing,
        blank: Mapping[int, MessageSent | MessageEdited],
    ) -> list[tuple[str, Any]]:
        """Describe the new standing, and what is left of other slots."""
        unchanged, given = _IF_ABSENT, None
        if not before.is_unchanged:
            unchanged, given = "#changed = :changed", values(changed=before.changed_seq)
        standing = self._rooms.putting(standing_item(room_id, after), unchanged, given)
        parts = [("Put", standing)]
        for seq, left in blank.items():
            key: Place = {"room": Text(room_id), "seq": number(seq)}
            said = {":left": facts_of(left)}
            slot = self._tables.log.updating(key, "SET #f = :left", "attribute_exists(#room)", said)
            parts.append(("Update", slot))
        return parts

    def _transact(self, parts: list[tuple[str, Any]]) -> None:
        try:
            self._tables.transact(*parts)
        except ConditionFailed as error:
            raise SlotTaken from error
