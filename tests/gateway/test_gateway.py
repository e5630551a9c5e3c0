"""The state machine alone: told what happened, it answers with what must be done."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from local_cloud.faults import Faults
from local_cloud.gateway import TIMED_OUT, Gateway
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
from local_cloud.invocation import Failed, Succeeded
from local_cloud.lambda_events import Handshake
from local_cloud.limits import Limits
from local_cloud.resources import WebSocketAuthorizer
from tests.gateway.target import allow, web_socket_api

HANDSHAKE = Handshake((("Host", "localhost"),), "", "127.0.0.1", 8787)
OK = Succeeded({"statusCode": 200})
ERROR = Failed("KeyError", "'x'")


def gateway_of(**api: Any) -> Gateway:
    ids = count()
    return Gateway(
        web_socket_api(**api),
        limits=Limits(),
        faults=Faults(),
        new_id=lambda: f"{next(ids):015d}=",
    )


def open_connection(gateway: Gateway, now_ms: int = 0) -> str:
    connection_id, (invoke,) = gateway.opened(HANDSHAKE, now_ms)
    assert isinstance(invoke, Invoke)
    assert gateway.connected(connection_id, OK, now_ms) == [Accept(connection_id, None)]
    gateway.accepted(connection_id, now_ms)
    return connection_id


def post(gateway: Gateway, connection_id: str, now_ms: int = 0, **options: Any) -> list[Send]:
    return gateway.posted(connection_id, b"x", now_ms=now_ms, **{"is_full": False, **options})


def test_a_handshake_goes_from_authorizer_to_connect_to_accept() -> None:
    gateway = gateway_of(authorizer=WebSocketAuthorizer("Authorize"))

    connection_id, (authorize,) = gateway.opened(HANDSHAKE, 1_000)
    assert isinstance(authorize, Invoke)
    assert (authorize.purpose, authorize.function_id) == (Purpose.AUTHORIZE, "Authorize")
    allowed = Succeeded(allow(dict(authorize.event)))
    (connect,) = gateway.authorized(connection_id, allowed, 1_085)
    assert isinstance(connect, Invoke)
    assert (connect.purpose, connect.timeout_ms) == (Purpose.CONNECT, 29_000)
    context = connect.event["requestContext"]["authorizer"]
    assert context == {"principalId": "u1", "integrationLatency": 85}
    assert gateway.connected(connection_id, OK, 1_090) == [Accept(connection_id, None)]


def test_a_connection_is_live_only_after_the_101_is_written() -> None:
    gateway = gateway_of()
    connection_id, _ = gateway.opened(HANDSHAKE, 0)
    with pytest.raises(GoneError):
        post(gateway, connection_id)
    gateway.connected(connection_id, OK, 0)
    with pytest.raises(GoneError):
        post(gateway, connection_id)
    gateway.accepted(connection_id, 0)
    assert post(gateway, connection_id) == [Send(connection_id, b"x")]


def test_a_refused_connection_is_forgotten() -> None:
    gateway = gateway_of()
    connection_id, _ = gateway.opened(HANDSHAKE, 0)

    (refuse,) = gateway.connected(connection_id, Succeeded({"statusCode": 400}), 0)

    assert isinstance(refuse, Refuse)
    assert (refuse.status, refuse.message) == (400, "Bad Request")
    assert gateway.closed(connection_id, 1006, "", 0) == []


def test_who_leaves_while_the_authorizer_runs_is_never_connected() -> None:
    gateway = gateway_of(authorizer=WebSocketAuthorizer("Authorize"))
    connection_id, (authorize,) = gateway.opened(HANDSHAKE, 0)
    assert isinstance(authorize, Invoke)

    assert gateway.closed(connection_id, 1006, "", 0) == []
    assert gateway.authorized(connection_id, Succeeded(allow(dict(authorize.event))), 0) == []


def test_who_leaves_during_connect_is_disconnected_once_it_succeeded() -> None:
    gateway = gateway_of()
    connection_id, _ = gateway.opened(HANDSHAKE, 0)
    assert gateway.closed(connection_id, 1006, "", 0) == []

    (invoke,) = gateway.connected(connection_id, OK, 0)

    assert isinstance(invoke, Invoke)
    assert invoke.purpose is Purpose.DISCONNECT


def test_a_message_that_fails_is_answered_only_while_its_sender_is_there() -> None:
    gateway = gateway_of()
    connection_id = open_connection(gateway)
    (invoke,) = gateway.received(connection_id, "{}", 0)
    assert isinstance(invoke, Invoke)

    (frame,) = gateway.answered(invoke, ERROR, 0)
    assert isinstance(frame, Send)
    assert frame.data.startswith(b'{"message": "Internal server error", "connectionId":"')
    (frame,) = gateway.answered(invoke, TIMED_OUT, 0)
    assert isinstance(frame, Send)
    assert frame.data.startswith(b'{"message": "Endpoint request timed out", ')
    assert gateway.answered(invoke, OK, 0) == []
    gateway.closed(connection_id, 1001, "", 0)
    assert gateway.answered(invoke, ERROR, 0) == []


def test_a_full_client_is_limited() -> None:
    gateway = gateway_of()
    connection_id = open_connection(gateway)

    with pytest.raises(LimitExceededError):
        post(gateway, connection_id, is_full=True)


def test_real_limits_close_at_ten_minutes_idle_and_two_hours() -> None:
    """WebSocket quotas, "Idle Connection Timeout" and "Connection duration"."""
    gateway = gateway_of()
    idle, busy = open_connection(gateway), open_connection(gateway)
    for minute in range(1, 120):
        now_ms = minute * 60_000
        post(gateway, busy, now_ms)
        closes = gateway.ticked(now_ms)
        assert closes == ([Close(idle, 1001, "Going away")] if minute == 10 else [])

    assert gateway.ticked(7_199_999) == []
    assert gateway.ticked(7_200_000) == [Close(busy, 1001, "Going away")]
    assert gateway.ticked(7_300_000) == []


def test_each_kind_of_activity_is_counted() -> None:
    gateway = gateway_of()
    for touch in (
        lambda c: gateway.received(c, "{}", 599_999),
        lambda c: post(gateway, c, 599_999),
    ):
        connection_id = open_connection(gateway)
        touch(connection_id)
        assert gateway.ticked(600_000) == []
        gateway.closed(connection_id, 1000, "", 600_000)


def test_a_deleted_connection_is_gone_before_its_socket_is() -> None:
    gateway = gateway_of()
    connection_id = open_connection(gateway)

    assert gateway.deleted(connection_id).code == 1000
    for ask in (gateway.deleted, gateway.described, lambda c: post(gateway, c)):
        with pytest.raises(GoneError):
            ask(connection_id)
    assert gateway.received(connection_id, "{}", 0) == []
    (invoke,) = gateway.closed(connection_id, 1000, "", 0)
    assert isinstance(invoke, Invoke)
    assert invoke.purpose is Purpose.DISCONNECT


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens in whatever order, the gateway keeps its promises."""

    connections = Bundle("connections")

    def __init__(self) -> None:
        super().__init__()
        self.gateway = gateway_of(authorizer=WebSocketAuthorizer("Authorize"))
        self.now_ms = 0
        self.pending: list[Invoke] = []
        self.live: set[str] = set()
        self.connected: set[str] = set()  # `$connect` succeeded
        self.disconnects: list[str] = []

    def carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, Accept):
                self.gateway.accepted(command.connection_id, self.now_ms)
                self.live.add(command.connection_id)
            elif isinstance(command, Close):
                self.live.discard(command.connection_id)
            elif isinstance(command, Send):
                assert command.connection_id in self.live
            elif isinstance(command, Invoke):
                self.pending.append(command)
                if command.purpose is Purpose.DISCONNECT:
                    self.disconnects.append(command.connection_id)

    @rule(target=connections)
    def open(self) -> str:
        connection_id, commands = self.gateway.opened(HANDSHAKE, self.now_ms)
        self.carry_out(commands)
        return connection_id

    @rule(chance=st.randoms(use_true_random=False), outcome=st.sampled_from([OK, ERROR, TIMED_OUT]))
    def finish_something(self, chance: Any, outcome: Any) -> None:
        if not self.pending:
            return
        invoke = self.pending.pop(chance.randrange(len(self.pending)))
        connection_id = invoke.connection_id
        if invoke.purpose is Purpose.AUTHORIZE:
            if outcome is OK:
                outcome = Succeeded(allow(dict(invoke.event)))
            self.carry_out(self.gateway.authorized(connection_id, outcome, self.now_ms))
        elif invoke.purpose is Purpose.CONNECT:
            if outcome is OK:
                self.connected.add(connection_id)
            self.carry_out(self.gateway.connected(connection_id, outcome, self.now_ms))
        else:
            self.carry_out(self.gateway.answered(invoke, outcome, self.now_ms))

    @rule(connection_id=connections, body=st.sampled_from(["{}", '{"action":"sendMessage"}', "["]))
    def receive(self, connection_id: str, body: str) -> None:
        commands = self.gateway.received(connection_id, body, self.now_ms)
        assert bool(commands) is (connection_id in self.live)
        self.carry_out(commands)

    @rule(connection_id=connections)
    def post(self, connection_id: str) -> None:
        try:
            post(self.gateway, connection_id, self.now_ms)
        except GoneError:
            assert connection_id not in self.live
        else:
            assert connection_id in self.live

    @rule(connection_id=connections)
    def delete(self, connection_id: str) -> None:
        if connection_id in self.live:
            self.carry_out([self.gateway.deleted(connection_id)])

    @rule(connection_id=connections)
    def close(self, connection_id: str) -> None:
        self.live.discard(connection_id)
        self.carry_out(self.gateway.closed(connection_id, 1001, "", self.now_ms))

    @rule(passed_ms=st.integers(0, 700_000))
    def tick(self, passed_ms: int) -> None:
        self.now_ms += passed_ms
        self.carry_out(self.gateway.ticked(self.now_ms))

    @invariant()
    def nobody_is_disconnected_twice_or_without_having_been_connected(self) -> None:
        assert len(set(self.disconnects)) == len(self.disconnects)
        assert set(self.disconnects) <= self.connected


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)
