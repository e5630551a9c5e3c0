"""What do people, rooms and messages look like on the wire?

Structs become camelCase JSON; what is None is left out unless the contract names it always.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from teahouse.domain.entry import Position
from teahouse.domain.user import UserKind

Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
Seq = Annotated[int, Meta(ge=1, le=2**53 - 1)]
# At least 122 random bits, as a UUID has; longer names are the caller's affair.
OperationId = Annotated[str, Meta(min_length=20, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
Epoch = Annotated[str, Meta(min_length=1, max_length=64)]


class Wire(Struct, rename="camel", kw_only=True, frozen=True, omit_defaults=True):
    """The base of everything the server says."""


class WirePosition(Struct, rename="camel", kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A place in a room's log."""

    epoch: Epoch
    seq: Seq

    def to_domain(self) -> Position:
        """Make the core's own position."""
        return Position(epoch=self.epoch, seq=self.seq)


class WireUser(Wire, kw_only=True, frozen=True):
    """Somebody, as others see them."""

    id: str
    display_name: str
    color: str
    avatar_url: str | None
    kind: UserKind
    username: str | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET
    administrator: bool | UnsetType = UNSET  # only told to oneself


class WireLastMessage(Wire, kw_only=True, frozen=True):
    """The newest message of a room, shortened; one that is deleted has no text."""

    seq: int
    by: str
    by_name: str
    text: str
    sent_at: int
    deleted: bool | UnsetType = UNSET


class WireRoom(Wire, kw_only=True, frozen=True):
    """A room in somebody's list. `head` may lag.

    `member_count` counts who joined and left up to the entry `counted_seq`. `peer` is the other one
    of a direct room, and gives it its name.
    """

    id: str
    name: str
    description: str
    kind: Literal["private", "public", "direct"]
    avatar_url: str | None
    role: Literal["owner", "moderator", "member"] | None
    member_count: int
    counted_seq: int
    epoch: str
    first_seq: int
    head: int
    read_seq: int
    unread: int
    muted_until: int | UnsetType = UNSET
    closed_at: int | UnsetType = UNSET
    last_message: WireLastMessage | UnsetType = UNSET
    peer: WireUser | UnsetType = UNSET
    code: str | UnsetType = UNSET


class WireAttachment(Wire, kw_only=True, frozen=True):
    """A picture of a message: `/media/<id>` and `/media/<id>/thumb` once it is `ready`."""

    id: str
    state: Literal["waiting", "ready", "refused"]
    reason: str | UnsetType = UNSET
    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET


class WireReaction(Wire, kw_only=True, frozen=True):
    """One emoji under a message."""

    emoji: str
    count: int
    mine: bool


class WireMessage(Wire, kw_only=True, frozen=True):
    """A message as it stands now; entries up to `changed_seq` are already in it."""

    seq: int
    by: str
    text: str
    attachments: list[WireAttachment]
    sent_at: int
    reactions: list[WireReaction]
    version: int
    number: int
    changed_seq: int
    reply_to: int | UnsetType = UNSET
    edited_at: int | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET
    client_message_id: str | UnsetType = UNSET


class WireKeptNotification(Wire, kw_only=True, frozen=True):
    """Something a person is told; `by` is who caused it, `link` a path of this site."""

    id: str
    kind: str
    title: str
    created_at: int
    read: bool
    body: str | UnsetType = UNSET
    link: str | UnsetType = UNSET
    by: str | UnsetType = UNSET


class WireMember(Wire, kw_only=True, frozen=True):
    """One line of a room's list of people."""

    user: WireUser
    role: Literal["owner", "moderator", "member"]
    online: bool
    muted_until: int | UnsetType = UNSET


# `{seq, kind, by, at, ...}`: the facts of `teahouse.domain.entry`, in camelCase.
WireEvent = dict[str, Any]
Users = dict[str, WireUser]
