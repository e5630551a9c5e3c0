"""Route `react`: an emoji under a message, or no more."""

from teahouse.actions.react import react
from teahouse.app import App
from teahouse.edge.rates import CHANGE_BY_USER_AND_ROOM
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import React


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Count it, answer `done`; everyone else who hears the room gets `events`."""
    frame = event.parse(React)
    event.limit("change", f"{event.user_id} {frame.room_id}", CHANGE_BY_USER_AND_ROOM)
    react(
        app,
        member_id=event.user_id,
        room_id=frame.room_id,
        seq=frame.seq,
        emoji=frame.emoji,
        is_on=frame.on,
        operation_id=frame.operation_id,
        position=frame.position.to_domain() if frame.position else None,
        connection_id=event.connection_id,
        re=frame.id,
    )
