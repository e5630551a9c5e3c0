"""Let a member write no more for a while, or again."""

from __future__ import annotations

from dataclasses import replace

from teahouse.actions.decide_member import Decision, decide_member
from teahouse.app import App
from teahouse.domain.entry import MemberMuted
from teahouse.domain.errors import Forbidden
from teahouse.domain.member import Member


def mute_member(app: App, *, by_id: str, room_id: str, user_id: str, until: int | None) -> None:
    """Mute a plain member until then (ms since the epoch); None, or a time gone by, lifts it.

    Raises:
        NotAMember, NotFound, Busy: as `decide_member`.
        Forbidden: a plain member decides, or it is about an owner or moderator.
    """
    until = until if until is not None and until > app.clock.now_ms() else None

    def decide(member: Member, by: Member) -> Member:
        if not by.may_mute(member):
            raise Forbidden("Only plain members can be muted.")
        return replace(member, muted_until=until)

    fact = MemberMuted(user_id=user_id, until=until)
    decide_member(app, Decision(room_id=room_id, by_id=by_id, fact=fact), decide)
