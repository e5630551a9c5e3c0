"""Routes of safety: block a person, report a message, see what was reported."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET
from pydantic import Field
from teahouse.actions.block_person import block_person, unblock_person
from teahouse.actions.list_blocks import list_blocks
from teahouse.actions.list_reports import list_reports
from teahouse.actions.report_message import report_message
from teahouse.edge.params import CursorParam
from teahouse.edge.rates import MODERATE_BY_USER, REPORT_BY_USER
from teahouse.edge.rest import Api, Body, BodyId, PathId, Response
from teahouse.protocol.pages import PeoplePage, ReportAnswer
from teahouse.protocol.views import wire_users

api = Api()
lambda_handler = api.handler


class ReportMessage(Body):
    """Which message, and why."""

    room_id: BodyId
    seq: Annotated[int, Field(ge=1, le=2**53 - 1)]
    reason: str | None = None


@api.get("/api/blocks")
def get_blocks(cursor: CursorParam = None) -> Response[str]:
    """List whom I have blocked."""
    page = list_blocks(api.app, user_id=api.caller().user_id, cursor=cursor)
    users = wire_users({user.id: user for user in page.items})
    return api.answer(200, PeoplePage(users=users, next=page.cursor or UNSET))


@api.put("/api/blocks/<user_id>")
def put_block(user_id: PathId) -> Response[str]:
    """Block a person: no direct room, no notifications of theirs; they are not told."""
    caller = api.caller()
    api.limit("moderate", caller.user_id, MODERATE_BY_USER)
    block_person(api.app, by_id=caller.user_id, user_id=user_id)
    return api.answer(204)


@api.delete("/api/blocks/<user_id>")
def delete_block(user_id: PathId) -> Response[str]:
    """Block a person no more."""
    caller = api.caller()
    api.limit("moderate", caller.user_id, MODERATE_BY_USER)
    unblock_person(api.app, by_id=caller.user_id, user_id=user_id)
    return api.answer(204)


@api.post("/api/reports")
def create_report(body: ReportMessage) -> Response[str]:
    """Report a message to who keeps order; the same again is the same report."""
    caller = api.caller()
    api.limit("report", caller.user_id, REPORT_BY_USER)
    report_id = report_message(
        api.app,
        by_id=caller.user_id,
        room_id=body.room_id,
        seq=body.seq,
        reason=body.reason,
    )
    return api.answer(202, ReportAnswer(id=report_id))


@api.get("/api/reports")
def get_reports(cursor: CursorParam = None) -> Response[str]:
    """List what was reported, newest first; for administrators."""
    return api.answer(200, list_reports(api.app, user_id=api.caller().user_id, cursor=cursor))
