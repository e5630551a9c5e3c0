"""By which id is a retry of a request recognized?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from teahouse.domain.errors import BadRequest, Invalid

HEADER = "Idempotency-Key"
# The same shape as `OperationId` in `protocol.shapes`: at least 122 random bits.
_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,64}")


def operation_id(
    headers: Mapping[str, str], client_message_id: str | None, *, has_position: bool
) -> str:
    """Find the operation id: the header, the body's `clientMessageId`, or both if they agree.

    Raises:
        BadRequest: neither, or no header where there is no position either: a retry could not be
            told from a second message.
        Invalid: not 20 to 64 url-safe characters, or the two differ.
    """
    key = headers.get(HEADER.lower())
    if key is None and not has_position:
        raise BadRequest(f"Without a position, the header {HEADER} is required.")
    named = key if key is not None else client_message_id
    if named is None:
        raise BadRequest(f"Either `clientMessageId` or the header {HEADER} is required.")
    if client_message_id not in (None, named):
        raise Invalid(fields={"clientMessageId": f"must equal the header {HEADER}"})
    if not _SHAPE.fullmatch(named):
        name = "clientMessageId" if key is None else HEADER
        raise Invalid(fields={name: "20 to 64 of letters, digits, _ -"})
    return named
