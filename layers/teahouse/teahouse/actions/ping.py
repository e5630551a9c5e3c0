"""Keep a connection, and tell which rooms have moved on."""

from __future__ import annotations

from collections.abc import Mapping

from teahouse.actions.together import together
from teahouse.app import App
from teahouse.domain.connection import LEASE_MS, RENEW_AFTER_MS
from teahouse.domain.entry import Position
from teahouse.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Of the rooms named: my own, those with entries after the position, those of another epoch."""

    mine: list[str]
    behind: list[str]
    reset: list[str]


def ping(
    app: App, *, user_id: str, connection_id: str, positions: Mapping[str, Position]
) -> Standing:
    """Move the lease on, and look for slot `position + 1` of each room.

    Who is no member hears nothing of a room. Two batched reads; the lease is written at most
    every `RENEW_AFTER_MS`.
    """
    _, standing = together(
        lambda: _renew(app, connection_id), lambda: _standing(app, user_id, positions)
    )
    return standing


def _standing(app: App, user_id: str, positions: Mapping[str, Position]) -> Standing:
    if not positions:
        return Standing([], [], [])
    # The random part of an epoch never changes, so the store's generation tells them apart.
    generation = f".{app.store_generation}"
    current = {r: p for r, p in positions.items() if p.epoch.endswith(generation)}
    mine, moved = together(
        lambda: app.members.among(user_id, list(positions)),
        lambda: app.log.exists({room_id: p.seq + 1 for room_id, p in current.items()}),
    )
    return Standing(
        mine=sorted(mine), behind=sorted(mine & moved), reset=sorted(mine - current.keys())
    )


def _renew(app: App, connection_id: str) -> None:
    now = app.clock.now_ms()
    if now - app.renewed_at.get(connection_id, 0) < RENEW_AFTER_MS:
        return
    connection = app.connections.find(connection_id)
    if connection is not None:
        app.connections.renew(connection, now + LEASE_MS)
        app.renewed_at[connection_id] = now
