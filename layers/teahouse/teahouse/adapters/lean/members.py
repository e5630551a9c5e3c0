"""Members, lean: a row beside the room, a row in the person's list, and their slot."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from teahouse.adapters.items.connections import tombstone_item, tombstone_key
from teahouse.adapters.items.log import slot_of
from teahouse.adapters.items.members import (
    MEMBER_PLACE,
    LeftItem,
    MemberItem,
    MembershipItem,
    ban_key,
    left_item,
    left_key,
    left_prefix,
    left_room_of,
    list_partition,
    member_item,
    member_key,
    member_of,
    members_between,
    membership_item,
    membership_key,
    membership_of,
)
from teahouse.adapters.items.rooms import (
    RowName,
    code_key,
    room_id_of,
    room_key,
    room_partition,
)
from teahouse.adapters.lean.calls import ConditionFailed
from teahouse.adapters.lean.log import IF_EMPTY
from teahouse.adapters.lean.tables import Tables, place, places, values
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import Entry
from teahouse.domain.errors import Forbidden, NotFound
from teahouse.domain.member import BANNED, Member, Membership
from teahouse.domain.room import LOBBY_ID
from teahouse.ports import Page, SlotTaken


class LeanMembers:
    """The rooms' table, as far as members go."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rooms = tables.rooms

    def find(self, room_id: str, user_id: str) -> Member | None:
        item = self._rooms.find(place(member_key(room_id, user_id)), MemberItem)
        return member_of(item) if item else None

    def page(self, room_id: str, cursor: str | None, limit: int) -> Page[Member]:
        after = decode_cursor(cursor, MEMBER_PLACE) if cursor is not None else None
        first, last = members_between(after)
        found = self._rooms.query(
            "#pk = :pk AND #sk BETWEEN :first AND :last",
            values(pk=room_partition(room_id), first=first, last=last),
            MemberItem,
            limit=limit + 1,
        )
        members = [member_of(item) for item in found]
        shown = tuple(members[:limit])
        return Page(shown, encode_cursor(shown[-1].user.id) if len(members) > limit else None)

    def rooms_of(self, user_id: str) -> list[Membership]:
        items = self._rooms.query(
            "#pk = :pk AND begins_with(#sk, :room)",
            values(pk=list_partition(user_id), room=room_partition("")),
            MembershipItem,
        )
        return [membership_of(item) for item in items]

    def membership(self, room_id: str, user_id: str) -> Membership | None:
        item = self._rooms.find(place(membership_key(user_id, room_id)), MembershipItem)
        return membership_of(item) if item else None

    def among(self, user_id: str, room_ids: Sequence[str]) -> set[str]:
        keys = places(member_key(room_id, user_id) for room_id in room_ids)
        return {room_id_of(r.pk) for r in self._rooms.find_many(keys, RowName, is_projected=True)}

    def admit(
        self, member: Member, entry: Entry | None, *, read: tuple[int, int], code: str | None = None
    ) -> bool:
        rooms, connections = self._tables.rooms, self._tables.connections
        room_id, user_id = member.room_id, member.user.id
        parts = {
            "member": ("Put", rooms.putting(member_item(member), "attribute_not_exists(#pk)")),
            "membership": ("Put", rooms.putting(membership_item(member, read))),
            "tombstone": ("Delete", connections.deleting(place(tombstone_key(room_id, user_id)))),
            **self._counted(member, 1, entry),
        }
        if code is not None:
            leads = rooms.checking(place(code_key(code)), "#room = :room", values(room=room_id))
            parts["code"] = ("ConditionCheck", leads)
        ban = rooms.checking(place(ban_key(room_id, user_id)), "attribute_not_exists(#pk)")
        parts["ban"] = ("ConditionCheck", ban)
        failed = self._transact(parts)
        if "member" in failed:
            return False
        if failed:
            raise _refusal(failed)
        return True

    def remove(
        self,
        member: Member,
        entry: Entry | None,
        *,
        tombstone_until: int,
        by: Member | None = None,
    ) -> bool:
        rooms, connections = self._tables.rooms, self._tables.connections
        room_id, user_id = member.room_id, member.user.id
        same = values(role=member.role, seq=member.decided_seq, at=member.joined_at)
        row = rooms.deleting(
            place(member_key(room_id, user_id)),
            "#role = :role AND #seq = :seq AND #at = :at",
            same,
        )
        tombstone = tombstone_item(room_id, user_id, tombstone_until)
        parts = {
            "member": ("Delete", row),
            "membership": ("Delete", rooms.deleting(place(membership_key(user_id, room_id)))),
            "tombstone": ("Put", connections.putting(tombstone)),
            "left": ("Put", rooms.putting(left_item(user_id, room_id))),
            **self._counted(member, -1, entry),
        }
        if by is not None:
            key = place(member_key(room_id, by.user.id))
            check = rooms.checking(key, "#role = :role", values(role=by.role))
            parts["by"] = ("ConditionCheck", check)
        failed = self._transact(parts)
        if failed & ({"member", "by", "room"} if member.role == "owner" else {"member", "by"}):
            return False
        if failed:
            raise _refusal(failed)
        return True

    def left_by(self, user_id: str) -> list[str]:
        items = self._rooms.query(
            "#pk = :pk AND begins_with(#sk, :left)",
            values(pk=list_partition(user_id), left=left_prefix()),
            LeftItem,
        )
        return [left_room_of(item) for item in items]

    def forget_left(self, user_id: str, room_id: str) -> None:
        self._rooms.delete(place(left_key(user_id, room_id)))

    def mark_read(self, room_id: str, user_id: str, seq: int, number: int) -> None:
        with suppress(ConditionFailed):
            self._rooms.update(
                place(membership_key(user_id, room_id)),
                "SET #rs = :seq, #rn = :number",
                "#rs < :seq",
                values(seq=seq, number=number),
            )

    def _counted(self, member: Member, change: int, entry: Entry | None) -> dict[str, Any]:
        """Describe the change of the room's counts, and the slot if there is one."""
        add, sets, condition = "ADD #members :change", "", "attribute_exists(#pk)"
        if change > 0:
            condition += " AND attribute_not_exists(#closed)"
        given: dict[str, str | int] = {"change": change}
        parts: dict[str, Any] = {}
        if entry is not None:
            sets = " SET #counted = :seq"
            given["seq"] = entry.seq
            parts["slot"] = (
                "Put",
                self._tables.log.putting(slot_of(member.room_id, entry), IF_EMPTY),
            )
        if member.role == "owner":
            add += ", #owners :change"
            if change < 0 and member.room_id != LOBBY_ID:
                condition = "#owners > :one OR attribute_exists(#closed)"
                given["one"] = 1
        key, rooms = place(room_key(member.room_id)), self._tables.rooms
        parts["room"] = ("Update", rooms.updating(key, add + sets, condition, values(**given)))
        return parts

    def _transact(self, parts: dict[str, Any]) -> set[str]:
        """Carry out named parts, and name those whose conditions did not hold."""
        try:
            self._tables.transact(*parts.values())
        except ConditionFailed as error:
            names = list(parts)
            return {names[index] for index in error.failed}
        return set()


def _refusal(failed: set[str]) -> Exception:
    """Tell what it means: the room or the code is gone before anybody fights for a slot."""
    if "ban" in failed:
        return Forbidden(BANNED)
    return NotFound() if failed & {"room", "code"} else SlotTaken()
