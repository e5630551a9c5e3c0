"""May somebody see this picture, and what is it?"""

from __future__ import annotations

from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.errors import NotAMember, NotFound
from teahouse.domain.upload import SHOWN_TYPES, Upload, Variant, kept_key


def read_media(app: App, *, user_id: str, upload_id: str, variant: Variant) -> tuple[bytes, str]:
    """Read a picture's bytes and content type.

    A message's pictures are for who is in its room now, avatars for whoever is signed in, and what
    stands nowhere yet for who uploaded it. One read for an avatar, three for a message.

    Raises:
        NotFound: not there, not ready, or not theirs to see: all the same.
    """
    upload = app.uploads.find(upload_id)
    if upload is None or upload.state != "ready" or not _may_see(app, user_id, upload):
        raise NotFound
    found = app.objects.find(kept_key(upload_id, variant))
    if found is None or found[1] not in SHOWN_TYPES:
        raise NotFound
    return found


def show_upload(app: App, *, user_id: str, upload_id: str) -> Upload:
    """Show what has become of one's own upload.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    upload = app.uploads.find(upload_id)
    if upload is None or upload.owner_id != user_id:
        raise NotFound
    return upload


def _may_see(app: App, user_id: str, upload: Upload) -> bool:
    if upload.is_avatar:
        return True
    if upload.room_id is None or upload.seq is None:
        return upload.owner_id == user_id
    try:
        require_member(app, upload.room_id, user_id)
    except NotAMember:
        return False
    # With a deletion the picture is gone at once, however long its rows take to go.
    standing = app.messages.find(upload.room_id, upload.seq)
    return standing is None or not standing.is_deleted
