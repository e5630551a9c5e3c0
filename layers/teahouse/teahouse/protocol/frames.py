"""Which frames are there? Every action of a client and every frame of the server, typed once."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from teahouse.domain.session import Scope
from teahouse.protocol.shapes import (
    Id,
    OperationId,
    Seq,
    Users,
    Wire,
    WireEvent,
    WirePosition,
    WireRoom,
    WireUser,
)

MAX_FRAME_BYTES = 32_767  # API Gateway quotas page: frames of 32 KB; ours stay under it
PING_S = 30

RequestId = Annotated[str, Meta(max_length=64)]
RefusalCode = Literal[
    "bad_request",
    "not_signed_in",
    "forbidden",
    "muted",
    "not_found",
    "not_a_member",
    "conflict",
    "version_conflict",
    "stale_position",
    "room_closed",
    "too_large",
    "invalid",
    "too_many_requests",
    "internal_error",
    "busy",
]


class Action(
    Struct,
    rename="camel",
    kw_only=True,
    frozen=True,
    tag_field="action",
    forbid_unknown_fields=True,
):
    """The base of what a client asks. `id` is the caller's choice; answers carry it as `re`."""

    needs: ClassVar[Scope] = "write"  # of an API key; a session may do everything
    id: RequestId | None = None


class Hello(Action, kw_only=True, frozen=True, tag="hello"):
    """Who am I, and where do I stand?"""

    needs: ClassVar[Scope] = "read"


class JoinRoom(Action, kw_only=True, frozen=True, tag="joinRoom"):
    """Hear a room from now on, and what was missed since `position`."""

    needs: ClassVar[Scope] = "read"

    room_id: Id
    position: WirePosition | None = None


class UnjoinRoom(Action, kw_only=True, frozen=True, tag="unjoinRoom"):
    """Hear a room no more on this connection; membership stays."""

    needs: ClassVar[Scope] = "read"

    room_id: Id


class SendMessage(Action, kw_only=True, frozen=True, tag="sendMessage"):
    """Say something. `position` is the one of the first attempt."""

    room_id: Id
    client_message_id: OperationId
    position: WirePosition
    text: str
    reply_to: Seq | None = None
    attachments: Annotated[list[Id], Meta(max_length=10)] | None = None


class EditMessage(Action, kw_only=True, frozen=True, tag="editMessage"):
    """Say otherwise what I said. `version` is the one that was seen."""

    room_id: Id
    seq: Seq
    version: Seq
    text: str
    operation_id: OperationId | None = None
    position: WirePosition | None = None


class DeleteMessage(Action, kw_only=True, frozen=True, tag="deleteMessage"):
    """Take a message back: one's own, or as moderator or owner anybody's."""

    room_id: Id
    seq: Seq
    operation_id: OperationId | None = None
    position: WirePosition | None = None


class React(Action, kw_only=True, frozen=True, tag="react"):
    """Let my emoji stand under a message, or no more."""

    room_id: Id
    seq: Seq
    emoji: Annotated[str, Meta(min_length=1, max_length=64)]
    on: bool
    operation_id: OperationId | None = None
    position: WirePosition | None = None


class Ping(Action, kw_only=True, frozen=True, tag="ping"):
    """Keep the connection, and ask which of these rooms have moved on."""

    needs: ClassVar[Scope] = "read"

    positions: Annotated[dict[Id, WirePosition], Meta(max_length=50)] | None = None


class MarkRead(Action, kw_only=True, frozen=True, tag="markRead"):
    """I have read this room up to `seq`."""

    room_id: Id
    seq: Seq


class SignalTyping(Action, kw_only=True, frozen=True, tag="signalTyping"):
    """I am writing something in this room; heard at most every 3 s, and in rooms of few."""

    room_id: Id


class Frame(Wire, kw_only=True, frozen=True, tag_field="type"):
    """The base of every frame of the server."""


class Answer(Frame, kw_only=True, frozen=True):
    """The base of frames that answer an action: `re` is the action's `id`."""

    re: str | UnsetType = UNSET


class Welcome(Answer, kw_only=True, frozen=True, tag="welcome"):
    """The answer to `hello`; `more` says that `rooms` is not all."""

    user: WireUser
    rooms: list[WireRoom]
    more: bool
    now: int
    unread_notifications: int
    ping_s: int
    server_version: str


