"""Forget connections that a post has found gone."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from teahouse.app import App

FORGOTTEN = 10  # at once; of hundreds that were dropped most have their `$disconnect` under way


def forget_gone(app: App, gone: Iterable[str]) -> None:
    """Forget some of them, each by its own id; the next post finds the others again."""
    for connection_id in islice(gone, FORGOTTEN):
        app.connections.forget(connection_id)
