"""Who sees that somebody is writing? Those who hear the room, now and then, and nobody else."""

from __future__ import annotations

import pytest
from teahouse.actions.signal_typing import TYPING_EVERY_MS, TYPING_LISTENERS, signal_typing
from teahouse.app import App
from teahouse.domain.errors import NotAMember

from tests.cast import ANN, BEN, CLEO
from tests.store_seam import seam
from tests.world import lean_app, listens, memory_app, open_den


def writes(app: App, den: str, connection_id: str) -> None:
    signal_typing(app, user_id=ANN.id, room_id=den, connection_id=connection_id)


def heard(app: App, connection_id: str) -> int:
    return len(app.broadcaster.to(connection_id, "typing"))  # type: ignore[attr-defined]


def test_the_others_see_it_and_no_device_of_who_writes() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    anns, phone, bens = (listens(app, den, person) for person in (ANN, ANN, BEN))

    writes(app, den, anns)

    assert [heard(app, line) for line in (anns, phone, bens)] == [0, 0, 1]


def test_it_is_told_at_most_every_three_seconds() -> None:
    app = memory_app()
    den = open_den(app, BEN)
    anns, bens = listens(app, den, ANN), listens(app, den, BEN)

    for _ in range(3):
        writes(app, den, anns)
        app.clock.sleep(TYPING_EVERY_MS / 2_000)

    assert heard(app, bens) == 2


def test_who_does_not_hear_the_room_is_refused_and_nobody_sees_it() -> None:
    """Control: with a connection that hears it, above."""
    app = memory_app()
    den = open_den(app, BEN)
    bens = listens(app, den, BEN)

    for room_id in (den, "no-such-room"):
        with pytest.raises(NotAMember):
            signal_typing(app, user_id=CLEO.id, room_id=room_id, connection_id="cleos=")

    assert heard(app, bens) == 0


def test_many_are_spared() -> None:
    """Control: one connection fewer hears it."""
    app = memory_app()
    den = open_den(app, BEN)
    anns, *_, bens = [listens(app, den, ANN if n == 0 else BEN) for n in range(TYPING_LISTENERS)]
    writes(app, den, anns)
    assert heard(app, bens) == 1
    listens(app, den, BEN)
    app.clock.sleep(TYPING_EVERY_MS / 1_000)

    writes(app, den, anns)

    assert heard(app, bens) == 1


def test_it_costs_one_read(engine_url: str) -> None:
    app = lean_app()
    den = open_den(app, BEN)
    anns, bens = listens(app, den, ANN), listens(app, den, BEN)

    with seam() as seen:
        writes(app, den, anns)
        writes(app, den, anns)

    assert dict(seen.calls) == {"Query": 1}
    assert (seen.read_units, seen.write_units) == (1, 0)
    assert heard(app, bens) == 1
