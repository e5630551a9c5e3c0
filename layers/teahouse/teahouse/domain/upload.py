"""What may people upload, and what has become of it?

    waiting ──► ready     looked at, made anew, may be shown
       └──────► refused   it is not what it claims, or too much

What was uploaded is never shown: a picture is decoded and written anew, without what else the file
held. An upload stands in one place at most: the message or the avatar that took it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from teahouse.domain.entry import Attachment, UploadState
from teahouse.domain.errors import Invalid, TooLarge
from teahouse.domain.values import dataclass

Purpose = Literal["attachment", "avatar"]
Variant = Literal["image", "thumb"]

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
MAX_ATTACHMENTS = 10  # of one message
FORM_S = 60  # how long a form may be sent
UNUSED_MS = 24 * 3600 * 1000  # what no message took by then is gone

# How a file of each kind begins. SVG is text that may hold scripts: it is none of them.
_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
CONTENT_TYPES = tuple(_BEGINNINGS)
SHOWN_TYPES = ("image/jpeg", "image/webp")  # what pictures are made anew as


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Something uploaded, or about to be. `room_id` and `seq` name the message that took it."""

    id: str
    owner_id: str
    purpose: Purpose
    content_type: str
    size_bytes: int
    created_at: int
    state: UploadState = "waiting"
    reason: str | None = None
    width: int | None = None
    height: int | None = None
    room_id: str | None = None
    seq: int | None = None
    is_avatar: bool = False

    @property
    def is_used(self) -> bool:
        return self.room_id is not None or self.is_avatar

    def may_be_avatar_of(self, user_id: str) -> bool:
        """Tell whether it is theirs, for that purpose, ready, and in no other place."""
        wanted = (user_id, "avatar", "ready")
        return (self.owner_id, self.purpose, self.state) == wanted and not self.is_used

    @property
    def attachment(self) -> Attachment:
        """What a message says of it."""
        return Attachment(
            id=self.id,
            state=self.state,
            reason=self.reason,
            width=self.width,
            height=self.height,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An encoded picture."""

    data: bytes
    content_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """What was made of an upload; avatars need no thumbnail."""

    image: Picture
    thumb: Picture | None = None


class Unacceptable(Exception):
    """A file cannot be shown; `reason` is `not_a_picture`, `too_many_pixels` or `damaged`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_announced(content_type: str, size_bytes: int) -> None:
    """Check what somebody says is to come.

    Raises:
        Invalid: not a kind of picture that is taken, or nothing.
        TooLarge: over `MAX_UPLOAD_BYTES`.
    """
    if content_type not in CONTENT_TYPES:
        raise Invalid(fields={"contentType": f"one of {', '.join(CONTENT_TYPES)}"})
    if size_bytes < 1:
        raise Invalid(fields={"sizeBytes": "must not be empty"})
    if size_bytes > MAX_UPLOAD_BYTES:
        raise TooLarge(f"A picture has at most {MAX_UPLOAD_BYTES} bytes.")


def kind_of(data: bytes) -> str | None:
    """Tell which kind of picture a file is by how it begins, whatever it claims to be."""
    for content_type, beginnings in _BEGINNINGS.items():
        if data.startswith(beginnings):
            if content_type == "image/webp" and data[8:12] != b"WEBP":
                return None
            return content_type
    return None


def incoming_key(upload_id: str) -> str:
    """Name the object that a form makes: in quarantine, and never served."""
    return f"incoming/{upload_id}"


def kept_key(upload_id: str, variant: Variant) -> str:
    """Name the object that is shown."""
    return f"kept/{upload_id}/{variant}"
