"""Give leave to open one socket, for clients without cookies."""

from __future__ import annotations

from teahouse.app import App
from teahouse.domain.session import TICKET_MS, Caller, Ticket, hash_secret


def issue_ticket(app: App, *, caller: Caller, origin: str | None = None) -> tuple[str, int]:
    """Make a ticket; returns it and when it expires. Only its hash is kept.

    It is good for what its caller is good for. If a page asked for it, only the same origin may
    use it (ASVS 4.4.3).
    """
    secret = app.ids.new_secret()
    ticket = Ticket(
        secret_hash=hash_secret(secret),
        user_id=caller.user_id,
        session_id=caller.session_id,
        expires_at=app.clock.now_ms() + TICKET_MS,
        scopes=caller.scopes,
        origin=origin,
    )
    app.accounts.put_ticket(ticket)
    return secret, ticket.expires_at
