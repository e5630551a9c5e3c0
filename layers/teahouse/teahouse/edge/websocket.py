"""What stands between API Gateway's socket events and our types?

The only place that touches a raw socket event. A refusal becomes a `refused` frame, anything else
one logged exception and an `internal_error` frame. What a socket handler returns reaches nobody
(one-way routes), so it always returns 200, also after a refusal: anything else would make API
Gateway send an error frame of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, NoReturn, TypeVar

from msgspec.structs import replace

from teahouse.app import App
from teahouse.bootstrap.websocket import app as the_app
from teahouse.domain.errors import BadRequest, Busy, ChatError, InternalError, NotSignedIn
from teahouse.domain.key import has_scope, require_scope
from teahouse.domain.session import Caller, Scope
from teahouse.domain.values import dataclass
from teahouse.edge import logs
from teahouse.edge.rates import FRAMES_BY_CONNECTION, Rate, Rates
from teahouse.ports import OutcomeUnknown
from teahouse.protocol.codec import decode, encode, refusal, request_id
from teahouse.protocol.frames import Action, Answer
from teahouse.protocol.views import without_codes

OK: Mapping[str, Any] = {"statusCode": 200}
SUBPROTOCOL = "teahouse.v1"

A = TypeVar("A", bound=Action)
RawEvent = Mapping[str, Any]
Handler = Callable[[RawEvent, Any], Mapping[str, Any]]


_counted: tuple[App, Rates] | None = None


@dataclass(frozen=True, slots=True)
class SocketEvent:
    """One event of a socket. Who it is comes from the authorizer, never from a frame."""

    app: App
    raw: RawEvent

    @property
    def context(self) -> Mapping[str, Any]:
        context: Mapping[str, Any] = self.raw["requestContext"]
        return context

    @property
    def connection_id(self) -> str:
        return str(self.context["connectionId"])

    @property
    def connected_at(self) -> int:
        return int(self.context["connectedAt"])

    @property
    def body(self) -> str:
        return str(self.raw.get("body") or "")

    @property
    def re(self) -> str | None:
        return request_id(self.body)

    @property
    def caller(self) -> Caller:
        """Give who the authorizer found behind the socket; API Gateway repeats it on every event.

        Raises:
            NotSignedIn: the event has no authorizer context.
        """
        context = self._authorizer
        try:
            return Caller(
                user_id=context["userId"], session_id=context["sessionId"], scopes=self._scopes
            )
        except KeyError as error:
            raise NotSignedIn from error

    @property
    def user_id(self) -> str:
        return self.caller.user_id

    def header(self, name: str) -> str | None:
        """Find a header; names keep the case the client used."""
        for key, value in (self.raw.get("headers") or {}).items():
            if key.lower() == name.lower():
                return str(value)
        return None

    def parse(self, kind: type[A]) -> A:
        """Read the frame.

        Raises:
            BadRequest, TooLarge: as `codec.decode`.
            Forbidden: a socket of a key that is not good for this.
        """
        frame = decode(self.body, kind)
        require_scope(self.caller.scopes, kind.needs)
        return frame

    def require(self, scope: Scope) -> None:
        """Hold a caller to more than the frame itself needs.

        Raises:
            Forbidden: a socket of a key that is not good for this.
        """
        require_scope(self.caller.scopes, scope)

    def require_type(self, event_type: str) -> None:
        """Hold a reserved route to its own kind of event.

        AWS does not say whether a frame {"action": "$disconnect"} reaches the route `$disconnect`;
        by it, anybody's next message could be taken for a farewell.

        Raises:
            BadRequest: a frame has named the route.
        """
        if self.context["eventType"] != event_type:
            raise BadRequest("There is no such action.")

    def require_subprotocol(self) -> None:
        """Hold a handshake to a protocol that the client knows (RFC 6455, 4.2.2: one it offered).

        Raises:
            BadRequest: ours was not offered.
        """
        offered = (self.header("Sec-WebSocket-Protocol") or "").split(",")
        if SUBPROTOCOL not in map(str.strip, offered):
            raise BadRequest(f"The subprotocol {SUBPROTOCOL} was not offered.")

    def refuse_unknown(self) -> NoReturn:
        """Refuse junk as junk, and an action that is not there as unknown.

        Raises:
            BadRequest: always.
        """
        self.parse(Action)
        raise BadRequest("There is no such action.")

    def limit(self, what: str, who: str, rate: Rate) -> None:
        """Count one, or refuse it; only this worker's memory is asked.

        Raises:
            TooManyRequests: `who` is over the rate.
        """
        _rates_of(self.app).require(what, who, rate, self.app.clock.now_ms() / 1000)

    def reply(self, answer: Answer) -> None:
        """Post an answer to this connection, carrying the frame's `id` back as `re`.

        A key that may not write is shown no invitation code.
        If it is gone, `$disconnect` or the next fan-out forgets it.
        """
        re = self.re
        shown = answer if has_scope(self._scopes, "write") else without_codes(answer)
        frame = encode(shown if re is None else replace(shown, re=re))
        self.app.broadcaster.post([self.connection_id], frame)

    @property
    def _authorizer(self) -> Mapping[str, Any]:
        return self.context.get("authorizer") or {}

    @property
    def _scopes(self) -> frozenset[Scope] | None:
        context = self._authorizer
        return frozenset(context["scopes"].split()) if "scopes" in context else None


def socket_handler(handle: Callable[[App, SocketEvent], None]) -> Handler:
    """Make a Lambda handler of a message route."""

    @wraps(handle)
    def lambda_handler(raw: RawEvent, context: Any) -> Mapping[str, Any]:
        with _invocation(raw) as line:
            event = SocketEvent(the_app(), raw)
            try:
                event.limit("frames", event.connection_id, FRAMES_BY_CONNECTION)
                with _open_outcomes_as_busy():
                    handle(event.app, event)
            except ChatError as error:
                line.refused(error)
                event.reply(refusal(error, None))
            except Exception as error:  # the last resort: one log line, no trace to anybody
                line.failed(error)
                event.reply(refusal(InternalError(), None))
        return OK

    return lambda_handler


def connect_handler(handle: Callable[[App, SocketEvent], None]) -> Handler:
    """Make a Lambda handler of `$connect`: a refusal is the status of the handshake."""

    @wraps(handle)
    def lambda_handler(raw: RawEvent, context: Any) -> Mapping[str, Any]:
        with _invocation(raw) as line:
            event = SocketEvent(the_app(), raw)
            try:
                event.require_type("CONNECT")
                event.require_subprotocol()
                with _open_outcomes_as_busy():
                    handle(event.app, event)
            except ChatError as error:
                line.refused(error)
                return {"statusCode": error.http_status}
        # Only this header is forwarded; a browser fails the socket without it.
        return {**OK, "headers": {"Sec-WebSocket-Protocol": SUBPROTOCOL}}

    return lambda_handler


def disconnect_handler(handle: Callable[[App, SocketEvent], None]) -> Handler:
    """Make a Lambda handler of `$disconnect`: nobody is there to answer."""

    @wraps(handle)
    def lambda_handler(raw: RawEvent, context: Any) -> Mapping[str, Any]:
        with _invocation(raw) as line:
            event = SocketEvent(the_app(), raw)
            try:
                event.require_type("DISCONNECT")
            except BadRequest as error:
                line.refused(error)
                return OK
            handle(event.app, event)
        return OK

    return lambda_handler


def _rates_of(app: App) -> Rates:
    """Give the buckets that count for an App; they live as long as it does."""
    global _counted
    if _counted is None or _counted[0] is not app:
        _counted = (app, Rates())
    return _counted[1]


@contextmanager
def _open_outcomes_as_busy() -> Iterator[None]:
    """Turn what the store left open into the refusal that says so: no bug, and worth a retry."""
    try:
        yield
    except OutcomeUnknown as error:
        raise Busy from error


@contextmanager
def _invocation(raw: RawEvent) -> Iterator[logs.Line]:
    """Write the invocation's line; ids only."""
    context = raw["requestContext"]
    with logs.invocation(str(context["routeKey"])) as line:
        line.note(connection_id=str(context["connectionId"]))
        authorizer = context.get("authorizer") or {}
        if "userId" in authorizer:
            line.note(user_id=str(authorizer["userId"]))
        yield line
