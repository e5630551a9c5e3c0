"""Whom does somebody not want to hear of, and what was reported to who keeps order?"""

from __future__ import annotations

from teahouse.domain.errors import Invalid
from teahouse.domain.text import clean_paragraph
from teahouse.domain.values import dataclass

REASON_CHARS = 500
KEEP_REPORTS_MS = 90 * 24 * 3600 * 1000
REPORT = "report"  # the kind of notification that tells of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Somebody wants nothing of somebody else; the other one is not told."""

    by: str
    user_id: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A member says that a message should not be there. The id begins with its time.

    It holds nothing of what was said, which may be deleted: whoever reads it is shown the message
    as it stands then.
    """

    id: str
    room_id: str
    seq: int
    by: str
    at: int
    reason: str | None = None


def clean_reason(reason: str | None) -> str | None:
    """Trim and check why something is reported; None and nothing are the same.

    Raises:
        Invalid: over `REASON_CHARS`.
    """
    cleaned = clean_paragraph(reason or "")
    if len(cleaned) > REASON_CHARS:
        raise Invalid(fields={"reason": f"at most {REASON_CHARS} characters"})
    return cleaned or None
