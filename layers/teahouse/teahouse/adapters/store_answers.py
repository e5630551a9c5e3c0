"""What does a failure of DynamoDB mean to the core? Decided here, once, for every adapter.

Codes are those of the DynamoDB API reference ("Common errors", TransactWriteItems'
`CancellationReasons`). Only a condition that failed is certain; everything else that a retry can
mend leaves the outcome open.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

# AWS takes none of these up: nothing was read or written.
THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
    }
)
_OPEN_CODES = THROTTLED | {
    "TransactionConflictException",
    "TransactionConflict",
    "TransactionInProgressException",
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
    "InternalServerError",
    "ServiceUnavailable",
    "500",
    "502",
    "503",
    "504",
}


class Failure(Enum):
    """What a failed call tells."""

    CONDITION = auto()  # a condition did not hold: certain, nothing was written
    OPEN = auto()  # it may have happened or not
    OTHER = auto()  # a bug, or a permission


def meaning(code: str, reasons: Sequence[str] = ()) -> tuple[Failure, tuple[int, ...]]:
    """Tell what an error code means, and which items of a transaction failed their condition.

    `reasons` are the codes of a cancelled transaction's items. It wrote nothing, but if any reason
    is a conflict or a throttle, the failed conditions may be an answer of that moment only: it
    counts as open.
    """
    failed = tuple(i for i, reason in enumerate(reasons) if reason == "ConditionalCheckFailed")
    if any(reason in _OPEN_CODES for reason in reasons):
        return Failure.OPEN, failed
    if failed:
        return Failure.CONDITION, failed
    if code == "ConditionalCheckFailedException":
        return Failure.CONDITION, (0,)
    return (Failure.OPEN if code in _OPEN_CODES else Failure.OTHER), ()
