"""What was reported, wherever it was said?"""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from teahouse.actions.report_message import reported_message
from teahouse.app import App
from teahouse.domain.entry import MessageSent
from teahouse.domain.errors import Forbidden
from teahouse.domain.message import message_of
from teahouse.domain.safety import Report
from teahouse.protocol.pages import ReportsPage, WireReport
from teahouse.protocol.views import wire_users

PAGE_REPORTS = 20


def list_reports(app: App, *, user_id: str, cursor: str | None = None) -> ReportsPage:
    """Show administrators one page of the reports, newest first, with the messages as they stand.

    Two reads a report.

    Raises:
        Forbidden: no administrator asks.
        Invalid: the cursor is none of ours.
    """
    if not app.accounts.get(user_id).is_administrator:
        raise Forbidden("Only administrators see what was reported.")
    page = app.safety.page_reports(cursor, PAGE_REPORTS)
    reports = [_shown(app, report) for report in page.items]
    mentioned = {report.by for report in reports} | {
        report.author for report in reports if report.author is not UNSET
    }
    return ReportsPage(
        reports=reports,
        users=wire_users(app.accounts.get_many(mentioned)),
        next=page.cursor or UNSET,
    )


def _shown(app: App, report: Report) -> WireReport:
    entry = reported_message(app, report.room_id, report.seq)
    shown = WireReport(
        id=report.id,
        room_id=report.room_id,
        seq=report.seq,
        by=report.by,
        at=report.at,
        reason=report.reason or UNSET,
    )
    if entry is None or not isinstance(entry.fact, MessageSent):
        return shown
    message = message_of(entry, app.messages.find(report.room_id, report.seq))
    return msgspec.structs.replace(shown, author=message.by, text=message.text)
