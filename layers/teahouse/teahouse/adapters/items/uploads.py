"""What does an upload look like in the table?"""

from __future__ import annotations

from typing import cast

from teahouse.adapters.items.values import (
    Item,
    Key,
    Number,
    Text,
    number,
    text_or_none,
    value_of,
    wrapped,
)
from teahouse.domain.entry import UploadState
from teahouse.domain.upload import UNUSED_MS, Purpose, Upload

AVATAR = "avatar"  # where an upload stands that is no message's


class UploadItem(Item):
    """An upload. `place` is the room of the message that took it; `ttl` is there until then."""

    pk: Text
    sk: Text
    owner: Text
    purpose: Text
    type: Text
    size: Number
    at: Number
    state: Text
    reason: Text | None = None
    width: Number | None = None
    height: Number | None = None
    place: Text | None = None
    seq: Number | None = None
    ttl: Number | None = None


class OwnUploadItem(Item):
    """One line of the list of somebody's uploads."""

    pk: Text
    sk: Text


def upload_key(upload_id: str) -> Key:
    """Name an upload."""
    return f"F#{upload_id}", "UPLOAD"


def owner_partition(owner_id: str) -> str:
    """Name the partition of somebody's uploads."""
    return f"F#{owner_id}#"


def own_key(owner_id: str, upload_id: str) -> Key:
    """Name a line of the list of somebody's uploads."""
    return owner_partition(owner_id), upload_id


def upload_item(upload: Upload) -> UploadItem:
    """Make the item of an upload that nothing has taken."""
    return UploadItem(
        *wrapped(upload_key(upload.id)),
        owner=Text(upload.owner_id),
        purpose=Text(upload.purpose),
        type=Text(upload.content_type),
        size=number(upload.size_bytes),
        at=number(upload.created_at),
        state=Text(upload.state),
        reason=text_or_none(upload.reason),
        ttl=number((upload.created_at + UNUSED_MS) // 1000),
    )


def upload_of(item: UploadItem) -> Upload:
    """Make the upload of an item."""
    place = value_of(item.place)
    return Upload(
        id=item.pk.S.removeprefix("F#"),
        owner_id=item.owner.S,
        purpose=cast(Purpose, item.purpose.S),
        content_type=item.type.S,
        size_bytes=int(item.size),
        created_at=int(item.at),
        state=cast(UploadState, item.state.S),
        reason=value_of(item.reason),
        width=_int(item.width),
        height=_int(item.height),
        room_id=None if place == AVATAR else place,
        seq=_int(item.seq),
        is_avatar=place == AVATAR,
    )


def _int(value: Number | None) -> int | None:
    return None if value is None else int(value)
