"""Route `markRead`: a person has read up to here."""

from teahouse.actions.mark_read import mark_read
from teahouse.app import App
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import MarkRead


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Answer nothing; the reader's other devices get `read`."""
    frame = event.parse(MarkRead)
    mark_read(
        app,
        user_id=event.user_id,
        room_id=frame.room_id,
        seq=frame.seq,
        connection_id=event.connection_id,
    )
