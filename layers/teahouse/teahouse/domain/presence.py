"""Who is here? People, not tabs; and who comes back within the grace time has not left."""

from __future__ import annotations

from teahouse.domain.connection import Attendance, Departure

GRACE_MS = 15_000  # a reload takes 2 s, a change of networks 10


def present(attendance: Attendance, now_ms: int, grace_ms: int) -> list[str]:
    """List the people who are here, in order: by a connection, or still in their grace time."""
    here = {listener.user_id for listener in attendance.listeners}
    return sorted(here | {x.user_id for x in attendance.departures if now_ms < x.at + grace_ms})


def overdue(attendance: Attendance, now_ms: int, grace_ms: int) -> list[Departure]:
    """List the departures whose grace time is over, the newest of each person last."""
    over = [x for x in attendance.departures if now_ms >= x.at + grace_ms]
    return sorted(over, key=lambda x: (x.user_id, x.at, x.connection_id))


def has_entered(attendance: Attendance, connection_id: str) -> bool:
    """Tell whether a connection that was just registered brings somebody who was not here.

    Of two that come at once the first does: neither may take the other for an old friend.
    Somebody whose leaving was never told has not entered either.
    """
    mine = [x for x in attendance.listeners if x.connection_id == connection_id]
    if not mine:
        return False
    own = (mine[0].since, connection_id)
    user_id = mine[0].user_id
    return not any(x.user_id == user_id for x in attendance.departures) and all(
        (x.since, x.connection_id) >= own for x in attendance.listeners if x.user_id == user_id
    )
