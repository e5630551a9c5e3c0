"""Who is in a room, and what may they do?"""

from __future__ import annotations

from collections.abc import Iterable

from teahouse.domain.entry import Entry, Fact, MemberFact, MessageDeleted, Role
from teahouse.domain.errors import Muted
from teahouse.domain.user import User
from teahouse.domain.values import dataclass

BANNED = "You are banned from this room."  # a secret to nobody: it is public, or they hold its code
ROOMS_PER_USER = 500  # a person's list is read whole, to show what moved last


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member's row. `decided_seq` is the slot that decided it; where joining takes no slot, the
    newest of that moment, so that an earlier removal is no longer news.

    `user` is the member's profile as it was when last written, so that a send needs no second read.
    """

    room_id: str
    user: User
    role: Role
    joined_at: int
    decided_seq: int
    muted_until: int | None = None

    @property
    def may_invite(self) -> bool:
        return may_invite(self.role)

    @property
    def may_moderate(self) -> bool:
        """Owners and moderators keep order; a plain member learns nothing of who is there."""
        return self.role in ("owner", "moderator")

    def may_delete(self, author_id: str) -> bool:
        """Authors delete what they said, moderators and owners whatever was said."""
        return author_id == self.user.id or self.role in ("owner", "moderator")

    def may_remove(self, other: Member) -> bool:
        """Owners remove anybody else, moderators remove plain members."""
        if other.user.id == self.user.id or other.role == "owner":
            return False
        return self.role == "owner" or (self.role == "moderator" and other.role == "member")

    def may_mute(self, other: Member) -> bool:
        """Owners and moderators mute plain members."""
        return self.may_moderate and other.role == "member"

    def require_voice(self, fact: Fact, now_ms: int) -> None:
        """Refuse what somebody who is muted wants to write; to take back is always allowed.

        Raises:
            Muted: for now.
        """
        is_muted = self.muted_until is not None and self.muted_until > now_ms
        if is_muted and not isinstance(fact, MessageDeleted):
            raise Muted


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One room in a person's list, with how far the person has read."""

    user_id: str
    room_id: str
    role: Role
    joined_at: int
    read_seq: int
    read_number: int
    muted_until: int | None = None

    @property
    def may_invite(self) -> bool:
        return may_invite(self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """Somebody may not become a member of a room, by any way."""

    room_id: str
    user_id: str
    by: str
    at: int


def may_invite(role: Role) -> bool:
    """Tell whether a role may see, share and renew a room's invitation code."""
    return role in ("owner", "moderator")


def decides_membership(entry: Entry, user_id: str) -> bool:
    """Tell whether an entry changed the member row of `user_id`."""
    fact = entry.fact
    return isinstance(fact, MemberFact) and fact.user_id == user_id


def row_is_outdated(run: Iterable[Entry], user_id: str, decided_seq: int) -> bool:
    """Tell whether the log knows something newer of `user_id` than the row that was read."""
    return any(decides_membership(e, user_id) and e.seq > decided_seq for e in run)
