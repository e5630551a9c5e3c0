"""Route `$disconnect`: forget the connection."""

from teahouse.actions.disconnect import disconnect
from teahouse.app import App
from teahouse.edge.websocket import SocketEvent, disconnect_handler


@disconnect_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Forget the connection; best effort on API Gateway's side, so leases tell too."""
    disconnect(app, connection_id=event.connection_id, connected_at=event.connected_at)
