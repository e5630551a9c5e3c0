"""Tell who keeps order that a message should not be there.

    the reporter's own row, then the message      read, strongly
    the report, once a person and message         written
    owners, moderators, the administrator         told, each once

Who asks again, for the answer was lost, finds the report and tells those who were not told yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from teahouse.actions.notify import notify
from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.entry import Entry, MessageSent
from teahouse.domain.errors import Invalid, NotFound
from teahouse.domain.member import Member
from teahouse.domain.notification import Notification, mark_of, notification_id
from teahouse.domain.safety import REPORT, Report, clean_reason

PAGES_LOOKED_AT = 5  # of members, for those who keep order; a bigger room has its administrator
PAGE_MEMBERS = 100


def report_message(
    app: App, *, by_id: str, room_id: str, seq: int, reason: str | None = None
) -> str:
    """Report somebody else's message, and give the report's id; the same again is the same report.

    Owners and moderators of the room get a notification that leads to the message, the
    administrator of the house one too. The author is told nothing.

    Raises:
        NotAMember: not in the room.
        NotFound: there is no such message, or it was deleted.
        Invalid: one's own message; too long a reason.
    """
    cleaned = clean_reason(reason)
    reporter = require_member(app, room_id, by_id)
    message = reported_message(app, room_id, seq)
    if message is None:
        raise NotFound
    if message.by == by_id:
        raise Invalid(fields={"seq": "you said that yourself"})
    now = app.clock.now_ms()
    kept = app.safety.report_once(
        Report(
            id=notification_id(now, app.ids.new_id()),
            room_id=room_id,
            seq=seq,
            by=by_id,
            at=now,
            reason=cleaned,
        )
    )
    _tell(app, reporter, message, kept)
    return kept.id


def reported_message(app: App, room_id: str, seq: int) -> Entry | None:
    """Find the slot in which something was said; None where nothing is, or nothing any more."""
    run = app.log.read_run(room_id, seq, max_entries=1)
    if not run.entries:
        return None
    fact = run.entries[0].fact
    is_said = isinstance(fact, MessageSent) and bool(fact.text or fact.attachments)
    return run.entries[0] if is_said else None


def _tell(app: App, reporter: Member, message: Entry, report: Report) -> None:
    keepers = dict.fromkeys(_keepers(app, report.room_id), f"/rooms/{report.room_id}/{report.seq}")
    administrator_id = app.proofs.first_administrator()
    links: dict[str, str | None] = {} if administrator_id is None else {administrator_id: None}
    for user_id, link in (links | keepers).items():
        if user_id not in (report.by, message.by):
            made = Notification(
                id=notification_id(report.at, mark_of(report.id)),
                kind=REPORT,
                title=reporter.user.display_name,
                body=report.reason,
                link=link,
                by=report.by,
            )
            notify(app, user_id, made)


def _keepers(app: App, room_id: str) -> Iterator[str]:
    """Name those who keep order in a room."""
    cursor = None
    for _ in range(PAGES_LOOKED_AT):
        page = app.members.page(room_id, cursor, PAGE_MEMBERS)
        yield from (member.user.id for member in page.items if member.may_moderate)
        cursor = page.cursor
        if cursor is None:
            return