class Joined(Answer, kw_only=True, frozen=True, tag="joined"):
    """The answer to `joinRoom`; `more` says that `events` is not all up to `head`.

    `online` lists who is here by id, or counts them in rooms of more than 100, and where a list
    would not fit the frame.
    """

    room_id: str
    epoch: str
    first_seq: int
    head: int
    events: list[WireEvent]
    users: Users
    more: bool
    online: list[str] | int
    reset: bool | UnsetType = UNSET


class Unjoined(Answer, kw_only=True, frozen=True, tag="unjoined"):
    """The answer to `unjoinRoom`."""

    room_id: str


class Sent(Answer, kw_only=True, frozen=True, tag="sent"):
    """The acknowledgement of `sendMessage`: the message is in the log."""

    room_id: str
    client_message_id: str
    epoch: str
    seq: int
    event: WireEvent
    duplicate: bool | UnsetType = UNSET


class Done(Answer, kw_only=True, frozen=True, tag="done"):
    """A message is as it was asked for: `event` made it so, now or before."""

    room_id: str
    epoch: str
    seq: int
    event: WireEvent


class Pong(Answer, kw_only=True, frozen=True, tag="pong"):
    """The answer to `ping`: rooms with entries after the position, rooms of another epoch."""

    behind: list[str]
    reset: list[str]


class Refused(Answer, kw_only=True, frozen=True, tag="refused"):
    """An action that was not carried out, and why."""

    code: RefusalCode
    message: str
    retryable: bool
    fields: dict[str, str] | UnsetType = UNSET


class Events(Frame, kw_only=True, frozen=True, tag="events"):
    """Entries of a room's log, ascending and contiguous."""

    room_id: str
    epoch: str
    events: list[WireEvent]
    users: Users


class Presence(Frame, kw_only=True, frozen=True, tag="presence"):
    """People have entered or left; `online` as in `joined`, so one that is lost is made good.

    `users` are those of `entered` and `left`, who are named where `online` is a list.
    """

    room_id: str
    online: list[str] | int
    users: Users
    entered: list[str] | UnsetType = UNSET
    left: list[str] | UnsetType = UNSET


class Typing(Frame, kw_only=True, frozen=True, tag="typing"):
    """Somebody else is writing; it holds for some seconds, or until they have said it."""

    room_id: str
    user_id: str


class Notification(Frame, kw_only=True, frozen=True, tag="notification"):
    """Something that this person alone is told, on every device; it is kept until it is read."""

    id: str
    kind: str
    title: str
    created_at: int
    body: str | UnsetType = UNSET
    link: str | UnsetType = UNSET
    by: str | UnsetType = UNSET


class Announcement(Frame, kw_only=True, frozen=True, tag="announcement"):
    """What an administrator tells everybody; who is not here finds it among the notifications."""

    text: str


class UserChanged(Frame, kw_only=True, frozen=True, tag="userChanged"):
    """Somebody of a room that is heard, or oneself, is called or looks otherwise."""

    user: WireUser


class Read(Frame, kw_only=True, frozen=True, tag="read"):
    """Another device of the same person has read up to `seq`."""

    room_id: str
    seq: int
    unread: int


class RoomAdded(Frame, kw_only=True, frozen=True, tag="roomAdded"):
    """A room is in the list from now on."""

    room: WireRoom


class RoomRemoved(Frame, kw_only=True, frozen=True, tag="roomRemoved"):
    """A room is no longer in the list; the connection stays open for other rooms."""

    room_id: str
    reason: Literal["left", "removed", "banned"]


class Goodbye(Frame, kw_only=True, frozen=True, tag="goodbye"):
    """The server is about to close this connection; `not_signed_in`: the session has ended."""

    code: str
    message: str
    reconnect: bool


ClientFrame = (
    Hello
    | JoinRoom
    | UnjoinRoom
    | SendMessage
    | EditMessage
    | DeleteMessage
    | React
    | Ping
    | MarkRead
    | SignalTyping
)
ServerFrame = (
    Welcome
    | Joined
    | Unjoined
    | Sent
    | Done
    | Pong
    | Refused
    | Events
    | Presence
    | Typing
    | Notification
    | Announcement
    | UserChanged
    | Read
    | RoomAdded
    | RoomRemoved
    | Goodbye
)
