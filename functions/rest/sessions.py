"""Routes of sessions: sign in, enter as a guest, renew, list, sign out."""

from __future__ import annotations

from teahouse.actions.enter_as_guest import enter_as_guest
from teahouse.actions.list_sessions import list_sessions
from teahouse.actions.renew_session import renew_session
from teahouse.actions.sign_in import sign_in
from teahouse.actions.sign_out import sign_out, sign_out_everywhere
from teahouse.edge.identity import no_cookie
from teahouse.edge.rates import (
    ENTER_BY_ADDRESS,
    RENEW_BY_SESSION,
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_NAME,
)
from teahouse.edge.rest import Api, Body, PathId, Response
from teahouse.edge.signing_in import answer_signed_in
from teahouse.protocol.answers import SessionsAnswer, wire_session

api = Api()
lambda_handler = api.handler


class SignIn(Body):
    """Somebody who has an account."""

    username: str
    password: str
    tokens: bool = False


class EnterAsGuest(Body):
    """Somebody who has none."""

    nickname: str | None = None
    tokens: bool = False


class Renew(Body):
    """A session goes on: the refresh token's or the cookie's; `tokens` changes nothing here."""

    refresh_token: str | None = None
    tokens: bool = False


@api.post("/api/sessions", needs="nothing")
def create_session(body: SignIn) -> Response[str]:
    """Sign in."""
    api.limit_address("sign in from", SIGN_IN_BY_ADDRESS)
    api.limit("sign in as", body.username.lower(), SIGN_IN_BY_NAME)
    signed_in = sign_in(api.app, username=body.username, password=body.password)
    return answer_signed_in(api, 201, signed_in, with_refresh_token=body.tokens)


@api.post("/api/guests", needs="nothing")
def create_guest(body: EnterAsGuest) -> Response[str]:
    """Enter as a guest."""
    api.limit_address("enter as guest", ENTER_BY_ADDRESS)
    signed_in = enter_as_guest(api.app, nickname=body.nickname, language=api.language)
    return answer_signed_in(api, 201, signed_in, with_refresh_token=body.tokens)


@api.post("/api/sessions/renew", needs="nothing")
def renew(body: Renew) -> Response[str]:
    """Renew the access token."""
    with_token = body.refresh_token is not None
    credential = api.cookie_credential() if body.refresh_token is None else body.refresh_token
    api.limit("renew", credential, RENEW_BY_SESSION)
    signed_in = renew_session(api.app, credential=credential)
    # Never for a cookie: a script could read there what HttpOnly keeps from it.
    return answer_signed_in(api, 200, signed_in, with_refresh_token=with_token)


@api.get("/api/sessions", needs="session")
def get_sessions() -> Response[str]:
    """List where I am signed in."""
    caller = api.caller()
    sessions = list_sessions(api.app, caller=caller)
    lines = [wire_session(session, caller.session_id) for session in sessions]
    return api.answer(200, SessionsAnswer(sessions=lines))


@api.delete("/api/sessions/<session_id>", needs="session")
def delete_session(session_id: PathId) -> Response[str]:
    """Sign out: here (`current`), everywhere (`all`), or there."""
    caller = api.caller()
    if session_id == "all":
        sign_out_everywhere(api.app, caller=caller)
        return api.answer(204, cookie=no_cookie())
    ended = caller.session_id if session_id == "current" else session_id
    sign_out(api.app, caller=caller, session_id=ended)
    return api.answer(204, cookie=no_cookie() if ended == caller.session_id else None)
