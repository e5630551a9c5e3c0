"""Routes of accounts: register, and my profile."""

from __future__ import annotations

from typing import Literal

from teahouse.actions.change_profile import change_profile
from teahouse.actions.read_profile import read_profile
from teahouse.actions.register import register
from teahouse.edge.rates import ENTER_BY_ADDRESS
from teahouse.edge.rest import Api, Body, Response
from teahouse.edge.signing_in import answer_signed_in
from teahouse.protocol.answers import MyselfAnswer
from teahouse.protocol.views import wire_user

api = Api()
lambda_handler = api.handler


class Register(Body):
    """Somebody new."""

    username: str
    password: str
    display_name: str | None = None
    language: Literal["en", "zh-CN"] | None = None
    tokens: bool = False


class ChangeProfile(Body):
    """What is to change of me."""

    display_name: str | None = None
    language: Literal["en", "zh-CN"] | None = None


@api.post("/api/accounts")
def create_account(body: Register) -> Response[str]:
    """Register, and be signed in."""
    api.limit("register", api.address, ENTER_BY_ADDRESS)
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
    return api.answer(200, MyselfAnswer(user=wire_user(user)))


@api.patch("/api/me")
def patch_me(body: ChangeProfile) -> Response[str]:
    """Change my profile."""
    user = change_profile(
        api.app, caller=api.caller(), display_name=body.display_name, language=body.language
    )
    return api.answer(200, MyselfAnswer(user=wire_user(user)))
