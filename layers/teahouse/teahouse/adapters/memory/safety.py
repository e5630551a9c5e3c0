"""Blocks and reports in memory."""

from __future__ import annotations

import re

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.safety import Block, Report
from teahouse.ports import Page

_PLACE = re.compile(r"[A-Za-z0-9_-]{1,80}")


class MemorySafety:
    """Blocks by pair, reports by person and message."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def block(self, block: Block) -> None:
        with self._store.lock:
            self._store.blocks[block.by, block.user_id] = block

    def unblock(self, by: str, user_id: str) -> None:
        with self._store.lock:
            self._store.blocks.pop((by, user_id), None)

    def page_blocks(self, by: str, cursor: str | None, limit: int) -> Page[Block]:
        after = decode_cursor(cursor, _PLACE) if cursor is not None else ""
        with self._store.lock:
            mine = [block for _, block in sorted(self._store.blocks.items()) if block.by == by]
        rest = [block for block in mine if block.user_id > after]
        shown = tuple(rest[:limit])
        return Page(shown, encode_cursor(shown[-1].user_id) if len(rest) > limit else None)

    def report_once(self, report: Report) -> Report:
        with self._store.lock:
            key = (report.room_id, report.seq, report.by)
            return self._store.reports.setdefault(key, report)

    def page_reports(self, cursor: str | None, limit: int) -> Page[Report]:
        before = decode_cursor(cursor, _PLACE) if cursor is not None else "~"
        with self._store.lock:
            kept = sorted(self._store.reports.values(), key=lambda report: report.id, reverse=True)
        rest = [report for report in kept if report.id < before]
        shown = tuple(rest[:limit])
        return Page(shown, encode_cursor(shown[-1].id) if len(rest) > limit else None)
