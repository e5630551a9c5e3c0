"""Route `ping`: keep the connection, and tell which rooms have moved on."""

from teahouse.actions.acknowledge import best_effort
from teahouse.actions.ping import ping
from teahouse.actions.tell_presence import look_for_departures
from teahouse.app import App
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import Ping, Pong


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Answer `pong`, which also keeps CloudFront's side of the line alive; see who has gone."""
    frame = event.parse(Ping)
    standing = ping(
        app,
        user_id=event.user_id,
        connection_id=event.connection_id,
        positions={room: p.to_domain() for room, p in (frame.positions or {}).items()},
    )
    event.reply(Pong(behind=standing.behind, reset=standing.reset))
    best_effort(lambda: look_for_departures(app, standing.mine))
