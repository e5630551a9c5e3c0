"""The contract of Notifications, on every store that claims it."""

from __future__ import annotations

import secrets

import pytest
from teahouse.app import App
from teahouse.domain.notification import Notification, notification_id

from tests.cast import NOON_MS
from tests.world import app_on


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


@pytest.fixture
def who() -> str:
    """Somebody whom nobody else has told anything."""
    return secrets.token_urlsafe(12)


def told(n: int, **parts: str) -> Notification:
    made_id = notification_id(NOON_MS + n, f"mark-{n}")
    return Notification(id=made_id, kind="like", title=f"title {n} 茶", **parts)


def test_what_is_kept_comes_back_newest_first_and_only_once(app: App, who: str) -> None:
    first, second = told(1), told(2, body="because", link="/rooms/den/2", by="ann")

    assert app.notifications.put_if_absent(who, first)
    assert app.notifications.put_if_absent(who, second)
    assert not app.notifications.put_if_absent(who, told(1, body="again"))

    assert app.notifications.newest(who, 10) == ([second, first], "")
    assert app.notifications.newest(who, 1) == ([second], "")
    assert app.notifications.newest("somebody-else-" + who, 10) == ([], "")


def test_what_was_read_is_raised_and_never_lowered(app: App, who: str) -> None:
    for n in (1, 2):
        app.notifications.put_if_absent(who, told(n))

    app.notifications.mark_read(who, told(2).id)
    app.notifications.mark_read(who, told(1).id)

    assert app.notifications.newest(who, 2) == ([told(2), told(1)], told(2).id)


def test_what_everybody_is_told_is_nobodys_own(app: App, who: str) -> None:
    announcement = Notification(
        id=notification_id(NOON_MS, secrets.token_hex(8)), kind="announcement", title="closing"
    )

    app.notifications.announce(announcement)

    assert announcement in app.notifications.announcements(100)
    assert app.notifications.newest(who, 10) == ([], "")
