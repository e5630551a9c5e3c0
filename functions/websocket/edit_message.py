"""Route `editMessage`: somebody says otherwise what they said."""

from teahouse.actions.edit_message import edit_message
from teahouse.app import App
from teahouse.edge.rates import CHANGE_BY_USER_AND_ROOM
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import EditMessage


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Change the text, answer `done`; everyone else who hears the room gets `events`."""
    frame = event.parse(EditMessage)
    event.limit("change", f"{event.user_id} {frame.room_id}", CHANGE_BY_USER_AND_ROOM)
    edit_message(
        app,
        editor_id=event.user_id,
        room_id=frame.room_id,
        seq=frame.seq,
        version=frame.version,
        text=frame.text,
        operation_id=frame.operation_id,
        position=frame.position.to_domain() if frame.position else None,
        connection_id=event.connection_id,
        re=frame.id,
    )
