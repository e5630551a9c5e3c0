"""How does a failure of PynamoDB become one of ours?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from teahouse.adapters.store_answers import Failure, meaning
from teahouse.ports import OutcomeUnknown

__all__ = ["Failure", "classify", "translated"]


def classify(error: BaseException) -> tuple[Failure, tuple[int, ...]]:
    """Tell what a failure means, and which items of a transaction failed their condition."""
    cause = _root(error)
    reasons: list[str] = []
    if isinstance(error, TransactWriteError):
        reasons = [reason.code if reason else "None" for reason in error.cancellation_reasons]
    if isinstance(cause, ClientError):
        return meaning(cause.response.get("Error", {}).get("Code", ""), reasons)
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
