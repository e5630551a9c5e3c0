"""Make room for a file, and a form that may bring it."""

from __future__ import annotations

from collections.abc import Mapping

from teahouse.app import App
from teahouse.domain.upload import (
    FORM_S,
    MAX_UPLOAD_BYTES,
    Purpose,
    Upload,
    check_announced,
    incoming_key,
)


def create_upload(
    app: App, *, owner_id: str, content_type: str, size_bytes: int, purpose: Purpose
) -> tuple[Upload, Mapping[str, str]]:
    """Note that somebody is about to upload; gives the upload and the fields of the form.

    Raises:
        Invalid, TooLarge: as `check_announced`.
    """
    check_announced(content_type, size_bytes)
    now_ms = app.clock.now_ms()
    upload = Upload(
        id=app.ids.new_code(),
        owner_id=owner_id,
        purpose=purpose,
        content_type=content_type,
        size_bytes=size_bytes,
        created_at=now_ms,
    )
    app.uploads.create(upload)
    fields = app.objects.form(
        incoming_key(upload.id),
        content_type=content_type,
        max_bytes=MAX_UPLOAD_BYTES,
        lasts_s=FORM_S,
        now_ms=now_ms,
    )
    return upload, fields
