"""What must be done when something happens to a WebSocket connection? Its states; no I/O.

The gateway is told `opened / authorized / connected / accepted / received / answered / posted /
deleted / closed / ticked` and answers with commands, which `server.py` carries out. Time comes in
with each call, ids and faults at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_cloud.authorization import Allowed, is_identity_missing, judge
from local_cloud.connection_states import ConnectionState, Phase
from local_cloud.faults import Faults
from local_cloud.gateway_commands import (
    Accept,
    Close,
    Command,
    GoneError,
    Invoke,
    LimitExceededError,
    PostFailedError,
    PostTooLargeError,
    Purpose,
    Refuse,
    Send,
)
from local_cloud.invocation import Failed, Outcome
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
from local_cloud.open_questions import DEFAULTS, OpenQuestions
from local_cloud.proxy_results import (
    body_of,
    error_frame,
    refusal_text,
    status_of,
    subprotocol_of,
)
from local_cloud.resources import WebSocketApi, WebSocketRoute
from local_cloud.route_rates import RouteBuckets
from local_cloud.route_selection import compile_expression
from local_cloud.throttles import Account

TIMED_OUT = Failed("Gateway.TimedOut", "the integration did not answer in time")

NORMAL = 1000
GOING_AWAY = 1001
LOST = 1006
TOO_MUCH = 1008
HELD_MS = 1_000  # a post that a fault holds back goes out then, if no other overtakes it


class Gateway:
    """The connections of one WebSocket API."""

    def __init__(
        self,
        api: WebSocketApi,
        *,
        limits: Limits,
        faults: Faults,
        new_id: Callable[[], str],
        questions: OpenQuestions = DEFAULTS,
        account: Account | None = None,
    ) -> None:
        self.api = api
        self._account = account or Account(limits)
        self._rates = RouteBuckets(api.rates, limits.route_rates_times)
        self._limits = limits
        self._faults = faults
        self._questions = questions
        self._new_id = new_id
        self._selection = compile_expression(api.route_selection_expression)
        self._states: dict[str, ConnectionState] = {}

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
        state = self._states[connection_id] = ConnectionState(facts, handshake, request_id)
        if not self._may_pass("$connect", now_ms) or not self._account.may_connect(now_ms):
            return connection_id, self._refuse(state, 429)
        authorizer = self.api.authorizer
        if authorizer is None:
            return connection_id, self._connect(state, handshake, now_ms)
        sources = authorizer.identity_sources
        is_exact = self._questions.are_header_sources_case_sensitive
        if is_identity_missing(sources, handshake, self.api.stage_variables, is_exact=is_exact):
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
        status = status_of(outcome)
        if state.is_disconnected:
            return self._forget(state)
        if status is None:
            return self._refuse(state, self._questions.connect_failure_status)
        if not 200 <= status <= 299:
            return self._refuse(state, status)
        if state.is_lost:  # `$connect` has noted somebody who left meanwhile
            return self._disconnect(state, LOST, self._questions.lost_reason, now_ms)
        try:
            return self._accept(state, subprotocol_of(outcome))
        except ValueError:
            return self._refuse(state, self._questions.connect_failure_status)

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
        may_be_reserved = self._questions.may_dollar_actions_select
        routes = self.api.routes
        route_key = self._selection.select(body, routes, may_be_reserved=may_be_reserved)
        if self._is_throttled(connection_id, route_key, now_ms):
            return self._throttled(state, request_id)
        if route_key is None:
            return [error_frame(connection_id, "Forbidden", request_id)]
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
        is_twice = self._faults.is_event_duplicated(connection_id, route_key)
        return [invoke, invoke] if is_twice else [invoke]

    def pinged(self, connection_id: str, now_ms: int) -> None:
        """Take note of a ping frame; whether it is activity is an open question."""
        state = self._states.get(connection_id)
        if state is not None and self._questions.do_pings_reset_idle:
            state.last_active_ms = now_ms

    def answered(self, invoke: Invoke, outcome: Outcome, now_ms: int) -> list[Command]:
        """Report a failed message to its sender, or answer it where the route is two-way."""
        state = self._states.get(invoke.connection_id)
        if invoke.purpose is not Purpose.MESSAGE or state is None or state.phase is not Phase.OPEN:
            return []
        if outcome is TIMED_OUT:
            text = "Endpoint request timed out"
        elif status_of(outcome) is None or (invoke.is_two_way and body_of(outcome) is None):
            text = "Internal server error"
        else:
            reply = body_of(outcome) if invoke.is_two_way else None
            if not reply:
                return []
            state.last_active_ms = now_ms
            return [Send(invoke.connection_id, reply)]
        state.last_active_ms = now_ms
        request_id = invoke.event["requestContext"]["requestId"]
        return [error_frame(invoke.connection_id, text, request_id)]

    def posted(self, connection_id: str, data: bytes, *, is_full: bool, now_ms: int) -> list[Send]:
        """Send one post to a connection; a fault may swallow it, double it or hold it back.

        Raises:
            GoneError: unknown, closed, or still inside `$connect`.
            LimitExceededError: the client's buffer is full, or the account's rate is exceeded.
            PostTooLargeError, PostFailedError: only a fault says so.
        """
        state = self._live(connection_id)
        if is_full or not self._account.may_request(now_ms):
            raise LimitExceededError
        if not self._faults.may_befall_posts and state.held is None:
            state.last_active_ms = now_ms
            return [Send(connection_id, data)]
        fault = self._faults.of_post(connection_id)
        if fault == "gone":
            raise GoneError
        if fault == "limited":
            raise LimitExceededError
        if fault == "too_large":
            raise PostTooLargeError
        if fault == "failed":
            raise PostFailedError
        state.last_active_ms = now_ms
        if fault == "dropped":
            return []
        send = Send(connection_id, data, self._faults.post_delay_ms(connection_id))
        if fault == "reordered" and state.held is None:
            state.held = (now_ms, send)
            return []
        sends = [send, send] if fault == "duplicated" else [send]
        if state.held is not None:
            sends.append(state.held[1])
            state.held = None
        return sends

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
        is_silent = self._questions.delete_close_code != NORMAL
        return Close(connection_id, NORMAL, "Connection Closed Normally", is_silent=is_silent)

    def closed(self, connection_id: str, code: int, reason: str, now_ms: int) -> list[Command]:
        """Forget a connection whose socket is closed, and run `$disconnect`."""
        state = self._states.get(connection_id)
        if state is None:
            return []
        if state.phase in (Phase.AUTHORIZING, Phase.CONNECTING):
            state.is_lost = True
            is_connecting = state.phase is Phase.CONNECTING
            if not is_connecting or not self._faults.is_disconnect_early(connection_id):
                return []
            state.is_disconnected = True
            return self._disconnect_events(state, LOST, self._questions.lost_reason, now_ms)
        if code == LOST:
            reason = self._questions.lost_reason
        elif code == GOING_AWAY and state.phase is Phase.CLOSING:
            reason = self._questions.going_away_reason
        return self._disconnect(state, code, reason, now_ms)

    def ticked(self, now_ms: int) -> list[Command]:
        """Close what has been idle or alive for too long."""
        over = []
        for state in self._states.values():
            reached = self._limit_reached(state, now_ms)
            if reached is not None:
                over.append(state)
                self._faults.note_limit(self._limits, reached, state.facts.connection_id)
        overtaken = [state for state in self._states.values() if state.held is not None]
        return [*self._going_away(over), *self._released(overtaken, now_ms)]

    def stopped(self) -> list[Command]:
        """Close everything, as when API Gateway itself goes away."""
        return self._going_away([s for s in self._states.values() if s.phase is Phase.OPEN])

    # Steps.

    def _limit_reached(self, state: ConnectionState, now_ms: int) -> str | None:
        if state.phase is not Phase.OPEN:
            return None
        if state.last_active_ms <= now_ms - self._limits.idle_ms:
            return "idle_ms"
        return "age_ms" if state.facts.connected_at_ms <= now_ms - self._limits.age_ms else None

    def _connect(self, state: ConnectionState, handshake: Handshake, now_ms: int) -> list[Command]:
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

    def _accept(self, state: ConnectionState, subprotocol: str | None) -> list[Command]:
        state.phase = Phase.ACCEPTED
        state.handshake = None
        return [Accept(state.facts.connection_id, subprotocol)]

    def _refuse(self, state: ConnectionState, status: int) -> list[Command]:
        self._forget(state)
        message = refusal_text(status)
        return [Refuse(state.facts.connection_id, status, message, state.request_id)]

    def _disconnect(
        self, state: ConnectionState, code: int, reason: str, now_ms: int
    ) -> list[Command]:
        self._forget(state)
        return self._disconnect_events(state, code, reason, now_ms)

    def _disconnect_events(
        self, state: ConnectionState, code: int, reason: str, now_ms: int
    ) -> list[Command]:
        route = self.api.routes.get("$disconnect")
        connection_id = state.facts.connection_id
        if route is None or route.mock is not None:
            return []
        delay_ms = self._faults.disconnect_delay_ms(connection_id)
        if delay_ms is None:
            return []
        event = disconnect_event(state.facts, code, reason, self._new_id(), now_ms)
        timeout_ms = min(route.timeout_ms, self._limits.integration_ms)
        purpose, function_id = Purpose.DISCONNECT, route.function_id
        invoke = Invoke(connection_id, purpose, function_id, event, timeout_ms, delay_ms)
        is_twice = self._faults.is_event_duplicated(connection_id, "$disconnect")
        return [invoke, invoke] if is_twice else [invoke]

    def _may_pass(self, route_key: str | None, now_ms: int) -> bool:
        """Count against a route's rate, where the API has the route."""
        if route_key is None or route_key not in self.api.routes:
            return True
        return self._rates.may_pass(route_key, now_ms)

    def _is_throttled(self, connection_id: str, route_key: str | None, now_ms: int) -> bool:
        """Count a message: its route first, then the account (REST API throttling, "order")."""
        return (
            not self._may_pass(route_key, now_ms)
            or not self._account.may_request(now_ms)
            or self._faults.is_message_throttled(connection_id)
        )

    def _throttled(self, state: ConnectionState, request_id: str) -> list[Command]:
        connection_id = state.facts.connection_id
        if self._questions.throttled_message == "frame":
            return [error_frame(connection_id, "Too Many Requests", request_id)]
        state.phase = Phase.CLOSING
        return [Close(connection_id, TOO_MUCH, "Too Many Requests")]

    def _released(self, states: Iterable[ConnectionState], now_ms: int) -> list[Command]:
        """Let the posts go that nothing has overtaken."""
        commands: list[Command] = []
        for state in states:
            if state.held is not None and state.held[0] <= now_ms - HELD_MS:
                commands.append(state.held[1])
                state.held = None
        return commands

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

    def _forget(self, state: ConnectionState) -> list[Command]:
        del self._states[state.facts.connection_id]
        return []

    def _live(self, connection_id: str) -> ConnectionState:
        state = self._states.get(connection_id)
        if state is None or state.phase is not Phase.OPEN:
            raise GoneError
        return state

    def _going_away(self, states: Iterable[ConnectionState]) -> list[Command]:
        commands: list[Command] = []
        for state in states:
            state.phase = Phase.CLOSING
            commands.append(Close(state.facts.connection_id, GOING_AWAY, "Going away"))
        return commands
