"""Notifications, lean: beside the rooms."""

from __future__ import annotations

from contextlib import suppress

from teahouse.adapters.items.notifications import (
    ANNOUNCEMENTS,
    NotificationItem,
    block_key,
    notification_item,
    notifications_of,
    notifications_partition,
    read_key,
)
from teahouse.adapters.items.rooms import RowName
from teahouse.adapters.lean.calls import ConditionFailed
from teahouse.adapters.lean.tables import Tables, place, values
from teahouse.domain.notification import Notification


class LeanNotifications:
    """The rooms' table, as far as notifications go."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.rooms

    def put_if_absent(self, user_id: str, notification: Notification) -> bool:
        item = notification_item(notifications_partition(user_id), notification)
        try:
            self._table.put(item, "attribute_not_exists(#pk)")
        except ConditionFailed:
            return False
        return True

    def newest(self, user_id: str, limit: int) -> tuple[list[Notification], str]:
        kept, read_id = self._newest(notifications_partition(user_id), limit + 1)
        return kept[:limit], read_id

    def mark_read(self, user_id: str, notification_id: str) -> None:
        with suppress(ConditionFailed):
            self._table.update(
                place(read_key(user_id)),
                "SET #r = :r",
                "attribute_not_exists(#r) OR #r < :r",
                values(r=notification_id),
            )

    def is_blocked(self, user_id: str, other_id: str) -> bool:
        return self._table.find(place(block_key(user_id, other_id)), RowName) is not None

    def announce(self, announcement: Notification) -> None:
        self._table.put(notification_item(ANNOUNCEMENTS, announcement))

    def announcements(self, limit: int) -> list[Notification]:
        return self._newest(ANNOUNCEMENTS, limit)[0]

    def _newest(self, partition: str, limit: int) -> tuple[list[Notification], str]:
        rows = self._table.query(
            "#pk = :pk",
            values(pk=partition),
            NotificationItem,
            limit=limit,
            is_descending=True,
            is_consistent=False,
        )
        return notifications_of(rows)
