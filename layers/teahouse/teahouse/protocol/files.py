"""What do the answers about uploads look like?"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, UnsetType

from teahouse.protocol.shapes import Wire


class CreatedUpload(Wire, kw_only=True, frozen=True):
    """Where to send a form: all `fields` as they stand, and last of all a field named `file`."""

    id: str
    url: str
    fields: dict[str, str]


class UploadAnswer(Wire, kw_only=True, frozen=True):
    """What has become of an upload."""

    id: str
    state: Literal["waiting", "ready", "refused"]
    reason: str | UnsetType = UNSET
    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET
