"""Route `sendMessage`: a member says something in a room."""

from teahouse.actions.send_message import send_message
from teahouse.app import App
from teahouse.edge.rates import SEND_BY_USER_AND_ROOM
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import SendMessage


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Append the message, answer `sent`; everyone else who hears the room gets `events`."""
    frame = event.parse(SendMessage)
    event.limit("send", f"{event.user_id} {frame.room_id}", SEND_BY_USER_AND_ROOM)
    send_message(
        app,
        sender_id=event.user_id,
        room_id=frame.room_id,
        client_message_id=frame.client_message_id,
        position=frame.position.to_domain(),
        text=frame.text,
        reply_to=frame.reply_to,
        attachments=tuple(frame.attachments or ()),
        connection_id=event.connection_id,
        re=frame.id,
    )
