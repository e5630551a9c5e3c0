"""What do notifications, and how far somebody has read them, look like in the table?"""

from __future__ import annotations

from collections.abc import Iterable

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
from teahouse.domain.notification import KEEP_MS, Notification

ANNOUNCEMENTS = "ANNOUNCEMENTS"  # the partition of what everybody is told
READ = "~read"  # sorts behind every id, so one descending Query begins with it


class NotificationItem(Item):
    """One notification, or (`sk` "~read") which one was read last."""

    pk: Text
    sk: Text
    ttl: Number | None = None
    k: Text | None = None
    t: Text | None = None
    b: Text | None = None
    l: Text | None = None  # noqa: E741 - the name of an attribute, which is paid for by the byte
    u: Text | None = None
    r: Text | None = None


def notifications_partition(user_id: str) -> str:
    """Name the partition of what somebody is told."""
    return f"N#{user_id}"


def read_key(user_id: str) -> Key:
    """Name what says how far somebody has read."""
    return notifications_partition(user_id), READ


def blocks_partition(by: str) -> str:
    """Name the partition of those of whom somebody wants to hear nothing."""
    return f"X#{by}"


def block_key(by: str, user_id: str) -> Key:
    """Name a block."""
    return blocks_partition(by), user_id


def notification_item(partition: str, notification: Notification) -> NotificationItem:
    """Make the item of a notification."""
    return NotificationItem(
        *wrapped((partition, notification.id)),
        ttl=number((notification.created_at + KEEP_MS) // 1000),
        k=Text(notification.kind),
        t=Text(notification.title),
        b=text_or_none(notification.body),
        l=text_or_none(notification.link),
        u=text_or_none(notification.by),
    )


def notifications_of(rows: Iterable[NotificationItem]) -> tuple[list[Notification], str]:
    """Make what was read of one descending Query: the notifications, and the id read last."""
    kept: list[Notification] = []
    read_id = ""
    for row in rows:
        if row.r is not None:
            read_id = row.r.S
        elif row.k is not None and row.t is not None:
            kept.append(
                Notification(
                    id=row.sk.S,
                    kind=row.k.S,
                    title=row.t.S,
                    body=value_of(row.b),
                    link=value_of(row.l),
                    by=value_of(row.u),
                )
            )
    return kept, read_id
