"""Route `deleteMessage`: a message is taken back."""

from teahouse.actions.delete_message import delete_message
from teahouse.app import App
from teahouse.edge.rates import CHANGE_BY_USER_AND_ROOM
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import DeleteMessage


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Blank the text, answer `done`; everyone else who hears the room gets `events`."""
    frame = event.parse(DeleteMessage)
    event.limit("change", f"{event.user_id} {frame.room_id}", CHANGE_BY_USER_AND_ROOM)
    delete_message(
        app,
        deleter_id=event.user_id,
        room_id=frame.room_id,
        seq=frame.seq,
        operation_id=frame.operation_id,
        position=frame.position.to_domain() if frame.position else None,
        connection_id=event.connection_id,
        re=frame.id,
    )
