"""Say something otherwise that one has said."""

from __future__ import annotations

from teahouse.actions.append import Accepted
from teahouse.actions.change_message import Change, change_message
from teahouse.app import App
from teahouse.domain.entry import MessageEdited, Position
from teahouse.domain.errors import Forbidden, Invalid, NotFound, VersionConflict
from teahouse.domain.member import Member
from teahouse.domain.message import MAX_EDITS, Standing, clean_text


def edit_message(
    app: App,
    *,
    editor_id: str,
    room_id: str,
    seq: int,
    version: int,
    text: str,
    operation_id: str | None = None,
    position: Position | None = None,
    connection_id: str | None = None,
    re: str | None = None,
) -> Accepted:
    """Give a message of one's own another text, if it still has the version that was seen.

    Raises:
        NotAMember, StalePosition, Conflict, Busy, NotFound: as `change_message`.
        Forbidden: somebody else said it.
        VersionConflict: it has another version.
        Invalid, TooLarge: the text is empty, or over its limits; edited `MAX_EDITS` times already.
    """

    def decide(_: App, editor: Member, standing: Standing) -> None:
        if standing.by != editor.user.id:
            raise Forbidden("Only who said it may edit it.")
        if standing.is_deleted:
            raise NotFound("This message was deleted.")
        if standing.version != version:
            raise VersionConflict
        if len(standing.edit_seqs) >= MAX_EDITS:
            raise Invalid(fields={"seq": f"a message is edited at most {MAX_EDITS} times"})

    change = Change(
        room_id=room_id,
        author_id=editor_id,
        fact=MessageEdited(target=seq, text=clean_text(text), version=version + 1),
        decide=decide,
        operation_id=operation_id,
        position=position,
    )
    return change_message(app, change, connection_id=connection_id, re=re)
