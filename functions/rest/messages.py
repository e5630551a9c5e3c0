"""Routes of messages: a room's log, its messages, and sending without a socket."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from teahouse.actions.read_events import MAX_ENTRIES, read_events
from teahouse.actions.read_messages import PAGE_MESSAGES, read_messages
from teahouse.actions.search_messages import search_messages
from teahouse.actions.send_message import send_message, send_without_position
from teahouse.edge.idempotency import operation_id
from teahouse.edge.params import CursorParam, LimitParam, QueryParam, RoomIdParam, SeqParam
from teahouse.edge.rates import SEARCH_BY_USER, SEND_BY_USER_AND_ROOM
from teahouse.edge.rest import Api, Body, BodyId, PathId, Response
from teahouse.protocol.codec import wire_event
from teahouse.protocol.pages import EventAnswer
from teahouse.protocol.shapes import WirePosition

api = Api()
lambda_handler = api.handler


Seq = Annotated[int, Field(ge=1, le=2**53 - 1)]


class AtPosition(Body):
    """A place in the log that the sender has seen."""

    epoch: str = Field(min_length=1, max_length=64)
    seq: Seq


class SendMessage(Body):
    """Something to say. With a position it goes the way of the socket."""

    text: str
    reply_to: Seq | None = None
    attachments: list[BodyId] = Field(default=[], max_length=10)
    client_message_id: str | None = None
    position: AtPosition | None = None


@api.get("/api/rooms/<room_id>/events")
def get_events(
    room_id: PathId,
    after: SeqParam = None,
    before: SeqParam = None,
    limit: LimitParam = MAX_ENTRIES,
) -> Response[str]:
    """Read a page of the log."""
    page = read_events(
        api.app,
        user_id=api.caller().user_id,
        room_id=room_id,
        after=after,
        before=before,
        limit=limit,
    )
    return api.answer(200, page)


@api.get("/api/rooms/<room_id>/messages")
def get_messages(
    room_id: PathId,
    before: SeqParam = None,
    after: SeqParam = None,
    around: SeqParam = None,
    limit: LimitParam = PAGE_MESSAGES,
) -> Response[str]:
    """Read a page of messages as they stand now."""
    page = read_messages(
        api.app,
        user_id=api.caller().user_id,
        room_id=room_id,
        before=before,
        after=after,
        around=around,
        limit=limit,
    )
    return api.answer(200, page)


@api.get("/api/search")
def get_found(
    q: QueryParam, room_id: RoomIdParam = None, cursor: CursorParam = None
) -> Response[str]:
    """Look for words in a room, or in all of mine."""
    caller = api.caller()
    api.limit("search", caller.user_id, SEARCH_BY_USER)
    page = search_messages(api.app, user_id=caller.user_id, query=q, room_id=room_id, cursor=cursor)
    return api.answer(200, page)


@api.post("/api/rooms/<room_id>/messages")
def create_message(room_id: PathId, body: SendMessage) -> Response[str]:
    """Say something; 200 if it has been said already."""
    caller = api.caller()
    api.limit("send", f"{caller.user_id} {room_id}", SEND_BY_USER_AND_ROOM)
    key = operation_id(api.headers, body.client_message_id, has_position=body.position is not None)
    if body.position is None:
        accepted = send_without_position(
            api.app,
            sender_id=caller.user_id,
            room_id=room_id,
            operation_id=key,
            text=body.text,
            reply_to=body.reply_to,
            attachments=tuple(body.attachments),
        )
    else:
        position = WirePosition(epoch=body.position.epoch, seq=body.position.seq)
        accepted = send_message(
            api.app,
            sender_id=caller.user_id,
            room_id=room_id,
            client_message_id=key,
            position=position.to_domain(),
            text=body.text,
            reply_to=body.reply_to,
            attachments=tuple(body.attachments),
        )
    event = wire_event(accepted.entry)
    return api.answer(200 if accepted.duplicate else 201, EventAnswer(event=event))
