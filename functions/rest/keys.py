"""Routes of API keys: with one a program acts for somebody, as far as its scopes reach."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from teahouse.actions.create_key import create_key
from teahouse.actions.delete_key import delete_key
from teahouse.actions.list_keys import list_keys
from teahouse.edge.rates import KEY_BY_USER
from teahouse.edge.rest import Api, Body, PathId, Response
from teahouse.protocol.answers import KeyAnswer, KeysAnswer, wire_key

api = Api()
lambda_handler = api.handler


class CreateKey(Body):
    """A key to be."""

    name: str
    scopes: Annotated[list[str], Field(max_length=10)]


@api.get("/api/keys", needs="session")
def get_keys() -> Response[str]:
    """List my API keys."""
    keys = list_keys(api.app, caller=api.caller())
    return api.answer(200, KeysAnswer(keys=[wire_key(key) for key in keys]))


@api.post("/api/keys", needs="session")
def create_api_key(body: CreateKey) -> Response[str]:
    """Make an API key; it is shown this once."""
    caller = api.caller()
    api.limit("key", caller.user_id, KEY_BY_USER)
    key, secret = create_key(api.app, caller=caller, name=body.name, scopes=body.scopes)
    return api.answer(201, KeyAnswer(key=wire_key(key), secret=secret))


@api.delete("/api/keys/<key_id>", needs="session")
def delete_api_key(key_id: PathId) -> Response[str]:
    """Revoke an API key; its sockets are closed."""
    delete_key(api.app, caller=api.caller(), key_id=key_id)
    return api.answer(204)
