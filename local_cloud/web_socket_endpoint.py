"""Who carries out what the gateway of one WebSocket API commands? Its sockets and handshakes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from local_cloud.compression import negotiated
from local_cloud.faults import Faults
from local_cloud.gateway import Gateway
from local_cloud.gateway_commands import Accept, Close, Command, Invoke, Purpose, Refuse, Send
from local_cloud.handshakes import switching_protocols
from local_cloud.http_line import HttpLine
from local_cloud.http_messages import Request, json_answer
from local_cloud.integrations import Integrations, Tell
from local_cloud.invocation import Outcome
from local_cloud.lambda_events import Handshake
from local_cloud.limits import Limits
from local_cloud.open_questions import DEFAULTS, OpenQuestions
from local_cloud.proxy_results import problem_of
from local_cloud.socket_faults import FaultyLine
from local_cloud.web_socket_line import WebSocketLine


class WebSocketEndpoint:
    """The sockets of one WebSocket API."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        integrations: Integrations,
        limits: Limits,
        clock: Callable[[], int],
        tell: Tell,
        faults: Faults | None = None,
        questions: OpenQuestions = DEFAULTS,
        on_frame: Callable[[str, str, bytes], None] = lambda direction, connection_id, data: None,
    ) -> None:
        self.gateway = gateway
        self._faults = faults or Faults()
        self._questions = questions
        self._on_frame = on_frame
        self.limits = limits
        self._integrations = integrations
        self._clock = clock
        self._tell = tell
        self._handshakes: dict[str, tuple[HttpLine, Request]] = {}
        self._sockets: dict[str, WebSocketLine] = {}

    # What the server asks.

    def open(self, handshake: Handshake, request: Request, line: HttpLine) -> None:
        """Begin a handshake; `line` is answered or upgraded when the handlers have spoken."""
        connection_id, commands = self.gateway.opened(handshake, self._clock())
        self._handshakes[connection_id] = (line, request)
        line.when_lost = lambda: self._handshake_lost(connection_id)
        self._perform(commands)

    def is_full(self, connection_id: str, more_bytes: int) -> bool:
        """Tell whether a client reads too slowly for so many bytes more."""
        socket = self._sockets.get(connection_id)
        return socket is not None and socket.is_full(more_bytes)

    def carry_out(self, command: Send | Close) -> None:
        """Send or close for the management API."""
        socket = self._sockets.get(command.connection_id)
        if socket is None:
            return
        if isinstance(command, Send):
            self._on_frame("out", command.connection_id, command.data)
            socket.send_text(command.data)
        else:
            socket.close(command.code, command.reason, is_silent=command.is_silent)

    def tick(self) -> None:
        """Close what has been idle or alive for too long."""
        self._perform(self.gateway.ticked(self._clock()))

    def stop(self) -> None:
        """Begin to close everything."""
        self._perform(self.gateway.stopped())

    @property
    def open_sockets(self) -> list[WebSocketLine]:
        """The sockets that have not ended yet."""
        return list(self._sockets.values())

    # What the lines tell.

    def message_received(self, line: WebSocketLine, text: str) -> None:
        """Take a whole text message."""
        self._on_frame("in", line.connection_id, text.encode())
        self._perform(self.gateway.received(line.connection_id, text, self._clock()))

    def ping_received(self, line: WebSocketLine) -> None:
        """Take note of a ping; the line answers it by itself."""
        self.gateway.pinged(line.connection_id, self._clock())

    def socket_lost(self, line: WebSocketLine, code: int, reason: str) -> None:
        """Run `$disconnect` for a socket that ended."""
        connection_id = line.connection_id
        del self._sockets[connection_id]
        self._tell("connection_closed", connection_id=connection_id, code=int(code))
        self._perform(self.gateway.closed(connection_id, int(code), reason, self._clock()))

    def _handshake_lost(self, connection_id: str) -> None:
        if self._handshakes.pop(connection_id, None) is not None:
            self._perform(self.gateway.closed(connection_id, 1006, "", self._clock()))

    # What the gateway commands.

    def _perform(self, commands: Iterable[Command]) -> None:
        for command in commands:
            if isinstance(command, Invoke):
                self._integrations.spawn(self._invoke(command))
            elif isinstance(command, Send | Close):
                self.carry_out(command)
            elif isinstance(command, Accept):
                self._accept(command)
            else:
                self._refuse(command)

    async def _invoke(self, invoke: Invoke) -> None:
        connection_id = invoke.connection_id
        socket = self._sockets.get(connection_id) if invoke.purpose is Purpose.MESSAGE else None
        if socket is not None:
            socket.handling_began()
        if invoke.delay_ms:
            await asyncio.sleep(invoke.delay_ms / 1000)
        outcome = await self._integrations.outcome(
            invoke.function_id, invoke.event, invoke.timeout_ms
        )
        if socket is not None:
            socket.handling_ended()
        commands = self._next(invoke, outcome)
        problem = problem_of(invoke, outcome, commands)
        if problem is not None:
            self._integrations.refuse_result(invoke.function_id, problem)
        self._perform(commands)

    def _next(self, invoke: Invoke, outcome: Outcome) -> list[Command]:
        now_ms = self._clock()
        if invoke.purpose is Purpose.AUTHORIZE:
            return self.gateway.authorized(invoke.connection_id, outcome, now_ms)
        if invoke.purpose is Purpose.CONNECT:
            return self.gateway.connected(invoke.connection_id, outcome, now_ms)
        return self.gateway.answered(invoke, outcome, now_ms)

    def _accept(self, accept: Accept) -> None:
        connection_id = accept.connection_id
        line, request = self._handshakes.pop(connection_id)
        loop = asyncio.get_running_loop()
        deflate = negotiated(request, self._questions, self.limits)
        socket = WebSocketLine(self, connection_id, loop, deflate)
        self._sockets[connection_id] = socket
        fault = self._faults.of_socket(connection_id)
        protocol = socket if fault is None else FaultyLine(socket, fault, loop)
        head = switching_protocols(request, accept.subprotocol, is_compressed=deflate is not None)
        sent_ahead = line.upgrade(head, protocol)
        self.gateway.accepted(connection_id, self._clock())
        self._tell("connection_opened", connection_id=connection_id)
        if sent_ahead:
            protocol.data_received(sent_ahead)

    def _refuse(self, refuse: Refuse) -> None:
        connection_id = refuse.connection_id
        self._tell("handshake_refused", connection_id=connection_id, status=refuse.status)
        line, _ = self._handshakes.pop(connection_id, (None, None))
        if line is not None:
            ids = {"connectionId": connection_id, "requestId": refuse.request_id}
            content = {"message": refuse.message, **ids}
            line.answer(json_answer(refuse.status, content, close=True))
