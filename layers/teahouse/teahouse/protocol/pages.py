"""What do the answers about rooms, members and history look like?"""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from teahouse.protocol.shapes import (
    Users,
    Wire,
    WireEvent,
    WireKeptNotification,
    WireMember,
    WireMessage,
    WireRoom,
    WireUser,
)


class RoomAnswer(Wire, kw_only=True, frozen=True):
    """One room."""

    room: WireRoom


class RoomsPage(Wire, kw_only=True, frozen=True):
    """Some rooms of a list; `next` is the cursor that continues it."""

    rooms: list[WireRoom]
    next: str | UnsetType = UNSET


class CodeAnswer(Wire, kw_only=True, frozen=True):
    """A room's invitation code."""

    code: str


class InvitedRoom(Wire, kw_only=True, frozen=True):
    """What may be known of a room by who holds its code."""

    id: str
    name: str
    avatar_url: str | None
    member_count: int


class InvitationAnswer(Wire, kw_only=True, frozen=True):
    """The room that a code leads to."""

    room: InvitedRoom


class MembersPage(Wire, kw_only=True, frozen=True):
    """Some members of a room."""

    members: list[WireMember]
    next: str | UnsetType = UNSET


class NotificationsPage(Wire, kw_only=True, frozen=True):
    """The newest notifications, newest first, and how many of them are unread."""

    notifications: list[WireKeptNotification]
    unread: int


class NotificationAnswer(Wire, kw_only=True, frozen=True):
    """The name of a notification that is on its way."""

    id: str


class WireBan(Wire, kw_only=True, frozen=True):
    """Somebody who may not become a member; `by` banned them."""

    user: WireUser
    by: str
    at: int


class BansPage(Wire, kw_only=True, frozen=True):
    """Some of a room's bans."""

    bans: list[WireBan]
    next: str | UnsetType = UNSET


class WireReport(Wire, kw_only=True, frozen=True):
    """A message that `by` reported; `author` and `text` as they stand, absent once it is gone."""

    id: str
    room_id: str
    seq: int
    by: str
    at: int
    reason: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    text: str | UnsetType = UNSET


class ReportAnswer(Wire, kw_only=True, frozen=True):
    """The name of a report."""

    id: str


class ReportsPage(Wire, kw_only=True, frozen=True):
    """Some reports, newest first; `next` is the cursor that continues the list."""

    reports: list[WireReport]
    users: Users
    next: str | UnsetType = UNSET


class PeoplePage(Wire, kw_only=True, frozen=True):
    """Some people by id; `next` is the cursor that continues the list."""

    users: Users
    next: str | UnsetType = UNSET


class EventsPage(Wire, kw_only=True, frozen=True):
    """Entries of a room's log: ascending and contiguous. `head` is the newest slot there is."""

    epoch: str
    first_seq: int
    head: int
    events: list[WireEvent]
    users: Users


class MessagesPage(Wire, kw_only=True, frozen=True):
    """Messages as they stand now, ascending. `head` was read before them."""

    epoch: str
    head: int
    messages: list[WireMessage]
    users: Users


class FoundMessage(WireMessage, kw_only=True, frozen=True):
    """A message that was looked for, and the room it stands in."""

    room_id: str


class SearchPage(Wire, kw_only=True, frozen=True):
    """What was found so far, newest first in each room; `next` goes on, also after nothing."""

    messages: list[FoundMessage]
    users: Users
    next: str | UnsetType = UNSET


class EventAnswer(Wire, kw_only=True, frozen=True):
    """The entry that a request put into the log."""

    event: WireEvent
