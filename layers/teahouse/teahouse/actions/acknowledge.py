"""How does somebody learn that it is in the log? The answer first; nothing after may unsay it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from teahouse.actions.tell_presence import forget_gone
from teahouse.actions.tell_room import who_hears
from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.connection import Attendance
from teahouse.ports import OutcomeUnknown
from teahouse.protocol.codec import encode
from teahouse.protocol.frames import Answer

T = TypeVar("T")


def acknowledge(
    app: App, room_id: str, answer: Answer, *, connection_id: str | None, re: str | None
) -> Attendance | None:
    """Answer the connection that asked, and meanwhile read who hears the room.

    Where nobody is to be answered nothing is read; where the reading fails, there is None too.
    """
    if connection_id is None:
        return None
    _, attendance = together(
        lambda: acknowledge_alone(app, answer, connection_id=connection_id, re=re),
        lambda: best_effort(lambda: who_hears(app, room_id)),
    )
    return attendance


def acknowledge_alone(
    app: App, answer: Answer, *, connection_id: str | None, re: str | None
) -> None:
    """Answer the connection that asked, and do nothing meanwhile."""
    if connection_id is None:
        return
    frame = encode(answer if re is None else replace(answer, re=re))
    forget_gone(app, app.broadcaster.post([connection_id], frame))


def best_effort(step: Callable[[], T]) -> T | None:
    """Carry out what follows an acknowledgement; the log heals what fails here."""
    try:
        return step()
    except OutcomeUnknown:
        return None
