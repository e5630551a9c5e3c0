"""What may a message say, and what does it look like now?

A message is what its slot began and what later entries made of it. Those that were never changed
have nothing but their slot; for the others a `Standing` is kept, the fold of their entries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from teahouse.domain.entry import (
    Attachment,
    AttachmentSettled,
    ChangingFact,
    Entry,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    ReactionAdded,
)
from teahouse.domain.errors import Invalid, TooLarge
from teahouse.domain.room import Summary, shorten
from teahouse.domain.text import clean_paragraph, is_visible
from teahouse.domain.values import dataclass

MAX_TEXT_CHARS = 8_000  # code points, after trimming
MAX_TEXT_BYTES = 16_384  # as JSON, UTF-8 unescaped: half of what a frame may carry
MAX_EDITS = 50  # a deletion blanks them all in one transaction of at most 100 items
PICTURE_SIGN = "🖼️"  # stands in lists for a message that is a picture and no words
MAX_EMOJI_KINDS = 20  # under one message

Reactions = tuple[tuple[str, int], ...]  # emoji and how many people, the first used first


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
    attachments: tuple[Attachment, ...] = ()
    version: int = 1
    edited_at: int | None = None
    is_deleted: bool = False
    reactions: Reactions = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What has become of a message since it was sent: all entries up to `changed_seq` are in it.

    `text` is None as long as it is the one of the message's slot. A reaction raises no `version`.
    """

    seq: int
    by: str
    sent_at: int
    number: int
    changed_seq: int
    version: int = 1
    text: str | None = None
    edited_at: int | None = None
    edit_seqs: tuple[int, ...] = ()
    is_deleted: bool = False
    reactions: Reactions = ()
    settled: tuple[Attachment, ...] = ()  # of the message's attachments, those looked at since

    @property
    def is_unchanged(self) -> bool:
        return self.changed_seq == self.seq

    def has_room_for(self, emoji: str) -> bool:
        """Tell whether one more kind of emoji may stand under the message."""
        return emoji in dict(self.reactions) or len(self.reactions) < MAX_EMOJI_KINDS


def summary_of_message(room_id: str, entry: Entry) -> Summary | None:
    """Make what lists show of a room where this was said last; None if it is no message."""
    fact = entry.fact
    if not isinstance(fact, MessageSent):
        return None
    return Summary(
        room_id=room_id,
        seq=entry.seq,
        number=entry.number,
        at=entry.at,
        by=entry.by,
        text=shorten(fact.text) or (PICTURE_SIGN if fact.attachments else ""),
    )


def clean_text(text: str, *, may_be_empty: bool = False) -> str:
    """Trim a message's text; one that carries something else may be empty.

    Raises:
        Invalid: nothing visible is left.
        TooLarge: over `MAX_TEXT_CHARS` code points or `MAX_TEXT_BYTES` as JSON.
    """
    if len(text) > 4 * MAX_TEXT_CHARS:
        raise TooLarge(f"A message has at most {MAX_TEXT_CHARS} characters.")
    cleaned = clean_paragraph(text)
    if not any(is_visible(c) for c in cleaned):
        if may_be_empty:
            return ""
        raise Invalid(fields={"text": "must not be empty"})
    if len(cleaned) > MAX_TEXT_CHARS:
        raise TooLarge(f"A message has at most {MAX_TEXT_CHARS} characters.")
    if len(json.dumps(cleaned, ensure_ascii=False).encode()) > MAX_TEXT_BYTES:
        raise TooLarge(f"A message has at most {MAX_TEXT_BYTES} bytes.")
    return cleaned


def standing_of(entry: Entry) -> Standing:
    """Begin with a message as it was sent.

    Raises:
        TypeError: the entry is not a message.
    """
    fact = _sent(entry)
    return Standing(
        seq=entry.seq, by=entry.by, sent_at=entry.at, number=fact.number, changed_seq=entry.seq
    )


def changed(standing: Standing, entry: Entry, fact: ChangingFact) -> Standing:
    """Fold the next entry about a message into its standing."""
    later = replace(standing, changed_seq=entry.seq)
    match fact:
        case MessageEdited():
            edit_seqs = (*standing.edit_seqs, entry.seq)
            return replace(
                later,
                version=fact.version,
                text=fact.text,
                edited_at=entry.at,
                edit_seqs=edit_seqs,
            )
        case MessageDeleted():
            return replace(later, text="", is_deleted=True, reactions=(), settled=())
        case AttachmentSettled():
            return replace(later, settled=(*standing.settled, fact.attachment))
        case _:
            step = 1 if isinstance(fact, ReactionAdded) else -1
            return replace(later, reactions=_counted(standing.reactions, fact.emoji, step))


def blanked(sent: Entry, standing: Standing) -> Mapping[int, MessageSent | MessageEdited]:
    """Say what is left of each slot that holds a deleted message's text, by seq.

    Whoever folds them sees a message that says nothing, until its deletion.
    """
    fact = replace(_sent(sent), text="", attachments=())
    edits = {
        seq: MessageEdited(target=standing.seq, text="", version=version)
        for version, seq in enumerate(standing.edit_seqs, start=2)
    }
    return {sent.seq: fact, **edits}


def message_of(entry: Entry, standing: Standing | None = None) -> Message:
    """Make the message an entry began, as it stands now.

    Raises:
        TypeError: the entry is not a message.
    """
    fact = _sent(entry)
    now = standing or standing_of(entry)
    return Message(
        seq=entry.seq,
        by=entry.by,
        text=fact.text if now.text is None else now.text,
        sent_at=entry.at,
        number=fact.number,
        client_message_id=fact.client_message_id,
        changed_seq=now.changed_seq,
        reply_to=fact.reply_to,
        attachments=() if now.is_deleted else _as_settled(fact.attachments, now.settled),
        version=now.version,
        edited_at=now.edited_at,
        is_deleted=now.is_deleted,
        reactions=now.reactions,
    )


def _sent(entry: Entry) -> MessageSent:
    if not isinstance(entry.fact, MessageSent):
        raise TypeError(f"slot {entry.seq} holds {entry.kind}, not a message")
    return entry.fact


def _as_settled(
    sent: tuple[Attachment, ...], settled: tuple[Attachment, ...]
) -> tuple[Attachment, ...]:
    known = {attachment.id: attachment for attachment in settled}
    return tuple(known.get(attachment.id, attachment) for attachment in sent)


def _counted(reactions: Reactions, emoji: str, step: int) -> Reactions:
    counts = dict(reactions)
    counts[emoji] = counts.get(emoji, 0) + step
    return tuple((kind, count) for kind, count in counts.items() if count > 0)
