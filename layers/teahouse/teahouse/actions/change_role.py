"""Say what a member may do in a room: owner, moderator or member."""

from __future__ import annotations

from dataclasses import replace

from teahouse.actions.decide_member import Decision, decide_member
from teahouse.app import App
from teahouse.domain.entry import Role, RoleChanged
from teahouse.domain.errors import Forbidden
from teahouse.domain.member import Member


def change_role(app: App, *, by_id: str, room_id: str, user_id: str, role: Role) -> None:
    """Change a member's role; a room may have several owners, and always keeps one.

    Who becomes owner or moderator is muted no more.

    Raises:
        NotAMember, NotFound, Busy: as `decide_member`.
        Forbidden: no owner decides, or the last owner would step down.
    """

    def decide(member: Member, by: Member) -> Member:
        if by.role != "owner":
            raise Forbidden("Only owners may change roles.")
        if member.role == "owner" and role != "owner" and app.rooms.get(room_id).needs_owner:
            raise Forbidden("Name another owner first.")
        return replace(
            member, role=role, muted_until=member.muted_until if role == "member" else None
        )

    fact = RoleChanged(user_id=user_id, role=role)
    decide_member(app, Decision(room_id=room_id, by_id=by_id, fact=fact), decide)
