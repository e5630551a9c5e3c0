"""Route `joinRoom`: hear this room from now on, and what was missed."""

from teahouse.actions.join_room import join_room
from teahouse.app import App
from teahouse.edge.rates import JOIN_BY_USER
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import JoinRoom


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Answer `joined`, with as much of the backlog as fits a frame."""
    frame = event.parse(JoinRoom)

    def check_entering() -> None:
        event.require("write")
        event.limit("join", event.user_id, JOIN_BY_USER)

    joined = join_room(
        app,
        user_id=event.user_id,
        room_id=frame.room_id,
        connection_id=event.connection_id,
        connected_at=event.connected_at,
        check_entering=check_entering,
        position=frame.position.to_domain() if frame.position else None,
    )
    event.reply(joined)
