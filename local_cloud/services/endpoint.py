"""Where do handlers find S3, SQS, SSM and Lambda? On one port, and who may ask what there.

The signature tells which service a request means. As before the store, `Host` is checked and
browsers are refused; S3's presigned requests are the exception, for which browsers come.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Protocol

from local_cloud.faults import Faults
from local_cloud.http_line import HttpLine
from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.limits import Limits
from local_cloud.signatures import Refusal, Signatures
from local_cloud.signatures import Request as Signed

SCOPE = re.compile(r"Credential=[A-Z0-9]+/\d{8}/[a-z0-9-]+/([a-z0-9-]+)/aws4_request")
SERVICE_BODY_BYTES = 64 * 1024 * 1024  # this server's own; S3 itself takes 5 GB in one request
SERVICE_HEADER_BYTES = 65_536  # a presigned address alone is longer than API Gateway's limit
UNSIGNED = "MissingAuthenticationTokenException"
REFUSALS = {
    Refusal.UNSIGNED: (UNSIGNED, "Missing Authentication Token"),
    Refusal.UNKNOWN_KEY: (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    ),
    Refusal.OUT_OF_TIME: ("InvalidSignatureException", "Signature expired or not yet current"),
    Refusal.WRONG_SCOPE: (
        "InvalidSignatureException",
        "Credential should be scoped to a valid region.",
    ),
    Refusal.MISMATCH: (
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided.",
    ),
}

TARGETS = ("AmazonSQS", "AmazonSSM")
SLOW_DOWN = Answer(  # S3 API Reference, "Error responses"
    503,
    (("Content-Type", "application/xml"),),
    b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>",
)

# (function, action, resource) -> None, or AWS's sentence for a refusal
Allow = Callable[[str, str, str], str | None]


def allow_all(function_id: str, action: str, resource: str) -> str | None:
    """Allow everything to whoever signs."""
    return None


class Service(Protocol):
    """One service behind the signature check."""

    async def answer(self, caller: str, request: Request) -> Answer:
        """Answer a request of the function `caller`."""


class ObjectService(Protocol):
    """S3, which reads its own signatures: they may stand in the address or in a form."""

    async def answer(self, request: Request) -> Answer:
        """Answer a request, whoever sends it."""


class Endpoint:
    """Listens on the loopback for all services."""

    def __init__(
        self,
        signatures: Signatures,
        services: Mapping[str, Service],
        objects: ObjectService,
        limits: Limits,
        faults: Faults | None = None,
    ) -> None:
        self.limits = replace(
            limits, http_body_bytes=SERVICE_BODY_BYTES, header_bytes=SERVICE_HEADER_BYTES
        )
        self._signatures = signatures
        self._services = services
        self._objects = objects
        self._faults = faults or Faults()
        self._lines: set[HttpLine] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: HttpLine(self, loop), "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection."""
        if self._listener is None:
            return
        self._listener.close()
        for line in list(self._lines):
            line.abort()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._listener.wait_closed()

    # What HTTP lines ask.

    def line_made(self, line: HttpLine) -> None:
        """Take note of a new TCP connection."""
        self._lines.add(line)

    def line_lost(self, line: HttpLine) -> None:
        """Take note that it ended."""
        self._lines.discard(line)

    def handle(self, request: Request, line: HttpLine) -> Answer | None:
        """Answer at once what may not pass; the rest follows."""
        host = (request.header("host") or "").lower()
        if host not in (f"127.0.0.1:{self.port}", f"localhost:{self.port}"):
            # A page that rebinds its own name to the loopback still sends that name.
            return failure(403, "AccessDeniedException", "This host is not served here")
        scope = SCOPE.search(request.header("authorization") or "")
        target = (request.header("x-amz-target") or "").partition(".")[0]
        if scope is None and target:
            if target not in TARGETS:  # Cognito's GetUser, for one, is never signed
                return unknown_service(target, request)
            return failure(403, *REFUSALS[Refusal.UNSIGNED])
        if scope is None or scope[1] == "s3":
            if self._faults.is_service_call_failed("s3", request.method):
                return SLOW_DOWN
            self._spawn(self._answer(self._objects.answer(request), line))
            return None
        if request.header("origin") or request.header("sec-fetch-site"):
            return failure(403, "AccessDeniedException", "Browsers are not served here")
        signed = Signed(request.method, request.target, request.fields, request.body)
        caller = self._signatures.judge(signed, service=scope[1])
        if isinstance(caller, Refusal):
            return failure(403, *REFUSALS[caller])
        service = self._services.get(scope[1])
        if service is None:
            return unknown_service(scope[1], request)
        operation = (request.header("x-amz-target") or request.path).rpartition(".")[2]
        if self._faults.is_service_call_failed(scope[1], operation):
            return failure(503, "ServiceUnavailable", "Service is unable to handle request.")
        self._spawn(self._answer(service.answer(caller, request), line))
        return None

    async def _answer(self, work: Coroutine[Any, Any, Answer], line: HttpLine) -> None:
        line.answer(await work)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def unknown_service(name: str, request: Request) -> Answer:
    """Say that a service is not here, in the form that its clients read."""
    kind, text = "UnknownOperationException", f"The local cloud has no service {name}"
    if "x-www-form-urlencoded" not in (request.header("content-type") or ""):
        return failure(400, kind, text)
    body = f"<ErrorResponse><Error><Code>{kind}</Code><Message>{text}</Message></Error>"
    return Answer(400, (("Content-Type", "text/xml"),), f"{body}</ErrorResponse>".encode())


def failure(status: int, kind: str, text: str) -> Answer:
    """Answer an error as AWS's JSON services do."""
    content = {"__type": kind, "message": text, "Message": text}
    return json_answer(status, content, ("x-amzn-ErrorType", kind))
