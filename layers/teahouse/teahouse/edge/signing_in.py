"""How does every way of signing in answer? One body, and the session's cookie."""

from __future__ import annotations

from msgspec import UNSET

from teahouse.actions.open_session import SignedIn
from teahouse.edge.identity import session_cookie
from teahouse.edge.rest import Api, Response
from teahouse.protocol.answers import SignedInAnswer
from teahouse.protocol.views import wire_myself


def answer_signed_in(
    api: Api, status: int, signed_in: SignedIn, *, with_refresh_token: bool
) -> Response[str]:
    """Answer with the user and an access token, and set the cookie.

    The refresh token is for callers that keep it; a page must not see what its cookie holds.
    """
    api.note(user_id=signed_in.user.id, session_id=signed_in.session.id)
    body = SignedInAnswer(
        user=wire_myself(signed_in.user),
        access_token=signed_in.access_token,
        expires_at=signed_in.expires_at,
        refresh_token=signed_in.credential if with_refresh_token else UNSET,
    )
    return api.answer(status, body, cookie=session_cookie(signed_in.credential))
