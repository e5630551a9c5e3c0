"""How is DynamoDB asked without an SDK? JSON over one signed call; failures told apart once.

The protocol is "DynamoDB low-level API" of the developer guide: a POST to `/` whose header
`X-Amz-Target` names the operation. An answer's CRC is not compared: TLS has seen to that.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from teahouse.adapters.aws.answers import Answer
from teahouse.adapters.aws.failures import CallFailed, NotConfigured
from teahouse.adapters.aws.refusals import clock_fault
from teahouse.adapters.aws.signed_http import SignedHttp
from teahouse.adapters.store_answers import THROTTLED, Failure, meaning
from teahouse.ports import OutcomeUnknown

DEADLINE_S = 1.0  # of one attempt; a lost answer is found again by looking
ATTEMPTS = 2
_PAUSE_S = 0.05  # before the second, at most
_JSON = "application/x-amz-json-1.0"


class ConditionFailed(Exception):
    """A condition did not hold: nothing was written. `failed` are the places in a transaction.

    `standing` is the item that stands there, as JSON, where it was asked for and told.
    """

    def __init__(self, failed: tuple[int, ...], standing: bytes = b"") -> None:
        super().__init__(f"conditions {failed} did not hold")
        self.failed = failed
        self.standing = standing


class StoreRefused(Exception):
    """DynamoDB will not do this whatever is tried: a bug of ours, or a permission."""

    def __init__(self, operation: str, code: str, more: str = "") -> None:
        super().__init__(f"{operation}: {code}{more}")
        self.aws_code = code


class Http(Protocol):
    """What makes a signed call; `SignedHttp` does."""

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        deadline_s: float,
        is_repeatable: bool = False,
    ) -> Answer: ...


class _Reason(msgspec.Struct, rename="pascal"):
    code: str = "None"


class _Error(msgspec.Struct):
    type: str = msgspec.field(name="__type", default="")
    reasons: list[_Reason] = msgspec.field(name="CancellationReasons", default_factory=list)
    item: msgspec.Raw = msgspec.field(name="Item", default=msgspec.Raw())


class Calls:
    """Calls DynamoDB."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def call(self, operation: str, request: Mapping[str, Any], *, is_repeatable: bool) -> bytes:
        """Make a call and give its JSON.

        Throttles are tried once more, and so is whatever else may pass if doing it twice is no
        different from doing it once.

        Raises:
            ConditionFailed: a condition did not hold.
            OutcomeUnknown: conflict, throttle, time-out, or no connection.
            StoreRefused: anything else.
        """
        headers = {"Content-Type": _JSON, "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        body = msgspec.json.encode(request)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._http.request(
                    "POST", "/", headers, body, deadline_s=DEADLINE_S, is_repeatable=is_repeatable
                )
            except NotConfigured:
                raise
            except CallFailed as error:
                if attempt == ATTEMPTS or (error.may_have_happened and not is_repeatable):
                    raise OutcomeUnknown(f"{operation}: {error}") from error
            else:
                if answer.status == 200:
                    return answer.body
                code, reasons, standing = _error_of(answer)
                failure, failed = meaning(code, reasons)
                if failure is Failure.CONDITION:
                    raise ConditionFailed(failed, standing)
                if failure is Failure.OTHER:
                    raise StoreRefused(operation, code, clock_fault(answer, time.time()))
                may_retry = code in THROTTLED or (answer.status >= 500 and is_repeatable)
                if attempt == ATTEMPTS or not may_retry:
                    raise OutcomeUnknown(f"{operation}: {code}")
            time.sleep(random.random() * _PAUSE_S)
        raise AssertionError("the last attempt returns or raises")


def regular_calls() -> Calls:
    """Make what calls DynamoDB where the environment says it is."""
    http = SignedHttp("dynamodb", "AWS_ENDPOINT_URL_DYNAMODB", regular_host="dynamodb")
    return Calls(http)


def _error_of(answer: Answer) -> tuple[str, list[str], bytes]:
    """Read an error's code, the reasons of a cancelled transaction, and what stands there."""
    try:
        error = msgspec.json.decode(answer.body, type=_Error)
    except msgspec.DecodeError:
        error = _Error()
    code = error.type.rpartition("#")[2] or str(answer.status)
    if answer.status >= 500 and meaning(code)[0] is Failure.OTHER:
        code = str(answer.status) if str(answer.status) in ("500", "502", "503", "504") else "500"
    return code, [reason.code for reason in error.reasons], bytes(error.item)
