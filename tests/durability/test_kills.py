"""Nothing acknowledged is lost by killing the store at any moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import engine
from tests.durability.kills import Talk, killed, running
from tests.durability.syncs import unsynced

KILLS = 10


def test_nothing_acknowledged_is_lost_by_killing_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_ENGINE", "dynoxide")
    with running(tmp_path / "store.db") as store:
        talk = Talk()
        talk.begin()
        try:
            killed(store, talk, KILLS, seed=12)
        finally:
            talk.end()

        assert talk.lost() == set()
        assert len(talk.acknowledged) > 2 * KILLS
        held = talk.in_the_log().values()
        assert sorted(held) == list(range(min(held), max(held) + 1))


@pytest.mark.parametrize("engine_name", ["dynoxide", "ministack"])
def test_a_store_that_saves_only_at_a_clean_stop_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine_name: str
) -> None:
    """The control: the same kill, on a store in memory, and on one that saves when it ends.

    Their tables are made again after the kill.
    """
    monkeypatch.setenv("STORE_ENGINE", engine_name)
    with running(tmp_path / "store.db" if engine_name == "ministack" else None) as store:
        talk = Talk()
        talk.begin()
        while len(talk.acknowledged) < 20:
            talk.is_over.wait(0.01)
        talk.end()

        store.kill()
        engine.create_tables(store.url)

        assert talk.lost() == set(talk.acknowledged)


def test_an_answer_before_the_sync_is_seen_among_system_calls() -> None:
    written, synced, told = "7 pwrite64(9, ...) = 9", "7 fsync(9) = 0", '7 writev("HTTP/1.1 200")'

    assert unsynced([written, synced, told, told]) == 0  # a read is answered without
    assert unsynced([written, told, synced]) == 1
