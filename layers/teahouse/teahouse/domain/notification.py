"""What is a person told of that is theirs alone, and what has been read of it?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from teahouse.domain.errors import Invalid
from teahouse.domain.text import clean_line, clean_paragraph
from teahouse.domain.values import dataclass

KEEP_MS = 90 * 24 * 3600 * 1000
SHOWN = 100  # the newest; older ones are kept and not listed

TITLE_CHARS = 120
BODY_CHARS = 2_000
LINK_CHARS = 500
ANNOUNCEMENT = "announcement"

_AT_DIGITS = 13  # milliseconds up to the year 2286: ids of one person sort by time
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,31}\Z")
# A path of this site: one slash, and no second one or backslash that a browser takes for a host.
_LINK = re.compile(r"/(?![/\\])[!-\[\]-~]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One thing a person is told; `by` is who caused it. The id begins with its time."""

    id: str
    kind: str
    title: str
    body: str | None = None
    link: str | None = None
    by: str | None = None

    @property
    def created_at(self) -> int:
        return int(self.id[:_AT_DIGITS])


def notification_id(at: int, mark: str) -> str:
    """Name a notification by its time and a mark; the same two are the same notification."""
    return f"{at:0{_AT_DIGITS}}-{mark}"


def mark_of(*parts: str) -> str:
    """Make the mark of what follows from something, so that following twice is following once."""
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]


def newest_first(*lists: Iterable[Notification]) -> list[Notification]:
    """Put what came from several places into one list, of at most `SHOWN`."""
    everything = [one for each in lists for one in each]
    return sorted(everything, key=lambda one: one.id, reverse=True)[:SHOWN]


def unread(notifications: Iterable[Notification], read_id: str) -> int:
    """Count what is newer than what was read last."""
    return sum(1 for one in notifications if one.id > read_id)


def clean_notification(
    notification_id: str, *, kind: str, title: str, body: str | None, link: str | None, by: str
) -> Notification:
    """Check what somebody wants somebody else to be told.

    Raises:
        Invalid: a field is not acceptable; a link that leaves this site.
    """
    if not _KIND.match(kind) or kind == ANNOUNCEMENT:
        raise Invalid(fields={"kind": "a short word, and no announcement"})
    if link is not None and (len(link) > LINK_CHARS or not _LINK.match(link)):
        raise Invalid(fields={"link": "a path of this site"})
    return Notification(
        id=notification_id,
        kind=kind,
        title=clean_line(title, field="title", max_chars=TITLE_CHARS),
        body=_clean_body(body) if body is not None else None,
        link=link,
        by=by,
    )


def clean_announcement(notification_id: str, text: str, by: str) -> Notification:
    """Check what an administrator wants everybody to be told.

    Raises:
        Invalid: empty, or over `BODY_CHARS`.
    """
    body = _clean_body(text)
    title = clean_line(body, field="text", max_chars=BODY_CHARS)
    return Notification(
        id=notification_id, kind=ANNOUNCEMENT, title=title[:TITLE_CHARS], body=body, by=by
    )


def _clean_body(text: str) -> str:
    cleaned = clean_paragraph(text)
    if len(cleaned) > BODY_CHARS:
        raise Invalid(fields={"body": f"at most {BODY_CHARS} characters"})
    return cleaned
