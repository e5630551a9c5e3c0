"""Blocks and reports on DynamoDB: beside the rooms."""

from __future__ import annotations

from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import translated
from teahouse.adapters.dynamodb.members import failed_items
from teahouse.adapters.dynamodb.tables import RoomsMeta, connection, row_model
from teahouse.adapters.items.notifications import block_key, blocks_partition
from teahouse.adapters.items.safety import (
    BLOCK_PLACE,
    REPORT_PLACE,
    REPORTS,
    BlockItem,
    ReportItem,
    block_item,
    block_of,
    once_key,
    report_item,
    report_key,
    report_of,
)
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.safety import Block, Report
from teahouse.ports import Page

BlockRow: Any = row_model(BlockItem, RoomsMeta)
ReportRow: Any = row_model(ReportItem, RoomsMeta)


class DynamoDbSafety:
    """The rooms' table, as far as blocks and reports go."""

    def block(self, block: Block) -> None:
        with translated():
            BlockRow.of(block_item(block)).save()

    def unblock(self, by: str, user_id: str) -> None:
        with translated():
            BlockRow(*block_key(by, user_id)).delete()

    def page_blocks(self, by: str, cursor: str | None, limit: int) -> Page[Block]:
        after = decode_cursor(cursor, BLOCK_PLACE) if cursor is not None else None
        with translated():
            found = BlockRow.query(
                blocks_partition(by),
                None if after is None else BlockRow.sk > after,
                consistent_read=True,
                limit=limit + 1,
            )
            blocks = [block_of(row.item(BlockItem)) for row in found]
        shown = tuple(blocks[:limit])
        return Page(shown, encode_cursor(shown[-1].user_id) if len(blocks) > limit else None)

    def report_once(self, report: Report) -> Report:
        once = ReportRow.of(report_item(once_key(report), report))
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.save(once, condition=ReportRow.pk.does_not_exist())
                transaction.save(ReportRow.of(report_item(report_key(report), report)))
        except TransactWriteError as error:
            failed_items(error, ["once", "listed"])
            with translated():
                earlier = ReportRow.get(*once_key(report), consistent_read=True)
            return report_of(earlier.item(ReportItem))
        return report

    def page_reports(self, cursor: str | None, limit: int) -> Page[Report]:
        before = decode_cursor(cursor, REPORT_PLACE) if cursor is not None else None
        with translated():
            found = ReportRow.query(
                REPORTS,
                None if before is None else ReportRow.sk < before,
                scan_index_forward=False,
                limit=limit + 1,
            )
            reports = [report_of(row.item(ReportItem)) for row in found]
        shown = tuple(reports[:limit])
        return Page(shown, encode_cursor(shown[-1].id) if len(reports) > limit else None)
