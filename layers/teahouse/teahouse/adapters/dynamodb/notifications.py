"""Notifications on DynamoDB: beside the rooms."""

from __future__ import annotations

from typing import Any

from pynamodb.exceptions import PutError, UpdateError

from teahouse.adapters.dynamodb.accounts import find_row
from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.safety import BlockRow
from teahouse.adapters.dynamodb.tables import RoomsMeta, row_model
from teahouse.adapters.items.notifications import (
    ANNOUNCEMENTS,
    NotificationItem,
    block_key,
    notification_item,
    notifications_of,
    notifications_partition,
    read_key,
)
from teahouse.domain.notification import Notification

NotificationRow: Any = row_model(NotificationItem, RoomsMeta)


class DynamoDbNotifications:
    """The rooms' table, as far as notifications go."""

    def put_if_absent(self, user_id: str, notification: Notification) -> bool:
        item = notification_item(notifications_partition(user_id), notification)
        try:
            with translated():
                NotificationRow.of(item).save(condition=NotificationRow.pk.does_not_exist())
        except PutError as error:
            if classify(error)[0] is Failure.CONDITION:
                return False
            raise
        return True

    def newest(self, user_id: str, limit: int) -> tuple[list[Notification], str]:
        kept, read_id = self._newest(notifications_partition(user_id), limit + 1)
        return kept[:limit], read_id

    def mark_read(self, user_id: str, notification_id: str) -> None:
        row = NotificationRow(*read_key(user_id))
        try:
            with translated():
                row.update(
                    actions=[NotificationRow.r.set(notification_id)],
                    condition=NotificationRow.r.does_not_exist()
                    | (NotificationRow.r < notification_id),
                )
        except UpdateError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise

    def is_blocked(self, user_id: str, other_id: str) -> bool:
        with translated():
            return find_row(BlockRow, block_key(user_id, other_id)) is not None

    def announce(self, announcement: Notification) -> None:
        with translated():
            NotificationRow.of(notification_item(ANNOUNCEMENTS, announcement)).save()

    def announcements(self, limit: int) -> list[Notification]:
        return self._newest(ANNOUNCEMENTS, limit)[0]

    def _newest(self, partition: str, limit: int) -> tuple[list[Notification], str]:
        with translated():
            rows = NotificationRow.query(partition, scan_index_forward=False, limit=limit)
            return notifications_of([row.item(NotificationItem) for row in rows])
