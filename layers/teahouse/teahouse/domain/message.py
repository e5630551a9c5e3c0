"""What may a message say? Its limits, and what it looks like now."""

from __future__ import annotations

import json
from dataclasses import dataclass

from teahouse.domain.entry import Entry, MessageSent
from teahouse.domain.errors import Invalid, TooLarge
from teahouse.domain.text import clean_paragraph, is_visible

MAX_TEXT_CHARS = 8_000  # code points, after trimming
MAX_TEXT_BYTES = 16_384  # as JSON, UTF-8 unescaped: half of what a frame may carry


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it stands now. `changed_seq` is the last entry that is already in it."""

    seq: int
    by: str
    text: str
    sent_at: int
    number: int
    client_message_id: str
    changed_seq: int
    reply_to: int | None = None
    attachments: tuple[str, ...] = ()
    version: int = 1


def clean_text(text: str) -> str:
    """Trim a message's text.

    Raises:
        Invalid: nothing visible is left.
        TooLarge: over `MAX_TEXT_CHARS` code points or `MAX_TEXT_BYTES` as JSON.
    """
    if len(text) > 4 * MAX_TEXT_CHARS:
        raise TooLarge(f"A message has at most {MAX_TEXT_CHARS} characters.")
    cleaned = clean_paragraph(text)
    if not any(is_visible(c) for c in cleaned):
        raise Invalid(fields={"text": "must not be empty"})
    if len(cleaned) > MAX_TEXT_CHARS:
        raise TooLarge(f"A message has at most {MAX_TEXT_CHARS} characters.")
    if len(json.dumps(cleaned, ensure_ascii=False).encode()) > MAX_TEXT_BYTES:
        raise TooLarge(f"A message has at most {MAX_TEXT_BYTES} bytes.")
    return cleaned


def message_of(entry: Entry) -> Message:
    """Make the message an entry began.

    Raises:
        TypeError: the entry is not a message.
    """
    fact = entry.fact
    if not isinstance(fact, MessageSent):
        raise TypeError(f"slot {entry.seq} holds {entry.kind}, not a message")
    return Message(
        seq=entry.seq,
        by=entry.by,
        text=fact.text,
        sent_at=entry.at,
        number=fact.number,
        client_message_id=fact.client_message_id,
        changed_seq=entry.seq,
        reply_to=fact.reply_to,
        attachments=fact.attachments,
    )
