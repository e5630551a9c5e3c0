"""Put an emoji under a message, or take it back."""

from __future__ import annotations

from teahouse.actions.append import Accepted
from teahouse.actions.change_message import Change, change_message
from teahouse.app import App
from teahouse.domain.emoji import check_emoji
from teahouse.domain.entry import Position, ReactionAdded, ReactionRemoved
from teahouse.domain.errors import Invalid, NotFound
from teahouse.domain.member import Member
from teahouse.domain.message import MAX_EMOJI_KINDS, Standing


def react(
    app: App,
    *,
    member_id: str,
    room_id: str,
    seq: int,
    emoji: str,
    is_on: bool,
    operation_id: str | None = None,
    position: Position | None = None,
    connection_id: str | None = None,
    re: str | None = None,
) -> Accepted:
    """Let a member's emoji stand under a message or not.

    Where it does so already, the entry that made it so is the answer; where it never stood there,
    the one that changed the message last.

    Raises:
        NotAMember, StalePosition, Conflict, Busy, NotFound: as `change_message`.
        Invalid: not one emoji, or one kind too many.
    """
    check_emoji(emoji)

    def decide(app: App, member: Member, standing: Standing) -> int | None:
        if standing.is_deleted:
            raise NotFound("This message was deleted.")
        put_by = app.messages.find_reaction(room_id, seq, member.user.id, emoji)
        if is_on and put_by is None and not standing.has_room_for(emoji):
            raise Invalid(fields={"emoji": f"at most {MAX_EMOJI_KINDS} kinds under a message"})
        if is_on:
            return put_by
        return standing.changed_seq if put_by is None else None

    made = ReactionAdded if is_on else ReactionRemoved
    change = Change(
        room_id=room_id,
        author_id=member_id,
        fact=made(target=seq, emoji=emoji),
        decide=decide,
        operation_id=operation_id,
        position=position,
    )
    return change_message(app, change, connection_id=connection_id, re=re)
