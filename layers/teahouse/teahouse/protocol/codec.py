"""How does text become a frame, and a frame text? Refuses unknown fields and junk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import msgspec

from teahouse.domain.entry import Attachment, Entry
from teahouse.domain.errors import BadRequest, ChatError, TooLarge
from teahouse.protocol.frames import MAX_FRAME_BYTES, Action, Refused
from teahouse.protocol.shapes import WireAttachment, WireEvent

A = TypeVar("A", bound=Action)

MAX_REASON_CHARS = 200  # a reason may quote a name from the frame, which is as long as it likes


class _Envelope(msgspec.Struct):
    """The two fields that can be read of a frame that cannot."""

    action: Any = None
    id: Any = None


def decode(text: str, kind: type[A]) -> A:
    """Read one action.

    Raises:
        TooLarge: over `MAX_FRAME_BYTES`.
        BadRequest: not JSON, not this action, unknown fields, or a value out of its range.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise TooLarge("A frame must stay under 32 KB.")
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise BadRequest(f"This frame cannot be read: {str(error)[:MAX_REASON_CHARS]}") from error


def request_id(text: str) -> str | None:
    """Find the `id` of a frame that may be junk, to answer it."""
    try:
        envelope = msgspec.json.decode(text, type=_Envelope)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
    return envelope.id if isinstance(envelope.id, str) and len(envelope.id) <= 64 else None


def encode(value: Any) -> bytes:
    """Write JSON: compact, UTF-8 unescaped."""
    return msgspec.json.encode(value)


def wire_event(entry: Entry) -> WireEvent:
    """Show an entry as it travels: `{seq, kind, by, at, ...}`, absent where there is nothing."""
    event: WireEvent = {"seq": entry.seq, "kind": entry.kind, "by": entry.by, "at": entry.at}
    for field in fields(entry.fact):
        value = getattr(entry.fact, field.name)
        if field.name == "attachments":
            value = [wire_attachment(attachment) for attachment in value]
        elif isinstance(value, Attachment):
            value = wire_attachment(value)
        if value is not None:
            event[camel(field.name)] = value
    return event


def wire_attachment(attachment: Attachment) -> WireAttachment:
    """Show what a message says of a picture."""
    return WireAttachment(
        id=attachment.id,
        state=attachment.state,
        reason=attachment.reason or msgspec.UNSET,
        width=attachment.width or msgspec.UNSET,
        height=attachment.height or msgspec.UNSET,
    )


def chunks(events: Sequence[WireEvent], space_bytes: int) -> Iterator[list[WireEvent]]:
    """Part events, in order, into runs that take at most `space_bytes` each.

    One event alone is never held back: the limits of text keep it under half a frame.
    """
    chunk: list[WireEvent] = []
    size = 0
    for event in events:
        weight = len(encode(event)) + 1
        if chunk and size + weight > space_bytes:
            yield chunk
            chunk, size = [], 0
        chunk.append(event)
        size += weight
    if chunk:
        yield chunk


def refusal(error: ChatError, re: str | None) -> Refused:
    """Show a refusal as it travels on the socket."""
    return Refused(
        re=msgspec.UNSET if re is None else re,
        code=error.code,  # type: ignore[arg-type]  # the closed list is held by a test
        message=error.message,
        retryable=error.retryable,
        fields=error.fields or msgspec.UNSET,
    )


def camel(name: str) -> str:
    """Spell a Python name as the wire does."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
