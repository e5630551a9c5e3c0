"""Route `unjoinRoom`: stop hearing a room on this connection."""

from teahouse.actions.unjoin_room import unjoin_room
from teahouse.app import App
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import Unjoined, UnjoinRoom


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Answer `unjoined`, whether the connection heard the room or not."""
    frame = event.parse(UnjoinRoom)
    unjoin_room(
        app, user_id=event.user_id, room_id=frame.room_id, connection_id=event.connection_id
    )
    event.reply(Unjoined(room_id=frame.room_id))
