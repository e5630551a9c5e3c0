"""What does `/{stage}/@connections/{id}` answer? The management API, as boto3 expects it; pure.

Sources: the API model "apigatewaymanagementapi 2018-11-29", and what boto3 1.44 makes of answers
(measured): without `x-amzn-ErrorType` a 410 is a generic ClientError, not a GoneException.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol
from urllib.parse import unquote

from local_cloud.access import Access, connection_arn
from local_cloud.faults import Faults
from local_cloud.gateway import Gateway
from local_cloud.gateway_commands import (
    Close,
    GoneError,
    LimitExceededError,
    PostFailedError,
    PostTooLargeError,
    Send,
)
from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.identifiers import CONNECTION_ID
from local_cloud.limits import Limits

# (method, path with query as on the wire, headers by lower-case name, body) -> who signed, or None
Verify = Callable[[str, str, Mapping[str, str], bytes], str | None]


class Endpoint(Protocol):
    """The connections of one stage."""

    gateway: Gateway

    def is_full(self, connection_id: str, more_bytes: int) -> bool:
        """Tell whether a client reads too slowly for so many bytes more."""


MANAGE_CONNECTIONS = "execute-api:ManageConnections"


class Reply(NamedTuple):
    """The answer, and the commands to carry out before it is written."""

    answer: Answer | None  # None: a fault has killed who asked
    commands: tuple[Send | Close, ...] = ()


def _refusal(status: int, error_type: str, message: str) -> Reply:
    return Reply(json_answer(status, {"message": message}, ("x-amzn-ErrorType", error_type)))


_POSTED = Answer(200)
_DELETED = Answer(204)
_GONE = Reply(Answer(410, (("x-amzn-ErrorType", "GoneException"),)))  # with an empty body
_FORBIDDEN = _refusal(403, "ForbiddenException", "Forbidden")
_LIMIT_EXCEEDED = _refusal(429, "LimitExceededException", "Too Many Requests")
_TOO_LARGE = _refusal(413, "PayloadTooLargeException", "Request Entity Too Large")
_FAILED = _refusal(500, "InternalServerErrorException", "Internal server error")
_UNANSWERED = Reply(None)


class ManagementApi:
    """PostToConnection, GetConnection and DeleteConnection of every stage.

    Without `access`, whoever signs may do everything. `kill_worker` kills the worker that signs
    with a key, where `faults` say so.
    """

    def __init__(
        self,
        *,
        verify: Verify,
        limits: Limits,
        access: Access | None = None,
        faults: Faults | None = None,
        kill_worker: Callable[[str], None] = lambda access_key_id: None,
    ) -> None:
        self.hosts: Collection[str] = ()  # known once the server listens
        self._verify = verify
        self._limits = limits
        self._access = access
        self._faults = faults or Faults()
        self._kill_worker = kill_worker

    def reply(
        self, request: Request, endpoint: Endpoint | None, connection_id: str, now_ms: int
    ) -> Reply:
        """Answer a request about a connection; `endpoint` is the stage's, if there is one."""
        # A web page that rebinds its own name to loopback still sends that name as Host.
        if (request.header("host") or "").lower() not in self.hosts:
            return _FORBIDDEN
        fields = request.fields
        if "origin" in fields or "sec-fetch-site" in fields:  # a browser; none has keys
            return _FORBIDDEN
        function_id = self._verify(request.method, request.target, fields, request.body)
        if function_id is None:
            return _FORBIDDEN
        if endpoint is None or request.method not in ("POST", "GET", "DELETE"):
            return _FORBIDDEN
        api = endpoint.gateway.api
        if self._access is not None and self._access.refusal(
            function_id,
            MANAGE_CONNECTIONS,
            connection_arn(api.api_id, api.stage, request.method, connection_id),
        ):
            return _FORBIDDEN
        if not CONNECTION_ID.fullmatch(connection_id):
            return _refusal(400, "BadRequestException", f"Invalid connectionId: {connection_id}")
        if self._kills("before", function_id, fields):
            return _UNANSWERED
        reply = self._carried_out(request, endpoint, connection_id, now_ms)
        is_killed = self._kills("after", function_id, fields)
        return Reply(None, reply.commands) if is_killed else reply

    def _kills(
        self, when: Literal["before", "after"], function_id: str, fields: Mapping[str, str]
    ) -> bool:
        if not self._faults.may_befall_posts:
            return False
        if not self._faults.is_killed_at_call(when, function_id):
            return False
        credential = fields["authorization"].partition("Credential=")[2]
        self._kill_worker(credential.partition("/")[0])
        return True

    def _carried_out(
        self, request: Request, endpoint: Endpoint, connection_id: str, now_ms: int
    ) -> Reply:
        try:
            if request.method == "POST":
                return self._post(endpoint, connection_id, request.body, now_ms)
            if request.method == "GET":
                return _described(endpoint.gateway, connection_id)
            return Reply(_DELETED, (endpoint.gateway.deleted(connection_id),))
        except GoneError:
            return _GONE
        except LimitExceededError:
            return _LIMIT_EXCEEDED
        except PostTooLargeError:
            return _TOO_LARGE
        except PostFailedError:
            return _FAILED

    def _post(self, endpoint: Endpoint, connection_id: str, data: bytes, now_ms: int) -> Reply:
        if len(data) > self._limits.post_bytes:
            return _TOO_LARGE
        try:
            data.decode("utf-8")  # a text frame that is no text would cut the client off (1007)
        except UnicodeDecodeError:
            return _refusal(400, "BadRequestException", "The data is not UTF-8")
        is_full = endpoint.is_full(connection_id, len(data))
        sends = endpoint.gateway.posted(connection_id, data, is_full=is_full, now_ms=now_ms)
        return Reply(_POSTED, tuple(sends))


@lru_cache(maxsize=4096)
def managed(path: str) -> tuple[str, str] | None:
    """Name the stage and the connection of a path as on the wire; None where it names none."""
    segments = path.split("/", 3)
    if len(segments) != 4 or unquote(segments[2]) != "@connections":
        return None
    return segments[1], unquote(segments[3])


def _described(gateway: Gateway, connection_id: str) -> Reply:
    facts, last_active_ms = gateway.described(connection_id)
    identity = {"sourceIp": facts.source_ip}
    if facts.user_agent is not None:
        identity["userAgent"] = facts.user_agent
    content = {
        "connectedAt": _iso_time(facts.connected_at_ms),
        "identity": identity,
        "lastActiveAt": _iso_time(last_active_ms),
    }
    return Reply(json_answer(200, content))


def _iso_time(epoch_ms: int) -> str:
    time = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{epoch_ms % 1000:03d}Z"
