"""Uploads, lean: beside the rooms, since a message takes its own in the transaction of its slot."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from teahouse.adapters.items.uploads import (
    AVATAR,
    OwnUploadItem,
    UploadItem,
    own_key,
    owner_partition,
    upload_item,
    upload_key,
    upload_of,
)
from teahouse.adapters.items.values import wrapped
from teahouse.adapters.lean.calls import ConditionFailed
from teahouse.adapters.lean.tables import Table, Tables, place, places, values
from teahouse.domain.entry import Entry, UploadState
from teahouse.domain.upload import Upload


class LeanUploads:
    """The rooms' table, as far as uploads go."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rooms = tables.rooms

    def create(self, upload: Upload) -> None:
        own = OwnUploadItem(*wrapped(own_key(upload.owner_id, upload.id)))
        self._tables.transact(
            ("Put", self._rooms.putting(upload_item(upload))), ("Put", self._rooms.putting(own))
        )

    def find(self, upload_id: str) -> Upload | None:
        item = self._rooms.find(place(upload_key(upload_id)), UploadItem)
        return upload_of(item) if item else None

    def find_many(self, upload_ids: Sequence[str]) -> dict[str, Upload]:
        keys = places(upload_key(each) for each in upload_ids)
        found = map(upload_of, self._rooms.find_many(keys, UploadItem))
        return {upload.id: upload for upload in found}

    def settle(
        self,
        upload_id: str,
        state: UploadState,
        *,
        reason: str | None = None,
        size: tuple[int, int] | None = None,
    ) -> Upload | None:
        facts: dict[str, str | int] = {"state": state}
        if reason is not None:
            facts["reason"] = reason
        if size is not None:
            facts["width"], facts["height"] = size
        change = "SET " + ", ".join(f"#{name} = :{name}" for name in facts)
        given = values(**facts, waits="waiting")
        with suppress(ConditionFailed):  # settled before, or gone: what is read next tells
            self._rooms.update(place(upload_key(upload_id)), change, "#state = :waits", given)
        return self.find(upload_id)

    def take_as_avatar(self, upload_id: str, owner_id: str) -> bool:
        try:
            self._rooms.update(
                place(upload_key(upload_id)),
                "SET #place = :place REMOVE #ttl",
                "#owner = :owner AND #purpose = :avatar AND #state = :ready"
                " AND attribute_not_exists(#place)",
                values(place=AVATAR, owner=owner_id, avatar="avatar", ready="ready"),
            )
        except ConditionFailed:
            return False
        return True

    def remove(self, upload_id: str) -> None:
        upload = self.find(upload_id)
        if upload is not None:
            keys = places([own_key(upload.owner_id, upload_id), upload_key(upload_id)])
            self._tables.transact(*(("Delete", self._rooms.deleting(key)) for key in keys))

    def of_owner(self, owner_id: str) -> list[str]:
        given = values(pk=owner_partition(owner_id))
        lines = self._rooms.query("#pk = :pk", given, OwnUploadItem, is_consistent=False)
        return [line.sk.S for line in lines]


def taking(rooms: Table, room_id: str, entry: Entry, upload: Upload) -> tuple[str, object]:
    """Describe how a message takes an upload, as a part of its transaction."""
    return (
        "Update",
        rooms.updating(
            place(upload_key(upload.id)),
            "SET #place = :room, #seq = :seq REMOVE #ttl",
            "#owner = :owner AND #state = :state AND attribute_not_exists(#place)",
            values(room=room_id, seq=entry.seq, owner=entry.by, state=upload.state),
        ),
    )
