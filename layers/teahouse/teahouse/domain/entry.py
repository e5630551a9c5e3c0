"""What can happen in a room? One entry of its log, and every fact an entry can hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Literal

from teahouse.domain.values import dataclass

Role = Literal["owner", "moderator", "member"]
UploadState = Literal["waiting", "ready", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What a message says of a picture it carries; its size is known once it is ready."""

    id: str
    state: UploadState = "waiting"
    reason: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a room's log that has been seen: the slot `seq` of that epoch."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOpened:
    """Slot 1 of every room."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """A member said something. `number` counts the room's messages from 1."""

    text: str
    client_message_id: str
    number: int
    reply_to: int | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined:
    """Somebody became a member."""

    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft:
    """A member left by choice."""

    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRemoved:
    """A member was removed by somebody else."""

    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberBanned:
    """Somebody was banned, and so removed if they were a member."""

    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged:
    """What a member may do in the room is something else now."""

    user_id: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberMuted:
    """A member may not write until then (ms since the epoch); without `until`, may again."""

    user_id: str
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """The author says it otherwise; `version` counts from 1, which is how it was sent."""

    target: int
    text: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted:
    """A message was taken back; its text is gone from every slot too."""

    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded:
    """A member put an emoji under a message."""

    target: int
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRemoved:
    """A member took an emoji back."""

    target: int
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged:
    """The room is named, described, shown or opened otherwise; only what changed is said.

    `avatar` is an upload's id, "" for none.
    """

    name: str | None = None
    description: str | None = None
    avatar: str | None = None
    room_kind: Literal["private", "public"] | None = None  # `kind` is the entry's own


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomClosed:
    """The last slot of a log: nobody writes behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentSettled:
    """What a message waited for has been looked at: it is shown from now on, or refused."""

    target: int
    attachment: Attachment


ChangingFact = MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved | AttachmentSettled
# Those that change the row of the member they name.
MemberFact = MemberJoined | MemberLeft | MemberRemoved | MemberBanned | RoleChanged | MemberMuted
Fact = RoomOpened | MessageSent | ChangingFact | MemberFact | RoomChanged | RoomClosed

# The wire's name of each fact: the past tense of the verb.
FACTS: Mapping[str, type[Fact]] = {
    "roomOpened": RoomOpened,
    "messageSent": MessageSent,
    "messageEdited": MessageEdited,
    "messageDeleted": MessageDeleted,
    "reactionAdded": ReactionAdded,
    "reactionRemoved": ReactionRemoved,
    "attachmentSettled": AttachmentSettled,
    "memberJoined": MemberJoined,
    "memberLeft": MemberLeft,
    "memberRemoved": MemberRemoved,
    "memberBanned": MemberBanned,
    "roleChanged": RoleChanged,
    "memberMuted": MemberMuted,
    "roomChanged": RoomChanged,
    "roomClosed": RoomClosed,
}
KINDS: Mapping[type[Fact], str] = {fact: kind for kind, fact in FACTS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One immutable slot of a room's log; only a deletion blanks the text in it.

    `number` is the number of the newest message up to and including this slot, and `room_key` the
    room's random part of the epoch; every slot carries both forward, so that the newest slot alone
    tells them. `together_from` is the first of the entries that its writer pushes with this one;
    None: this one alone, at once.
    """

    seq: int
    by: str
    at: int  # ms since the epoch, for showing; `seq` decides order
    fact: Fact
    operation_id: str
    body_hash: str
    number: int
    room_key: str
    together_from: int | None = None

    @property
    def kind(self) -> str:
        return KINDS[type(self.fact)]

    @property
    def user_ids(self) -> set[str]:
        """Everybody the entry mentions."""
        subject = getattr(self.fact, "user_id", None)
        return {self.by} | ({subject} if subject else set())


def body_hash(fact: Fact) -> str:
    """Name the body of a fact, so that one operation id cannot stand for two bodies.

    The message's `number` is given by the log, so it is no part of what the author asked for; nor
    is what has become of an attachment by then.
    """
    body = {k: v for k, v in asdict(fact).items() if k != "number"}
    if isinstance(fact, MessageSent):
        body["attachments"] = tuple(attachment.id for attachment in fact.attachments)
    text = repr((KINDS[type(fact)], sorted(body.items())))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
