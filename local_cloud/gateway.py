"""What must be done when something happens to a WebSocket connection? Its states; no I/O.

The gateway is told `opened / authorized / connected / accepted / received / answered / posted /
deleted / closed / ticked` and answers with commands, which `server.py` carries out. Time comes in
with each call, ids and faults at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from local_cloud.authorization import Allowed, is_identity_missing, judge
from local_cloud.faults import Faults
from local_cloud.gateway_commands import (
    Accept,
    Close,
    Command,
    GoneError,
    Invoke,
    LimitExceededError,
    Purpose,
    Refuse,
    Send,
)
from local_cloud.invocation import Failed, Outcome, Succeeded
from local_cloud.lambda_events import (
    Connection,
    Handshake,
    authorizer_event,
    connect_event,
    disconnect_event,
    message_event,
    method_arn,
)
from local_cloud.limits import Limits
from local_cloud.mapping_templates import render
from local_cloud.resources import WebSocketApi, WebSocketRoute
from local_cloud.route_selection import compile_expression

TIMED_OUT = Failed("Gateway.TimedOut", "the integration did not answer in time")

NORMAL = 1000
GOING_AWAY = 1001


class Phase(Enum):
    """Where a connection stands.

    opened ─► AUTHORIZING ─► CONNECTING ─► ACCEPTED ─► OPEN ─► CLOSING ─► forgotten
                   │              │       (101 is being         ▲
                   └── refused ───┘         written)    closed ─┘
    """

    AUTHORIZING = auto()
    CONNECTING = auto()
    ACCEPTED = auto()
    OPEN = auto()
    CLOSING = auto()


@dataclass(slots=True)
class _State:
    facts: Connection
    handshake: Handshake | None  # forgotten once `$connect` has run
    request_id: str  # of the handshake
    phase: Phase = Phase.AUTHORIZING
    invoked_at_ms: int = 0
    last_active_ms: int = 0
    is_lost: bool = False  # the client left during the handshake


class Gateway:
    """The connections of one WebSocket API."""

    def __init__(
        self, api: WebSocketApi, *, limits: Limits, faults: Faults, new_id: Callable[[], str]
    ) -> None:
        self.api = api
        self._limits = limits
        self._faults = faults
        self._new_id = new_id
        self._selection = compile_expression(api.route_selection_expression)
        self._states: dict[str, _State] = {}

    # The handshake.

    def opened(self, handshake: Handshake, now_ms: int) -> tuple[str, list[Command]]:
        """Begin a handshake; answer the id its connection will have."""
        connection_id, request_id = self._new_id(), self._new_id()
        facts = Connection(
            api_id=self.api.api_id,
            stage=self.api.stage,
            stage_variables=self.api.stage_variables,
            connection_id=connection_id,
            connected_at_ms=now_ms,
            source_ip=handshake.source_ip,
            user_agent=handshake.header("user-agent"),
            domain_name=handshake.header("host") or "",
        )
        state = self._states[connection_id] = _State(facts, handshake, request_id)
        authorizer = self.api.authorizer
        if authorizer is None:
            return connection_id, self._connect(state, handshake, now_ms)
        sources = authorizer.identity_sources
        if is_identity_missing(sources, handshake, self.api.stage_variables):
            return connection_id, self._refuse(state, 401)
        state.invoked_at_ms = now_ms
        event = authorizer_event(facts, handshake, request_id, now_ms)
        timeout_ms = self._limits.authorizer_ms
        invoke = Invoke(connection_id, Purpose.AUTHORIZE, authorizer.function_id, event, timeout_ms)
        return connection_id, [invoke]

    def authorized(self, connection_id: str, outcome: Outcome, now_ms: int) -> list[Command]:
        """Go on to `$connect` if the authorizer allows it."""
        state = self._states[connection_id]
        if state.is_lost or state.handshake is None:
            return self._forget(state)
        verdict = judge(
            outcome,
            method_arn(state.facts),
            latency_ms=now_ms - state.invoked_at_ms,
            max_bytes=self._limits.authorizer_result_bytes,
        )
        if not isinstance(verdict, Allowed):
            return self._refuse(state, verdict.status)
        state.facts.authorizer = verdict.context
        return self._connect(state, state.handshake, now_ms)

    def connected(self, connection_id: str, outcome: Outcome, now_ms: int) -> list[Command]:
        """Accept or refuse, as `$connect` says: 2xx opens, another status refuses with it."""
        state = self._states[connection_id]
        status = _status(outcome)
        if status is None:
            return self._refuse(state, 502)
        if not 200 <= status <= 299:
            return self._refuse(state, status)
        if state.is_lost:  # `$connect` has noted somebody who left meanwhile
            return self._disconnect(state, 1006, "", now_ms)
        try:
            return self._accept(state, _subprotocol(outcome))
        except ValueError:
            return self._refuse(state, 502)

    def accepted(self, connection_id: str, now_ms: int) -> None:
        """Register the connection: from here on, posts reach it."""
        state = self._states[connection_id]
        state.phase = Phase.OPEN
        state.last_active_ms = now_ms

    # The open socket.

    def received(self, connection_id: str, body: str, now_ms: int) -> list[Command]:
        """Route a text message to its function, or answer `Forbidden` when no route takes it."""
        state = self._states.get(connection_id)
        if state is None or state.phase is not Phase.OPEN:
            return []
        state.last_active_ms = now_ms
        request_id = self._new_id()
        route_key = self._selection.select(body, self.api.routes)
        if route_key is None:
            return [_error_frame(connection_id, "Forbidden", request_id)]
        route = self.api.routes[route_key]
        event = message_event(state.facts, route_key, body, self._new_id(), request_id, now_ms)
        if route.mock is not None:
            return self._mocked(route, event, connection_id)
        invoke = Invoke(
            connection_id,
            Purpose.MESSAGE,
            route.function_id,
            event,
            min(route.timeout_ms, self._limits.integration_ms),
            self._faults.event_delay_ms(connection_id),
            route.is_two_way,
        )
        return [invoke]

    def answered(self, invoke: Invoke, outcome: Outcome, now_ms: int) -> list[Command]:
        """Report a failed message to its sender, or answer it where the route is two-way."""
        state = self._states.get(invoke.connection_id)
        if invoke.purpose is not Purpose.MESSAGE or state is None or state.phase is not Phase.OPEN:
            return []
        if outcome is TIMED_OUT:
            text = "Endpoint request timed out"
        elif _status(outcome) is None or (invoke.is_two_way and _body(outcome) is None):
            text = "Internal server error"
        else:
            reply = _body(outcome) if invoke.is_two_way else None
            if not reply:
                return []
            state.last_active_ms = now_ms
            return [Send(invoke.connection_id, reply)]
        state.last_active_ms = now_ms
        request_id = invoke.event["requestContext"]["requestId"]
        return [_error_frame(invoke.connection_id, text, request_id)]

    def posted(self, connection_id: str, data: bytes, *, is_full: bool, now_ms: int) -> Send | None:
        """Send one post to a connection; None when a fault swallows it.

        Raises:
            GoneError: unknown, closed, or still inside `$connect`.
            LimitExceededError: the client's buffer is full.
        """
        state = self._live(connection_id)
        if is_full:
            raise LimitExceededError
        fault = self._faults.of_post(connection_id)
        if fault == "gone":
            raise GoneError
        if fault == "limited":
            raise LimitExceededError
        state.last_active_ms = now_ms
        if fault == "dropped":
            return None
        return Send(connection_id, data, self._faults.post_delay_ms(connection_id))

    def described(self, connection_id: str) -> tuple[Connection, int]:
        """Tell what GetConnection tells: the connection, and when it was last active.

        Raises:
            GoneError: unknown, closed, or still inside `$connect`.
        """
        state = self._live(connection_id)
        return state.facts, state.last_active_ms

    def deleted(self, connection_id: str) -> Close:
        """Close a connection for DeleteConnection, which knows neither code nor reason.

        Raises:
            GoneError: unknown, closed, or still inside `$connect`.
        """
        self._live(connection_id).phase = Phase.CLOSING
        return Close(connection_id, NORMAL, "Connection Closed Normally")

    def closed(self, connection_id: str, code: int, reason: str, now_ms: int) -> list[Command]:
        """Forget a connection whose socket is closed, and run `$disconnect`."""
        state = self._states.get(connection_id)
        if state is None:
            return []
        if state.phase in (Phase.AUTHORIZING, Phase.CONNECTING):
            state.is_lost = True
            return []
        return self._disconnect(state, code, reason, now_ms)

    def ticked(self, now_ms: int) -> list[Command]:
        """Close what has been idle or alive for too long."""
        oldest_active_ms = now_ms - self._limits.idle_ms
        oldest_opened_ms = now_ms - self._limits.age_ms
        over = [
            state
            for state in self._states.values()
            if state.phase is Phase.OPEN
            and (
                state.last_active_ms <= oldest_active_ms
                or state.facts.connected_at_ms <= oldest_opened_ms
            )
        ]
        return self._going_away(over)

    def stopped(self) -> list[Command]:
        """Close everything, as when API Gateway itself goes away."""
        return self._going_away([s for s in self._states.values() if s.phase is Phase.OPEN])

    # Steps.

    def _connect(self, state: _State, handshake: Handshake, now_ms: int) -> list[Command]:
        state.phase = Phase.CONNECTING
        route = self.api.routes.get("$connect")
        if route is None:
            return self._accept(state, None)
        if route.mock is not None:
            is_accepted = 200 <= route.mock.status <= 299
            return (
                self._accept(state, None) if is_accepted else self._refuse(state, route.mock.status)
            )
        event = connect_event(state.facts, handshake, state.request_id, now_ms)
        timeout_ms = min(route.timeout_ms, self._limits.integration_ms)
        connection_id = state.facts.connection_id
        return [Invoke(connection_id, Purpose.CONNECT, route.function_id, event, timeout_ms)]

    def _accept(self, state: _State, subprotocol: str | None) -> list[Command]:
        state.phase = Phase.ACCEPTED
        state.handshake = None
        return [Accept(state.facts.connection_id, subprotocol)]

    def _refuse(self, state: _State, status: int) -> list[Command]:
        self._forget(state)
        message = _refusal_text(status)
        return [Refuse(state.facts.connection_id, status, message, state.request_id)]

    def _disconnect(self, state: _State, code: int, reason: str, now_ms: int) -> list[Command]:
        self._forget(state)
        route = self.api.routes.get("$disconnect")
        connection_id = state.facts.connection_id
        if route is None or route.mock is not None:
            return []
        delay_ms = self._faults.disconnect_delay_ms(connection_id)
        if delay_ms is None:
            return []
        event = disconnect_event(state.facts, code, reason, self._new_id(), now_ms)
        timeout_ms = min(route.timeout_ms, self._limits.integration_ms)
        function_id = route.function_id
        return [Invoke(connection_id, Purpose.DISCONNECT, function_id, event, timeout_ms, delay_ms)]

    def _mocked(
        self, route: WebSocketRoute, event: Mapping[str, Any], connection_id: str
    ) -> list[Command]:
        template = None if route.mock is None else route.mock.template
        if template is None or not route.is_two_way:
            return []
        text = render(
            template,
            body=event["body"],
            context=event["requestContext"],
            stage_variables=self.api.stage_variables,
        )
        return [Send(connection_id, text.encode("utf-8", "replace"))]

    def _forget(self, state: _State) -> list[Command]:
        del self._states[state.facts.connection_id]
        return []

    def _live(self, connection_id: str) -> _State:
        state = self._states.get(connection_id)
        if state is None or state.phase is not Phase.OPEN:
            raise GoneError
        return state

    def _going_away(self, states: Iterable[_State]) -> list[Command]:
        commands: list[Command] = []
        for state in states:
            state.phase = Phase.CLOSING
            commands.append(Close(state.facts.connection_id, GOING_AWAY, "Going away"))
        return commands


def _status(outcome: Outcome) -> int | None:
    """Read the status of a proxy result; None when the function failed or answered junk."""
    if not isinstance(outcome, Succeeded) or not isinstance(outcome.payload, dict):
        return None
    status = outcome.payload.get("statusCode")
    if type(status) is not int or not 200 <= status <= 599:
        return None
    return status


def _body(outcome: Outcome) -> bytes | None:
    """Read what a two-way route answers; empty without a body, None when it is no text."""
    payload = outcome.payload if isinstance(outcome, Succeeded) else None
    body = payload.get("body") if isinstance(payload, dict) else None
    if body is None:
        return b""
    return body.encode("utf-8", "replace") if isinstance(body, str) else None


def _subprotocol(outcome: Outcome) -> str | None:
    """Find the one header of a `$connect` result that is forwarded to the client."""
    headers = outcome.payload.get("headers") if isinstance(outcome, Succeeded) else None
    if not isinstance(headers, dict | None):
        raise ValueError("headers of a result are a map")
    for name, value in (headers or {}).items():
        if name.lower() == "sec-websocket-protocol":
            if not isinstance(value, str) or not value.isascii() or not value.isprintable():
                raise ValueError(f"{value!r} is no subprotocol")
            return value
    return None


def _refusal_text(status: int) -> str:
    if status >= 500:
        return "Internal server error"
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"


def _error_frame(connection_id: str, message: str, request_id: str) -> Send:
    # Spaces as in the frames users report from AWS.
    text = (
        f'{{"message": "{message}", "connectionId":"{connection_id}", "requestId":"{request_id}"}}'
    )
    return Send(connection_id, text.encode("ascii"))
