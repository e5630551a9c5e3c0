"""Route `$default`: answer what no route knows with a typed refusal."""

from teahouse.app import App
from teahouse.edge.websocket import SocketEvent, socket_handler


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Refuse junk as junk, and an action that is not there as unknown."""
    event.refuse_unknown()
