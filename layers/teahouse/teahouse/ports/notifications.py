"""What does the core need to keep what a person is told, until it is read or too old?"""

from __future__ import annotations

from typing import Protocol

from teahouse.domain.notification import Notification


class Notifications(Protocol):
    """What each person is told, and what everybody is."""

    def put_if_absent(self, user_id: str, notification: Notification) -> bool:
        """Keep a notification for somebody; False if it is there already."""
        ...

    def newest(self, user_id: str, limit: int) -> tuple[list[Notification], str]:
        """List a person's newest, newest first, and the id read last ("" for none). May lag."""
        ...

    def mark_read(self, user_id: str, notification_id: str) -> None:
        """Raise what was read last; an older one changes nothing."""
        ...

    def is_blocked(self, user_id: str, other_id: str) -> bool:
        """Tell whether somebody wants to hear nothing of somebody else, strongly."""
        ...

    def announce(self, announcement: Notification) -> None:
        """Keep what everybody is told."""
        ...

    def announcements(self, limit: int) -> list[Notification]:
        """List what everybody was told, newest first. May lag."""
        ...
