"""Notifications in memory."""

from __future__ import annotations

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.notification import Notification


class MemoryNotifications:
    """What each person is told, and what everybody is."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def put_if_absent(self, user_id: str, notification: Notification) -> bool:
        with self._store.lock:
            kept = self._store.notifications.setdefault(user_id, {})
            return kept.setdefault(notification.id, notification) is notification

    def newest(self, user_id: str, limit: int) -> tuple[list[Notification], str]:
        with self._store.lock:
            return self._listed(user_id, limit), self._store.notifications_read.get(user_id, "")

    def mark_read(self, user_id: str, notification_id: str) -> None:
        with self._store.lock:
            read = self._store.notifications_read
            read[user_id] = max(read.get(user_id, ""), notification_id)

    def is_blocked(self, user_id: str, other_id: str) -> bool:
        with self._store.lock:
            return (user_id, other_id) in self._store.blocks

    def announce(self, announcement: Notification) -> None:
        self.put_if_absent("", announcement)

    def announcements(self, limit: int) -> list[Notification]:
        with self._store.lock:
            return self._listed("", limit)

    def _listed(self, user_id: str, limit: int) -> list[Notification]:
        kept = self._store.notifications.get(user_id, {})
        return [kept[name] for name in sorted(kept, reverse=True)[:limit]]
