"""Route `signalTyping`: a person is writing something."""

from teahouse.actions.acknowledge import best_effort
from teahouse.actions.signal_typing import signal_typing
from teahouse.app import App
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import SignalTyping


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Answer nothing; everyone else who hears the room gets `typing`, unless the store is busy."""
    frame = event.parse(SignalTyping)
    best_effort(
        lambda: signal_typing(
            app,
            user_id=event.user_id,
            room_id=frame.room_id,
            connection_id=event.connection_id,
        )
    )
