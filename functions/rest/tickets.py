"""Route of tickets: leave to open one socket, for clients without cookies."""

from __future__ import annotations

from teahouse.actions.issue_ticket import issue_ticket
from teahouse.edge.rates import TICKET_BY_USER
from teahouse.edge.rest import Api, Response
from teahouse.protocol.answers import TicketAnswer

api = Api()
lambda_handler = api.handler


@api.post("/api/tickets", needs="read")
def create_ticket() -> Response[str]:
    """Issue a ticket."""
    caller = api.caller()
    api.limit("ticket", caller.user_id, TICKET_BY_USER)
    ticket, expires_at = issue_ticket(api.app, caller=caller, origin=api.headers.get("origin"))
    return api.answer(201, TicketAnswer(ticket=ticket, expires_at=expires_at))
