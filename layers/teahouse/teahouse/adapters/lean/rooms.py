"""Rooms, lean: the room, its summary, where its code leads, the list of public rooms."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from teahouse.adapters.items.log import slot_of
from teahouse.adapters.items.members import (
    member_item,
    member_key,
    membership_item,
)
from teahouse.adapters.items.rooms import (
    PUBLIC,
    PUBLIC_PLACE,
    CodeItem,
    PublicItem,
    RoomItem,
    SummaryItem,
    code_item,
    code_key,
    public_item,
    public_room_id,
    room_item,
    room_key,
    room_of,
    summary_item,
    summary_key,
    summary_of,
)
from teahouse.adapters.lean.calls import ConditionFailed
from teahouse.adapters.lean.log import IF_EMPTY
from teahouse.adapters.lean.tables import Tables, place, places, values
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.errors import NotFound
from teahouse.domain.member import Member
from teahouse.domain.room import Room, Summary
from teahouse.ports import OutcomeUnknown, Page

_IF_ABSENT = "attribute_not_exists(#pk)"


class LeanRooms:
    """The rooms' table, as far as rooms go."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rooms = tables.rooms

    def create(self, room: Room, owner: Member, opened: Entry) -> bool:
        listed = membership_item(owner, (opened.seq, opened.number))
        parts = [
            ("Put", self._rooms.putting(room_item(room), _IF_ABSENT)),
            ("Put", self._rooms.putting(member_item(owner))),
            ("Put", self._rooms.putting(listed)),
            ("Put", self._tables.log.putting(slot_of(room.id, opened), IF_EMPTY)),
        ]
        if room.code is not None:
            parts.append(("Put", self._rooms.putting(code_item(room.code, room.id), _IF_ABSENT)))
        if room.kind == "public":
            parts.append(("Put", self._rooms.putting(public_item(room))))
        try:
            self._tables.transact(*parts)
        except ConditionFailed:
            return False
        return True

    def get(self, room_id: str) -> Room:
        item = self._rooms.find(place(room_key(room_id)), RoomItem)
        if item is None:
            raise NotFound
        return room_of(item)

    def get_many(self, room_ids: Sequence[str]) -> dict[str, tuple[Room, Summary | None]]:
        keys = places(room_key(room_id) for room_id in room_ids)
        summary_keys = places(summary_key(room_id) for room_id in room_ids)
        # Rooms strongly: a list must not lack the room its reader has just entered.
        rooms = [room_of(item) for item in self._rooms.find_many(keys, RoomItem)]
        found = self._rooms.find_many(summary_keys, SummaryItem, is_consistent=False)
        summaries = {summary.room_id: summary for summary in map(summary_of, found)}
        return {room.id: (room, summaries.get(room.id)) for room in rooms}

    def find_summary(self, room_id: str) -> Summary | None:
        keys = places([summary_key(room_id)])
        found = self._rooms.find_many(keys, SummaryItem, is_consistent=False)
        return next(map(summary_of, found), None)

    def find_by_code(self, code: str) -> str | None:
        item = self._rooms.find(place(code_key(code)), CodeItem)
        return item.room.S if item else None

    def replace_code(self, room: Room, code: str, *, by: Member) -> None:
        rooms, own = self._rooms, place(room_key(room.id))
        remover = place(member_key(room.id, by.user.id))
        parts = [
            ("ConditionCheck", rooms.checking(remover, "#role = :role", values(role=by.role))),
            ("Put", rooms.putting(code_item(code, room.id), _IF_ABSENT)),
        ]
        if room.code is None:
            unchanged = "attribute_exists(#pk) AND attribute_not_exists(#code)"
            given = values(new=code)
        else:
            unchanged = "attribute_exists(#pk) AND #code = :old"
            given = values(new=code, old=room.code)
            parts.append(("Delete", rooms.deleting(place(code_key(room.code)))))
        parts.append(("Update", rooms.updating(own, "SET #code = :new", unchanged, given)))
        try:
            self._tables.transact(*parts)
        except ConditionFailed as error:
            raise OutcomeUnknown("the code or the role changed meanwhile") from error

    def page_public(self, cursor: str | None, limit: int) -> Page[str]:
        if cursor is None:
            condition, given = "#pk = :pk", values(pk=PUBLIC)
        else:
            before = decode_cursor(cursor, PUBLIC_PLACE)
            condition, given = "#pk = :pk AND #sk < :sk", values(pk=PUBLIC, sk=before)
        found = self._rooms.query(
            condition, given, PublicItem, limit=limit + 1, is_descending=True, is_consistent=False
        )
        lines = list(found)
        shown = lines[:limit]
        return Page(
            tuple(public_room_id(line) for line in shown),
            encode_cursor(shown[-1].sk.S) if len(lines) > limit else None,
        )

    def summarize(self, summary: Summary) -> None:
        newer, given = "attribute_not_exists(#pk) OR #seq < :seq", values(seq=summary.seq)
        if summary.changed_seq is not None:
            earlier = "attribute_not_exists(#changed) OR #changed < :changed"
            newer = f"{newer} OR (#seq = :seq AND ({earlier}))"
            given = values(seq=summary.seq, changed=summary.changed_seq)
        with suppress(ConditionFailed):
            self._rooms.put(summary_item(summary), newer, given)
