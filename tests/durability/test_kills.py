"""Nothing acknowledged is lost by killing the store at any moment."""

from __future__ import annotations

from pathlib import Path

from tests import engine
from tests.durability.kills import Talk, killed, running
from tests.durability.syncs import unsynced

KILLS = 10


def test_nothing_acknowledged_is_lost_by_killing_the_store(tmp_path: Path) -> None:
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


def test_a_store_that_keeps_nothing_until_it_is_stopped_is_found_out() -> None:
    """The control: the same on a store in memory, whose tables are there again after the kill."""
    with running(None) as store:
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
