"""Routes of what is mine as a whole: take it along, or have it erased."""

from __future__ import annotations

from teahouse.actions.erase_me import erase_me
from teahouse.actions.export_me import export_me
from teahouse.edge.identity import no_cookie
from teahouse.edge.params import CursorParam
from teahouse.edge.rates import MY_DATA_BY_USER
from teahouse.edge.rest import Api, Response

api = Api()
lambda_handler = api.handler


@api.get("/api/me/export", needs="session")
def get_export(cursor: CursorParam = None) -> Response[str]:
    """My account, notifications, rooms, what I wrote in them: JSON Lines up to `more` or `end`."""
    caller = api.caller()
    api.limit("export", caller.user_id, MY_DATA_BY_USER)
    return api.answer_lines(export_me(api.app, caller=caller, cursor=cursor))


@api.delete("/api/me", needs="session")
def delete_me() -> Response[str]:
    """Erase my account, and all I said in any room; after `busy` the same goes on."""
    caller = api.caller()
    api.limit("erase", caller.user_id, MY_DATA_BY_USER)
    erase_me(api.app, caller=caller)
    return api.answer(204, cookie=no_cookie())
