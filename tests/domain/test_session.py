from __future__ import annotations

from dataclasses import replace

import pytest
from teahouse.domain.session import (
    ABSOLUTE_MS,
    IDLE_MS,
    Session,
    hash_secret,
    parse_credential,
)

from tests.cast import NOON_MS

SECRET = "s" * 43
SESSION = Session(
    id="session-id",
    user_id="ann",
    secret_hash=hash_secret(SECRET),
    created_at=NOON_MS,
    last_used_at=NOON_MS,
)


def test_a_session_ends_when_it_is_not_used_for_a_week() -> None:
    assert SESSION.is_alive(NOON_MS + IDLE_MS - 1)
    assert not SESSION.is_alive(NOON_MS + IDLE_MS)


def test_a_session_that_is_used_daily_ends_after_a_month() -> None:
    used = replace(SESSION, last_used_at=NOON_MS + ABSOLUTE_MS - 1)

    assert used.is_alive(NOON_MS + ABSOLUTE_MS - 1)
    assert not used.is_alive(NOON_MS + ABSOLUTE_MS)


def test_a_session_is_opened_by_its_own_secret_only() -> None:
    assert SESSION.is_opened_by(SECRET)
    assert not SESSION.is_opened_by("t" * 43)
    assert not SESSION.is_opened_by(SESSION.secret_hash)
    assert SECRET not in repr(SESSION)


def test_a_credential_is_read_as_it_was_written() -> None:
    assert parse_credential(SESSION.credential(SECRET)) == ("ann", "session-id", SECRET)


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "ann.session-id",
        f"ann.session-id.{SECRET}x",
        f"ann.session-id.{SECRET}\n",
        f"ann#x.session-id.{SECRET}",
        f".session-id.{SECRET}",
        f"{'a' * 65}.session-id.{SECRET}",
        f"安.session-id.{SECRET}",
    ],
)
def test_junk_is_no_credential(junk: str) -> None:
    assert parse_credential(SESSION.credential(SECRET)) is not None
    assert parse_credential(junk) is None
