"""Route `hello`: who I am, where I stand; answered by `welcome`."""

from teahouse.actions.hello import hello
from teahouse.app import App
from teahouse.edge.websocket import SocketEvent, socket_handler
from teahouse.protocol.frames import Hello


@socket_handler
def lambda_handler(app: App, event: SocketEvent) -> None:
    """Answer `welcome`; subscribes to nothing."""
    event.parse(Hello)
    event.reply(hello(app, user_id=event.user_id))
