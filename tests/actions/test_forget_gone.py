"""What does it cost to speak to many who were dropped at once? A few of them, whoever speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from teahouse.actions.announce import announce
from teahouse.actions.change_profile import change_profile
from teahouse.actions.signal_typing import signal_typing
from teahouse.actions.tell_person import tell_person
from teahouse.actions.tell_presence import FORGOTTEN
from teahouse.app import App
from teahouse.domain.session import Caller
from teahouse.protocol.frames import Announcement

from tests.cast import ANN, BEN
from tests.world import listens, memory_app, open_den

HEAD = replace(ANN, id="head", is_administrator=True)


def renames(app: App, den: str) -> None:
    caller = Caller(user_id=ANN.id, session_id="session")
    change_profile(app, caller=caller, display_name="Anna", language=None)


@pytest.mark.parametrize(
    "deed",
    [
        renames,
        lambda app, den: announce(app, user_id=HEAD.id, text="The house closes at ten."),
        lambda app, den: tell_person(app, BEN.id, Announcement(text="tea")),
        lambda app, den: signal_typing(app, user_id=ANN.id, room_id=den, connection_id="ann="),
    ],
    ids=["a new name", "an announcement", "to one person", "somebody writes"],
)
def test_of_many_that_are_gone_at_once_each_deed_forgets_a_few(
    deed: Callable[[App, str], object],
) -> None:
    """Control: who is there hears, and is not forgotten."""
    app = memory_app()
    den = open_den(app, BEN)
    app.accounts.create(HEAD, None)
    here, _ = listens(app, den, BEN, "ben-here="), listens(app, den, ANN, "ann=")
    gone = [listens(app, den, BEN, f"ben-{n}=") for n in range(2 * FORGOTTEN)]
    app.broadcaster.gone.update(gone)  # type: ignore[attr-defined]

    deed(app, den)

    assert sum(app.connections.find(x) is not None for x in gone) == FORGOTTEN
    assert app.broadcaster.to(here)  # type: ignore[attr-defined]
    assert app.connections.find(here) is not None
