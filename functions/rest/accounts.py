"""Routes of accounts: register, and my profile."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from teahouse.actions.change_me import change_me
from teahouse.actions.read_profile import read_profile
from teahouse.actions.recover import make_recovery_code, recover
from teahouse.actions.register import register
from teahouse.edge.rates import (
    ENTER_BY_ADDRESS,
    MY_DATA_BY_USER,
    PASSWORD_BY_USER,
    RECOVER_BY_NAME,
    SIGN_IN_BY_ADDRESS,
)
from teahouse.edge.rest import Api, Body, Response
from teahouse.edge.signing_in import answer_signed_in
from teahouse.protocol.answers import MyselfAnswer, RecoveryAnswer
from teahouse.protocol.views import wire_myself

api = Api()
lambda_handler = api.handler


class Register(Body):
    """Somebody new."""

    username: str
    password: str
    display_name: str | None = None
    language: Literal["en", "zh-CN"] | None = None
    tokens: bool = False


class NewPassword(Body):
    """The password that holds, and the one that is to."""

    old: str
    new: str


class ChangeMe(Body):
    """What is to change of me; user name and plain password make an account of a guest."""

    display_name: str | None = None
    language: Literal["en", "zh-CN"] | None = None
    username: str | None = None
    password: NewPassword | str | None = None
    avatar: Annotated[str, Field(max_length=64)] | None = None


class Recover(Body):
    """Somebody who has a recovery code and no password."""

    username: str
    code: str
    password: str
    tokens: bool = False


@api.post("/api/accounts", needs="nothing")
def create_account(body: Register) -> Response[str]:
    """Register, and be signed in."""
    api.limit_address("register", ENTER_BY_ADDRESS)
    signed_in = register(
        api.app,
        username=body.username,
        password=body.password,
        display_name=body.display_name,
        language=body.language,
    )
    return answer_signed_in(api, 201, signed_in, with_refresh_token=body.tokens)


@api.get("/api/me")
def get_me() -> Response[str]:
    """Read my profile."""
    user = read_profile(api.app, caller=api.caller())
    return api.answer(200, MyselfAnswer(user=wire_myself(user)))


@api.patch("/api/me", needs="session")
def patch_me(body: ChangeMe) -> Response[str]:
    """Change my profile or my password; make an account of a guest."""
    caller = api.caller()
    api.limit("change me", caller.user_id, MY_DATA_BY_USER)
    password = body.password
    if password is not None:
        api.limit("password", caller.user_id, PASSWORD_BY_USER)
    user = change_me(
        api.app,
        caller=caller,
        display_name=body.display_name,
        language=body.language,
        username=body.username,
        password=password.new if isinstance(password, NewPassword) else password,
        old_password=password.old if isinstance(password, NewPassword) else None,
        avatar=body.avatar,
    )
    return api.answer(200, MyselfAnswer(user=wire_myself(user)))


@api.post("/api/me/recovery", needs="session")
def create_recovery() -> Response[str]:
    """Make a recovery code; it is shown this once, and an earlier one is dead."""
    caller = api.caller()
    api.limit("recovery code", caller.user_id, PASSWORD_BY_USER)
    code = make_recovery_code(api.app, caller=caller)
    return api.answer(201, RecoveryAnswer(code=code))


@api.post("/api/recoveries", needs="nothing")
def create_session_by_code(body: Recover) -> Response[str]:
    """Set a new password by a recovery code, and be signed in."""
    api.limit_address("recover from", SIGN_IN_BY_ADDRESS)
    api.limit("recover", body.username.lower(), RECOVER_BY_NAME)
    signed_in = recover(api.app, username=body.username, code=body.code, password=body.password)
    return answer_signed_in(api, 201, signed_in, with_refresh_token=body.tokens)
