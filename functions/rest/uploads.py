"""Routes of pictures: a place for one, what has become of it, and the picture itself."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET
from teahouse.actions.create_upload import create_upload
from teahouse.actions.draw_avatar import draw_avatar
from teahouse.actions.read_media import read_media, show_upload
from teahouse.edge.rates import UPLOAD_BY_USER
from teahouse.edge.rest import Api, Body, PathId, Response
from teahouse.protocol.files import CreatedUpload, UploadAnswer

api = Api()
lambda_handler = api.handler


class CreateUpload(Body):
    """A picture to come."""

    content_type: str
    size_bytes: int
    purpose: Literal["attachment", "avatar"]


@api.post("/api/uploads")
def post_upload(body: CreateUpload) -> Response[str]:
    """Make a form that brings one picture, within a minute."""
    caller = api.caller()
    api.limit("upload", caller.user_id, UPLOAD_BY_USER)
    upload, fields = create_upload(
        api.app,
        owner_id=caller.user_id,
        content_type=body.content_type,
        size_bytes=body.size_bytes,
        purpose=body.purpose,
    )
    answer = CreatedUpload(id=upload.id, url=f"{api.site}/media", fields=dict(fields))
    return api.answer(201, answer)


@api.get("/api/uploads/<upload_id>")
def get_upload(upload_id: PathId) -> Response[str]:
    """Say what has become of my upload."""
    upload = show_upload(api.app, user_id=api.caller().user_id, upload_id=upload_id)
    answer = UploadAnswer(
        id=upload.id,
        state=upload.state,
        reason=upload.reason or UNSET,
        width=upload.width or UNSET,
        height=upload.height or UNSET,
    )
    return api.answer(200, answer)


@api.get("/media/<upload_id>")
def get_image(upload_id: PathId) -> Response[str]:
    """Show a picture to who may see it."""
    caller = api.caller()
    found = read_media(api.app, user_id=caller.user_id, upload_id=upload_id, variant="image")
    return api.picture(*found)


@api.get("/media/<upload_id>/thumb")
def get_thumb(upload_id: PathId) -> Response[str]:
    """Show a picture's thumbnail to who may see it."""
    caller = api.caller()
    found = read_media(api.app, user_id=caller.user_id, upload_id=upload_id, variant="thumb")
    return api.picture(*found)


@api.get("/api/users/<user_id>/avatar.svg")
def get_drawn_avatar(user_id: PathId) -> Response[str]:
    """Show what somebody looks like who has chosen no picture."""
    api.caller()
    return api.drawing(draw_avatar(api.app, user_id=user_id))
