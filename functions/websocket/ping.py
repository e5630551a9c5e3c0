"""Route `ping`: keep the connection, and tell which rooms have moved on."""

from teahouse.actions.ping import ping
from teahouse.app import App
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import Ping, Pong


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Answer `pong`; it also keeps CloudFront's side of the line alive."""
    frame = event.parse(Ping)
    standing = ping(
        app,
        user_id=event.user_id,
        connection_id=event.connection_id,
        positions={room: p.to_domain() for room, p in (frame.positions or {}).items()},
    )
    event.reply(Pong(behind=standing.behind, reset=standing.reset))
