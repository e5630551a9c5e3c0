"""How do people, rooms and messages become what travels?"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TypeVar

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from teahouse.domain.entry import Entry
from teahouse.domain.member import Member, Membership
from teahouse.domain.message import Message
from teahouse.domain.notification import Notification
from teahouse.domain.room import Room, Summary
from teahouse.domain.user import User
from teahouse.protocol.codec import wire_attachment
from teahouse.protocol.frames import RoomAdded, Welcome
from teahouse.protocol.pages import InvitedRoom, RoomAnswer, RoomsPage
from teahouse.protocol.shapes import (
    Users,
    WireKeptNotification,
    WireLastMessage,
    WireMember,
    WireMessage,
    WireReaction,
    WireRoom,
    WireUser,
)

Answer = TypeVar("Answer")


def wire_user(user: User) -> WireUser:
    """Show somebody as others see them."""
    return WireUser(
        id=user.id,
        display_name=user.display_name,
        color=user.color,
        avatar_url=_media(user.avatar),
        kind=user.kind,
        username=user.username or UNSET,
        deleted=True if user.is_deleted else UNSET,
    )


def wire_myself(user: User) -> WireUser:
    """Show somebody to themselves: with what they may do here."""
    return replace(wire_user(user), administrator=True if user.is_administrator else UNSET)


def wire_users(users: Mapping[str, User]) -> Users:
    """Show everybody an answer mentions, by id."""
    return {user_id: wire_user(user) for user_id, user in users.items()}


def wire_room(
    room: Room,
    summary: Summary | None,
    membership: Membership | None,
    *,
    epoch: str,
    people: Mapping[str, User] | None = None,
    newest: Entry | None = None,
) -> WireRoom:
    """Show a room as it stands in somebody's list; without a membership, as a stranger sees it.

    The summary may lag behind `newest`, for whoever has read that. `people` are those whom it
    shows. The invitation code is only for those who may invite.
    """
    known = people or {}
    peer = known.get(room.other_than(membership.user_id) or "") if membership else None
    may_invite = membership is not None and membership.may_invite
    last = newest or summary
    return WireRoom(
        id=room.id,
        name=peer.display_name if peer else room.name,
        description=room.description,
        kind=room.kind,
        avatar_url=_media(peer.avatar if peer else room.avatar),
        role=membership.role if membership else None,
        member_count=room.member_count,
        counted_seq=room.counted_seq,
        epoch=epoch,
        first_seq=room.first_seq,
        head=max(room.first_seq, last.seq if last else 0),
        read_seq=membership.read_seq if membership else 0,
        unread=_unread(last, membership),
        closed_at=room.closed_at or UNSET,
        muted_until=(membership.muted_until or UNSET) if membership else UNSET,
        last_message=_last_message(summary, known) if membership else UNSET,
        peer=wire_user(peer) if peer else UNSET,
        code=room.code if room.code and room.kind == "private" and may_invite else UNSET,
    )


def wire_invited_room(room: Room) -> InvitedRoom:
    """Show what a room's code tells to a stranger who holds it."""
    return InvitedRoom(
        id=room.id,
        name=room.name,
        avatar_url=_media(room.avatar),
        member_count=room.member_count,
    )


def without_codes(answer: Answer) -> Answer:
    """Take the invitation codes out of what shows rooms, for a key that may let nobody in.

    Whatever shows none is given back itself.
    """
    match answer:
        case RoomAnswer() | RoomAdded() if answer.room.code:
            return replace(answer, room=_without_code(answer.room))
        case RoomsPage() | Welcome() if any(room.code for room in answer.rooms):
            return replace(answer, rooms=[_without_code(room) for room in answer.rooms])
    return answer


def wire_message(message: Message, mine: Set[str] = frozenset()) -> WireMessage:
    """Show a message as it stands now; `mine` are the reader's own emojis under it."""
    return WireMessage(
        seq=message.seq,
        by=message.by,
        text=message.text,
        attachments=[wire_attachment(attachment) for attachment in message.attachments],
        sent_at=message.sent_at,
        reactions=[
            WireReaction(emoji=emoji, count=count, mine=emoji in mine)
            for emoji, count in message.reactions
        ],
        version=message.version,
        number=message.number,
        changed_seq=message.changed_seq,
        reply_to=message.reply_to or UNSET,
        edited_at=message.edited_at or UNSET,
        deleted=True if message.is_deleted else UNSET,
        client_message_id=message.client_message_id,
    )


def wire_member(member: Member, user: User, *, is_online: bool) -> WireMember:
    """Show one line of a room's list of people; `user` is the profile of today."""
    return WireMember(
        user=wire_user(user),
        role=member.role,
        online=is_online,
        muted_until=member.muted_until or UNSET,
    )


def wire_notification(notification: Notification, *, is_read: bool) -> WireKeptNotification:
    """Show what a person was told."""
    return WireKeptNotification(
        id=notification.id,
        kind=notification.kind,
        title=notification.title,
        created_at=notification.created_at,
        read=is_read,
        body=notification.body or UNSET,
        link=notification.link or UNSET,
        by=notification.by or UNSET,
    )


def _without_code(room: WireRoom) -> WireRoom:
    return replace(room, code=UNSET)


def _media(upload_id: str | None) -> str | None:
    return f"/media/{upload_id}" if upload_id else None


def _unread(last: Entry | Summary | None, membership: Membership | None) -> int:
    if last is None or membership is None:
        return 0
    return max(0, last.number - membership.read_number)


def _last_message(
    summary: Summary | None, people: Mapping[str, User]
) -> WireLastMessage | UnsetType:
    if summary is None or summary.text is None or summary.by is None:
        return UNSET
    author = people.get(summary.by) if summary.text else None
    return WireLastMessage(
        seq=summary.seq,
        by=summary.by,
        by_name=author.display_name if author and not author.is_deleted else "",
        text=summary.text,
        sent_at=summary.at,
        deleted=True if not summary.text else UNSET,
    )
