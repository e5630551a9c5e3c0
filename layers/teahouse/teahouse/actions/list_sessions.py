"""List where somebody is signed in."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.session import Caller, Session


def list_sessions(app: App, *, caller: Caller) -> list[Session]:
    """List the caller's sessions that are alive, the one used last first."""
    now_ms = app.clock.now_ms()
    alive = [s for s in app.accounts.sessions_of(caller.user_id) if s.is_alive(now_ms)]
    return sorted(alive, key=lambda s: (-s.last_used_at, s.id))
