"""Route `$connect`: remember the connection."""

from teahouse.actions.connect import connect
from teahouse.app import App
from teahouse.edge.rates import CONNECT_BY_USER
from teahouse.edge.websocket import SocketEvent, connect_handler


@connect_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Remember who is behind the socket; nothing can be posted to it yet."""
    event.limit("connect", event.user_id, CONNECT_BY_USER)
    connect(
        app,
        caller=event.caller,
        connection_id=event.connection_id,
        connected_at=event.connected_at,
    )
