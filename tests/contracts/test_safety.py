"""The contract of Safety, and of blocks as Notifications knows them, on every store."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import pytest
from teahouse.app import App
from teahouse.domain.errors import Invalid
from teahouse.domain.notification import notification_id
from teahouse.domain.safety import Block, Report

from tests.cast import NOON_MS
from tests.world import app_on, lean_app


@pytest.fixture(params=["memory", "dynamodb"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


def somebody() -> str:
    return f"person-{secrets.token_hex(6)}"


def report(**changes: Any) -> Report:
    made = Report(
        id=notification_id(NOON_MS, secrets.token_hex(8)),
        room_id=f"den-{secrets.token_hex(6)}",
        seq=7,
        by="ann",
        at=NOON_MS,
        reason="buy tea",
    )
    return replace(made, **changes)


def test_a_block_holds_one_way_until_it_is_lifted(app: App) -> None:
    ann, ben = somebody(), somebody()
    for _ in range(2):
        app.safety.block(Block(by=ann, user_id=ben, at=NOON_MS))

    assert app.notifications.is_blocked(ann, ben)
    assert not app.notifications.is_blocked(ben, ann)
    for _ in range(2):
        app.safety.unblock(ann, ben)
        assert not app.notifications.is_blocked(ann, ben)


def test_sockets_know_a_block_too(engine_url: str, request: pytest.FixtureRequest) -> None:
    ann, ben = somebody(), somebody()
    app_on("dynamodb", request).safety.block(Block(by=ann, user_id=ben, at=NOON_MS))
    app = lean_app()

    assert app.notifications.is_blocked(ann, ben)
    assert not app.notifications.is_blocked(ben, ann)


def test_blocks_are_paged_by_id_and_are_ones_own(app: App) -> None:
    ann, others = somebody(), sorted(somebody() for _ in range(5))
    for other in others:
        app.safety.block(Block(by=ann, user_id=other, at=NOON_MS))
    app.safety.block(Block(by=somebody(), user_id=ann, at=NOON_MS))

    first = app.safety.page_blocks(ann, None, 3)
    second = app.safety.page_blocks(ann, first.cursor, 3)

    assert [block.user_id for block in (*first.items, *second.items)] == others
    assert second.cursor is None
    with pytest.raises(Invalid):
        app.safety.page_blocks(ann, "no-cursor", 3)


def test_the_same_report_again_is_the_first(app: App) -> None:
    first = report()
    again = replace(first, id=notification_id(NOON_MS + 1, "again"), reason="another")
    of_another = replace(first, id=notification_id(NOON_MS + 2, secrets.token_hex(8)), by="ben")

    assert app.safety.report_once(first) == first
    assert app.safety.report_once(again) == first
    assert app.safety.report_once(of_another) == of_another


def test_reports_are_paged_newest_first(app: App) -> None:
    later = NOON_MS + secrets.randbelow(10**9) + 10
    made = [report(id=notification_id(later + n, secrets.token_hex(8))) for n in range(5)]
    for one in made:
        app.safety.report_once(one)

    listed: list[Report] = []
    cursor = None
    while len(listed) < 5 or cursor is not None:
        page = app.safety.page_reports(cursor, 3)
        listed += [one for one in page.items if one in made]
        cursor = page.cursor
        if cursor is None:
            break

    assert listed == made[::-1]
