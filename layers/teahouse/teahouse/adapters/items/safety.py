"""What do blocks and reports look like in the table?"""

from __future__ import annotations

import re

from teahouse.adapters.items.notifications import block_key
from teahouse.adapters.items.values import (
    Item,
    Key,
    Number,
    Text,
    number,
    text_or_none,
    value_of,
    wrapped,
)
from teahouse.domain.safety import KEEP_REPORTS_MS, Block, Report

REPORTS = "REPORTS"  # the partition of all reports, in order of time
BLOCK_PLACE = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what a cursor may hold: a user id
REPORT_PLACE = re.compile(r"[0-9]{13}-[A-Za-z0-9_-]{1,64}")  # likewise: the id of a report


class BlockItem(Item):
    """Somebody (`sk`) of whom somebody (`pk`) wants nothing."""

    pk: Text
    sk: Text
    at: Number


class ReportItem(Item):
    """A report; one lies in the list of all, one where the same report would lie again."""

    pk: Text
    sk: Text
    room: Text
    seq: Number
    by: Text
    id: Text
    at: Number
    ttl: Number
    why: Text | None = None


def report_key(report: Report) -> Key:
    """Name a report's place in the list of all."""
    return REPORTS, report.id


def once_key(report: Report) -> Key:
    """Name what there is once of a person's reports of one message."""
    return f"Q#{report.room_id}#{report.seq}", report.by


def block_item(block: Block) -> BlockItem:
    """Make the item of a block."""
    return BlockItem(*wrapped(block_key(block.by, block.user_id)), at=number(block.at))


def block_of(item: BlockItem) -> Block:
    """Make the block of an item."""
    return Block(by=item.pk.S.removeprefix("X#"), user_id=item.sk.S, at=int(item.at))


def report_item(key: Key, report: Report) -> ReportItem:
    """Make the item of a report, in one of its two places."""
    return ReportItem(
        *wrapped(key),
        room=Text(report.room_id),
        seq=number(report.seq),
        by=Text(report.by),
        id=Text(report.id),
        at=number(report.at),
        ttl=number((report.at + KEEP_REPORTS_MS) // 1000),
        why=text_or_none(report.reason),
    )


def report_of(item: ReportItem) -> Report:
    """Make the report of an item."""
    return Report(
        id=item.id.S,
        room_id=item.room.S,
        seq=int(item.seq),
        by=item.by.S,
        at=int(item.at),
        reason=value_of(item.why),
    )
