"""What does Lambda's own API answer? Invoke: at once, or by the queue of asynchronous events.

Source: Lambda API Reference, "Invoke".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.invocation import Failed, Invoker
from local_cloud.physical_names import function_arn
from local_cloud.resources import Function
from local_cloud.services.asynchronous import Asynchronous
from local_cloud.services.endpoint import Allow, failure

PATH = re.compile(r"/2015-03-31/functions/([^/]+)/invocations/?")
NAME = re.compile(r"(?:arn:aws:lambda:[\w-]+:|)(?:\d{12}:)?(?:function:)?([\w-]+)(?::[\w$-]+)?")
MAX_EVENT_BYTES = 6_291_456  # Lambda quotas, "invocation payload", synchronous: 6 MB
MAX_ASYNCHRONOUS_BYTES = 1_048_576  # the same, asynchronous: 1 MB
EXECUTED = ("X-Amz-Executed-Version", "$LATEST")


class LambdaApi:
    """Invoke, of the functions of one template."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        invoker: Invoker,
        asynchronous: Asynchronous,
        allow: Allow,
    ) -> None:
        self._names = {function.name or i: i for i, function in functions.items()}
        self._invoker = invoker
        self._asynchronous = asynchronous
        self._allow = allow

    async def answer(self, caller: str, request: Request) -> Answer:
        """Answer one call."""
        path = PATH.fullmatch(request.path)
        if path is None or request.method != "POST":
            return failure(404, "UnknownOperationException", "Only Invoke is known here")
        asked = unquote(path[1])
        match = NAME.fullmatch(asked)
        name = match[1] if match else asked
        refusal = self._allow(caller, "lambda:InvokeFunction", function_arn(name))
        if refusal is not None:
            return failure(403, "AccessDeniedException", refusal)
        function_id = self._names.get(name)
        if function_id is None:
            text = f"Function not found: {function_arn(name)}"
            return failure(404, "ResourceNotFoundException", text)
        kind = request.header("x-amz-invocation-type") or "RequestResponse"
        return await self._invoke(function_id, kind, request.body)

    async def _invoke(self, function_id: str, kind: str, body: bytes) -> Answer:
        limit = MAX_ASYNCHRONOUS_BYTES if kind == "Event" else MAX_EVENT_BYTES
        if len(body) > limit:
            text = f"{len(body)} byte payload is too large for the {kind} invocation type "
            text += f"(limit {limit} bytes)"
            return failure(413, "RequestTooLargeException", text)
        try:
            event = json.loads(body or b"null")
        except (ValueError, RecursionError):
            text = "Could not parse request body into json"
            return failure(400, "InvalidRequestContentException", text)
        if kind == "DryRun":
            return Answer(204)
        if kind == "Event":
            self._asynchronous.submit(function_id, event)
            return Answer(202)
        if kind != "RequestResponse":
            return failure(400, "InvalidParameterValueException", f"{kind} is no invocation type")
        return await self._run(function_id, event)

    async def _run(self, function_id: str, event: Any) -> Answer:
        outcome = await self._invoker.invoke(function_id, event)
        if not isinstance(outcome, Failed):
            return json_answer(200, outcome.payload, EXECUTED)
        if outcome.error_type == "TooManyRequestsException":
            return failure(429, outcome.error_type, outcome.message)
        report = {"errorMessage": outcome.message, "errorType": outcome.error_type}
        return json_answer(200, report, EXECUTED, ("X-Amz-Function-Error", "Unhandled"))
