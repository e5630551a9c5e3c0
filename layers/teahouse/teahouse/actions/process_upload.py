"""Look at what was uploaded, keep what may be shown, and tell the message that waits for it."""

from __future__ import annotations

from teahouse.actions.settle_attachment import settle_attachment
from teahouse.app import App
from teahouse.domain.upload import Unacceptable, Upload, incoming_key, kept_key


def process_upload(app: App, upload_id: str) -> Upload | None:
    """Make a picture anew, or refuse it; may be done again, after any half of it.

    Gives the upload as it stands then, None if nobody asked for it or it is gone.
    """
    upload = app.uploads.find(upload_id)
    if upload is not None and upload.state == "waiting":
        upload = _settled(app, upload)
    app.objects.remove([incoming_key(upload_id)])
    if upload is not None and upload.room_id is not None and upload.state != "waiting":
        settle_attachment(app, upload)
    return upload


def _settled(app: App, upload: Upload) -> Upload | None:
    found = app.objects.find(incoming_key(upload.id))
    if found is None:
        return upload
    try:
        remade = app.pictures.remake(found[0], upload.purpose)
    except Unacceptable as error:
        return app.uploads.settle(upload.id, "refused", reason=error.reason)
    image, thumb = remade.image, remade.thumb
    app.objects.put(kept_key(upload.id, "image"), image.data, image.content_type)
    if thumb is not None:
        app.objects.put(kept_key(upload.id, "thumb"), thumb.data, thumb.content_type)
    return app.uploads.settle(upload.id, "ready", size=(image.width, image.height))
