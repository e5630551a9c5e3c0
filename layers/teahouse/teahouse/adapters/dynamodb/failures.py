"""What does a failure of DynamoDB mean to the core? Decided here, once.

Codes are those of the DynamoDB API reference ("Common errors", TransactWriteItems'
`CancellationReasons`). Only a condition that failed is certain; everything else that a retry can
mend leaves the outcome open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from teahouse.ports import OutcomeUnknown

_OPEN_CODES = frozenset(
    {
        "TransactionConflictException",
        "TransactionConflict",
        "TransactionInProgressException",
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "ThrottlingException",
        "ThrottlingError",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
        "500",
        "502",
        "503",
        "504",
    }
)


class Failure(Enum):
    """What a failed write tells."""

    CONDITION = auto()  # a condition did not hold: certain, nothing was written
    OPEN = auto()  # it may have happened or not
    OTHER = auto()  # a bug, or a permission


def classify(error: BaseException) -> tuple[Failure, tuple[int, ...]]:
    """Tell what a failure means, and which items of a transaction failed their condition.

    A cancelled transaction wrote nothing, but if any reason is a conflict or a throttle the
    failed conditions may be an answer of that moment only: it counts as open.
    """
    cause = _root(error)
    if isinstance(error, TransactWriteError):
        reasons = [r.code if r else "None" for r in error.cancellation_reasons]
        failed = tuple(i for i, code in enumerate(reasons) if code == "ConditionalCheckFailed")
        if reasons:
            if any(code in _OPEN_CODES for code in reasons):
                return Failure.OPEN, failed
            if failed:
                return Failure.CONDITION, failed
    if isinstance(cause, ClientError):
        code = cause.response.get("Error", {}).get("Code", "")
        if code == "ConditionalCheckFailedException":
            return Failure.CONDITION, (0,)
        return (Failure.OPEN if code in _OPEN_CODES else Failure.OTHER), ()
    if isinstance(cause, BotoCoreError | OSError):  # time-outs, resets, no connection
        return Failure.OPEN, ()
    return Failure.OTHER, ()


@contextmanager
def translated() -> Iterator[None]:
    """Turn failures that a retry may mend into `OutcomeUnknown`; others pass."""
    try:
        yield
    except (PynamoDBException, BotoCoreError, ClientError, OSError) as error:
        if classify(error)[0] is Failure.OPEN:
            raise OutcomeUnknown(str(error)) from error
        raise


def _root(error: BaseException) -> BaseException:
    """Find what PynamoDB wrapped."""
    if isinstance(error, PynamoDBException) and error.cause is not None:
        return error.cause
    return error
