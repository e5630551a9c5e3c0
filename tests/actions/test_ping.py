"""Keeping a connection: which rooms have moved on, and how long the lease lasts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from teahouse.actions.ping import ping
from teahouse.app import App
from teahouse.domain.connection import LEASE_MS, RENEW_AFTER_MS
from teahouse.domain.entry import Position

from tests.cast import ANN, BEN, CLEO, said
from tests.store_seam import seam
from tests.world import head_of, listens, memory_app, open_den


@pytest.fixture
def app() -> App:
    return memory_app()


def test_a_room_with_an_entry_after_the_position_is_behind(app: App) -> None:
    den, attic = open_den(app, BEN), open_den(app, BEN)
    connection_id = listens(app, den, BEN)
    positions = {den: head_of(app, den), attic: head_of(app, attic)}
    app.log.put(den, said(2))

    standing = ping(app, user_id=BEN.id, connection_id=connection_id, positions=positions)

    assert standing.behind == [den]
    assert standing.reset == []


def test_a_position_of_a_restored_store_asks_for_a_reset(app: App) -> None:
    den = open_den(app, BEN)
    connection_id = listens(app, den, BEN)
    head = head_of(app, den)
    older = Position(epoch=head.epoch.rpartition(".")[0] + ".0", seq=head.seq)

    standing = ping(app, user_id=BEN.id, connection_id=connection_id, positions={den: older})

    assert (standing.behind, standing.reset) == ([], [den])


def test_who_is_no_member_hears_nothing_of_a_room(app: App) -> None:
    den = open_den(app, BEN)
    head = head_of(app, den)
    app.log.put(den, said(2))
    older = replace(head, epoch="other.0")

    def asks(person_id: str, position: Position) -> tuple[list[str], list[str]]:
        standing = ping(app, user_id=person_id, connection_id="c", positions={den: position})
        return standing.behind, standing.reset

    assert asks(CLEO.id, head) == asks(CLEO.id, older) == ([], [])
    assert asks(BEN.id, head) == ([den], [])  # the control
    assert asks(BEN.id, older) == ([], [den])


def test_the_lease_moves_on_and_is_written_at_most_every_four_minutes(app: App) -> None:
    connection_id = listens(app, open_den(app), ANN)

    def lease_after_ping() -> int:
        ping(app, user_id=ANN.id, connection_id=connection_id, positions={})
        connection = app.connections.find(connection_id)
        assert connection is not None
        return connection.lease_until - app.clock.now_ms()

    app.clock.sleep(1)
    assert lease_after_ping() == LEASE_MS
    app.clock.sleep(60)
    assert lease_after_ping() == LEASE_MS - 60_000
    app.clock.sleep(RENEW_AFTER_MS / 1000)
    assert lease_after_ping() == LEASE_MS


def test_a_forgotten_connection_is_not_brought_back_by_its_ping(app: App) -> None:
    connection_id = listens(app, open_den(app), ANN)
    app.connections.forget(connection_id)

    ping(app, user_id=ANN.id, connection_id=connection_id, positions={})

    assert app.connections.find(connection_id) is None


def test_fifty_rooms_are_asked_in_two_batches(engine_url: str) -> None:
    from tests.world import engine_app

    app = engine_app()
    dens = [open_den(app, BEN) for _ in range(50)]
    positions = {den: head_of(app, den) for den in dens}
    connection_id = listens(app, dens[0], BEN)
    ping(app, user_id=BEN.id, connection_id=connection_id, positions={})

    with seam() as seen:
        standing = ping(app, user_id=BEN.id, connection_id=connection_id, positions=positions)

    assert standing.behind == []
    assert dict(seen.calls) == {"BatchGetItem": 2}
    assert (seen.read_units, seen.write_units) == (100, 0)
