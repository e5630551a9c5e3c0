"""Take back what was said: its text goes from every page, and from the store."""

from __future__ import annotations

from teahouse.actions.append import Accepted
from teahouse.actions.change_message import Change, change_message
from teahouse.app import App
from teahouse.domain.entry import MessageDeleted, Position
from teahouse.domain.errors import Forbidden
from teahouse.domain.member import Member
from teahouse.domain.message import Standing


def delete_message(
    app: App,
    *,
    deleter_id: str,
    room_id: str,
    seq: int,
    operation_id: str | None = None,
    position: Position | None = None,
    connection_id: str | None = None,
    re: str | None = None,
) -> Accepted:
    """Delete a message; one that is deleted already stays so.

    Raises:
        NotAMember, StalePosition, Conflict, Busy, NotFound: as `change_message`.
        Forbidden: somebody else said it, and the one who deletes is a plain member.
    """

    def decide(_: App, deleter: Member, standing: Standing) -> int | None:
        if not deleter.may_delete(standing.by):
            raise Forbidden("Only who said it, moderators and the owner may delete it.")
        return standing.changed_seq if standing.is_deleted else None

    change = Change(
        room_id=room_id,
        author_id=deleter_id,
        fact=MessageDeleted(target=seq),
        decide=decide,
        operation_id=operation_id,
        position=position,
    )
    return change_message(app, change, connection_id=connection_id, re=re)
