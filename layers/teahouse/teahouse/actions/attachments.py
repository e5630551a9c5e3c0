"""What may a message carry? Uploads of its author that stand nowhere else.

The message takes them in the transaction that writes its slot. So one of two is seen by the other:
either the message knows what has become of an upload, or who looks at the upload finds the message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from teahouse.app import App
from teahouse.domain.entry import Entry, MessageSent
from teahouse.domain.errors import Invalid
from teahouse.domain.upload import MAX_ATTACHMENTS, Upload, incoming_key, kept_key

_NO_SUCH = "there is no such upload"


def check_attachments(upload_ids: Sequence[str]) -> None:
    """Check what can be checked without looking.

    Raises:
        Invalid: too many, or one of them twice.
    """
    if len(upload_ids) > MAX_ATTACHMENTS:
        raise Invalid(fields={"attachments": f"at most {MAX_ATTACHMENTS}"})
    if len(set(upload_ids)) < len(upload_ids):
        raise Invalid(fields={"attachments": "each only once"})


def with_uploads(app: App, entry: Entry) -> tuple[Entry, Sequence[Upload]]:
    """Let a message's entry say what has become of its uploads by now; one read, if there are any.

    Raises:
        Invalid: one is not the author's, not for messages, was refused, or stands elsewhere.
    """
    fact = entry.fact
    if not isinstance(fact, MessageSent) or not fact.attachments:
        return entry, ()
    ids = [attachment.id for attachment in fact.attachments]
    found = app.uploads.find_many(ids)
    uploads = [_usable(found.get(upload_id), entry.by) for upload_id in ids]
    attachments = tuple(upload.attachment for upload in uploads)
    return replace(entry, fact=replace(fact, attachments=attachments)), uploads


def _usable(upload: Upload | None, author_id: str) -> Upload:
    if upload is None or upload.owner_id != author_id or upload.purpose != "attachment":
        raise Invalid(fields={"attachments": _NO_SUCH})
    if upload.is_used:
        raise Invalid(fields={"attachments": "this upload stands in another message"})
    if upload.state == "refused":
        raise Invalid(fields={"attachments": f"this upload was refused: {upload.reason}"})
    return upload


def remove_uploads(app: App, upload_ids: Iterable[str]) -> None:
    """Remove uploads: nobody is shown them any more, then their objects go."""
    for upload_id in upload_ids:
        app.uploads.remove(upload_id)
        app.objects.remove(
            (
                kept_key(upload_id, "image"),
                kept_key(upload_id, "thumb"),
                incoming_key(upload_id),
            )
        )
